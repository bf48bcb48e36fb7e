"""The finer points of the proof: what it must find and what it must leave alone. tests/broken has an example a rule."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.alternatives import most_said
from flows.flow import Words
from flows.library import load_library
from flows.proof.facts import facts, leans_on, text_leans_on
from flows.proof.words import balanced
from flows.readability import grade, length, sentences, spelled, syllables

SOUND = Path(__file__).parent.parent / "broken" / "sound"
HEAD = "title: A place\nsource: made for the tests\n"
RATED = "slots:\n  it: rating 0-10, higher is better, private, run\n"
NONE: frozenset[str] = frozenset()


@pytest.fixture
def found(tmp_path):
    """(code, line) of every problem when screens/place.yaml, or more files, lie over the sound library."""
    shutil.copytree(SOUND, tmp_path, dirs_exist_ok=True)

    def problems(place: str = "", **files: str) -> list[tuple[str, int]]:
        for name, text in {**({"screens/place": place} if place else {}), **files}.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        return [(each.code, each.line) for each in load_library(tmp_path)[1]]

    return problems


# --- what is set where ---------------------------------------------------------------------------------------------


def nodes(text: str, slots: str = RATED) -> str:
    return f"{HEAD}{slots}nodes:\n{text}"


ASKED = "  ask:\n    ask: How is it?\n    rating: 0-10\n    into: it\n"


def test_a_skippable_ask_leaves_its_slot_empty_on_the_way_behind_it(found):
    assert found(nodes(f"{ASKED}  said:\n    say: It is {{{{ it }}}}.\n    end: done\n")) == [("W310", 11)]


@pytest.mark.parametrize("skip", ["{value: 5}", "{to: bye}", "'no, because it is needed'"])
def test_a_skip_with_a_value_or_another_way_leaves_nothing_empty(found, skip):
    text = f"{ASKED}    skip: {skip}\n  said:\n    say: It is {{{{ it }}}}.\n  bye:\n    end: done\n"
    assert found(nodes(text)) == []


def test_a_guard_tests_its_slot_for_the_way_it_guards(found):
    edges = "    next:\n      - if: it is set\n        to: said\n      - to: bye\n"
    assert found(nodes(f"{ASKED}{edges}  said:\n    say: It is {{{{ it }}}}.\n  bye:\n    end: done\n")) == []


def test_a_guard_that_fails_tells_the_ways_behind_it(found):
    edges = "    next:\n      - if: it is not set\n        to: bye\n      - to: said\n"
    assert found(nodes(f"{ASKED}{edges}  said:\n    say: It is {{{{ it }}}}.\n  bye:\n    end: done\n")) == []


def test_a_guard_on_the_ask_itself_must_test_what_may_have_been_skipped(found):
    edges = "    next:\n      - if: it > 3\n        to: bye\n      - to: bye\n"
    assert found(nodes(f"{ASKED}{edges}  bye:\n    end: done\n")) == [("W310", 11)]


def test_two_ways_that_both_set_a_slot_set_it(found):
    text = """\
  which:
    ask: Which?
    choice:
      high: {label: High, to: high}
      low: {label: Low, to: low}
    skip: {to: low}
    next: low
  high:
    set: {it: 10}
    next: said
  low:
    set: {it: 0}
  said:
    say: It is {{ it }}.
    end: done
"""
    assert found(nodes(text)) == []


def test_what_a_part_gives_only_at_one_end_is_set_only_behind_that_end(found):
    text = """\
  rate:
    call: rate
    with: {question: How is it?, scale: {range: 0-10}}
    into: {it: number}
    ends: {stop: bye}
    next: said
  said:
    say: It is {{ it }}.
  bye:
    end: done
"""
    assert (found(nodes(text)), found(nodes(text.replace("    ends: {stop: bye}\n", "")))) == ([], [("W310", 12)])


def test_a_part_that_ends_without_giving_empties_the_slot(found):
    text = """\
  first:
    set: {it: 3}
  rate:
    call: rate
    with: {question: How is it?, scale: {range: 0-10}}
    into: {it: number}
  said:
    say: It is {{ it }}.
    end: done
"""
    assert found(nodes(text)) == [("W310", 13)]


def test_the_name_of_a_list_element_is_known_only_inside_its_call(found):
    assert ("W308", 7) in found(
        f"{HEAD}nodes:\n  bye:\n    end: done\n    say: Hi.\n    short: '{{{{ worry.text }}}}'\n"
    )


# --- facts and what leans on them ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "holds", "expected"),
    [
        ("a is set", True, {"a"}),
        ("a is not set", False, {"a"}),
        ("a is not set", True, set()),
        ("a is set and b > 3", True, {"a", "b"}),
        ("a is set or b is set", True, set()),
        ("a is not set or b is not set", False, {"a", "b"}),
        ("not (a is not set)", True, {"a"}),
        ("a == x", True, {"a"}),
        ("a != x", True, set()),
        ("len(a) > 0", True, {"a"}),
        ("len(a) == 0", False, {"a"}),
        ("any(w.kind == mine for w in a)", True, {"a"}),
        ("all(w.kind == mine for w in a)", True, set()),
        ("p.name is set", True, {"p.name"}),
    ],
)
def test_facts(source, holds, expected):
    assert facts(source, holds) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a > 3", {"a"}),
        ("a is set and a > 3", set()),
        ("a > 3 and a is set", {"a"}),
        ("a is not set or a > 3", set()),
        ("len(a) > 3", set()),
        ("any(w.kind == b for w in a)", {"a", "b"}),
        ("a is set and any(w.kind == 'x' for w in a)", set()),
        ("'x' in a", {"a"}),
    ],
)
def test_what_an_expression_leans_on(source, expected):
    assert leans_on(source, NONE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {{ a }}.", {"a"}),
        ("{% if a %}Hello {{ a }}.{% endif %}", set()),
        ("{% if a %}Yes.{% else %}No {{ a }}.{% endif %}", {"a"}),
        ("{% if not a %}Who?{% else %}Hello {{ a }}.{% endif %}", set()),
        ("{% if a and b.c %}{{ a }} {{ b.c }}{% endif %}", set()),
        ("{{ a if a else 'you' }}", set()),
        ("{{ a.text | quoted }}", {"a.text"}),
    ],
)
def test_what_a_text_leans_on(text, expected):
    assert text_leans_on(text, NONE) == expected


# --- bubbles in a row ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guards", "expected"),
    [
        (["", "", ""], 3),
        (["a is set", "a is not set"], 1),
        (["a == x", "a == y", "a == z"], 1),
        (["a == x", "b == y"], 2),
        (["a > 6", "a <= 6"], 1),
        (["a >= 7", "a < 3"], 1),
        (["a >= 3", "a < 7"], 2),
        (["a is set and b == x", "a is not set or b != x"], 1),
        (["", "a is set", "not (a is set)"], 2),
    ],
)
def test_bubbles_whose_guards_exclude_each_other_count_once(guards, expected):
    assert most_said(tuple(Words(("Hello.",), when=guard) for guard in guards)) == expected


def test_bubbles_are_counted_on_through_nodes_and_into_a_part(found):
    rate = "  rate:\n    say: [One., Two.]\n    call: rate\n"
    rate += "    with: {question: How is it?, scale: {range: 0-10}}\n    into: {it: number}\n  bye:\n    end: done\n"
    before = "  first:\n    say: Nought.\n"
    assert (found(nodes(rate)), found(nodes(before + rate))) == ([], [("W703", 8)])


def test_bubbles_said_behind_an_ask_begin_anew(found):
    said = "  one:\n    say: [One., Two.]\n    ask: Ready?\n    choice: {go: Go}\n"
    again = "  two:\n    say: [One., Two., Three.]\n    end: done\n"
    assert found(f"{HEAD}nodes:\n{said}{again}") == []


# --- the skeleton --------------------------------------------------------------------------------------------------


def skeleton(*pairs: tuple[str, str]) -> str:
    text = (SOUND / "parts/session.yaml").read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_mistake_of_the_skeleton_is_reported_once_where_it_stands(found):
    spoilt = skeleton(("    ask: Shall we begin?", "    ask: Shall we? Or not?"))
    second = (SOUND / "modules/calm/settle.yaml").read_text().replace("C1", "C2")
    problems = found(**{"parts/session": spoilt, "modules/calm/unwind": second})
    assert problems.count(("W704", 13)) == 1


def test_what_one_session_alone_causes_is_reported_at_that_session(found, tmp_path):
    session = (SOUND / "modules/calm/settle.yaml").read_text()
    long = session.replace("C1", "C2").replace("opening: Today is about rest.", f"opening: {'Rest is good. ' * 40}")
    found(**{"modules/calm/unwind": long})
    files = {each.file for each in load_library(tmp_path)[1] if each.code == "W701"}
    assert files == {"modules/calm/unwind.yaml"}


def test_a_piece_that_is_left_out_with_a_reason_is_not_missed(found):
    session = (SOUND / "modules/calm/settle.yaml").read_text()
    without = session.replace("slots:", "without: {card: this session leaves nothing}\nslots:", 1)
    assert found(**{"modules/calm/settle": without.replace("  card_title: Rest\n", "")}) == []


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("breathe", 1), ("named", 1), ("wanted", 2), ("little", 2), ("people", 2), ("value", 2), ("times", 1),
     ("changes", 2), ("feeling", 2), ("the", 1), ("emotional", 4)],
)  # fmt: skip
def test_syllables(word, count):
    assert syllables(word) == count


def test_the_grade_is_flesch_and_kincaids():
    words = "The cat sat on the mat."  # 6 words, 1 sentence, 6 syllables
    assert grade(words) == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)


def test_lines_and_colons_end_sentences_as_full_stops_do():
    assert sentences("Numbers:\nOne two.\nThree four! “Five?” Six") == [
        "Numbers",
        "One two",
        "Three four",
        "“Five",
        "Six",
    ]


def test_lengths_are_counted_as_telegram_does():
    assert (length("abc"), length("😀")) == (3, 2)


def test_a_template_is_spelled_with_the_longer_side():
    assert spelled("{% if a %}Short.{% else %}Rather longer.{% endif %} {{ b | quoted }}") == (
        "Rather longer. “what you wrote”"
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [("<b>a</b> &amp; b", True), ("<b>a", False), ("<b><i>a</b></i>", False), ("a < b", False), ("<u>a</u>", False),
     ("a & b", False), ("", True)],
)  # fmt: skip
def test_only_balanced_bold_and_italics_are_markup(html, expected):
    assert balanced(html) is expected


@pytest.mark.parametrize(
    "text",
    ["You could say: “I feel tense.”", "That sounds heavy.", "Many people find this hard.", "Saved on Monday.",
     "When you feel it, wait.", "The clinic will understand you."],
)  # fmt: skip
def test_honest_words_are_left_alone(found, text):
    assert found(f"{HEAD}nodes:\n  bye:\n    say: '{text}'\n    end: done\n") == []


@pytest.mark.parametrize(
    "text",
    ["I feel with you.", "I am so proud of you.", "I am always here for you.", "I remember that.", "You must rest.",
     "Everything will be fine.", "He committed suicide.", "Think of your family.", "I know how you feel."],
)  # fmt: skip
def test_claims_that_a_programme_cannot_make_are_found(found, text):
    assert found(f"{HEAD}nodes:\n  bye:\n    say: {text}\n    end: done\n") == [("W709", 5)]
