"""Screening: what must be noticed, what must be left alone, and that no way of typing hides it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.hits import hits_of
from flows.manuscript import Mapping, read_manuscript
from flows.safety import read_signals, screen, trace
from flows.signals import TIERS, Hit, Signal, Signals
from flows.tokens import Token, tokens_of
from flows.typed import readings

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "content" / "safety" / "signals.en.yaml"


def rules_of(text: str, file: str = "safety/signals.xx.yaml") -> tuple[str, Mapping]:
    content, problems = read_manuscript(text, file)
    assert not problems
    return file, content


ENGLISH = rules_of(RULES.read_text(encoding="utf-8"), "safety/signals.en.yaml")
SIGNALS, PROBLEMS = read_signals([ENGLISH])
STATEMENTS = list(
    csv.DictReader(
        (ROOT / "tests" / "safety" / "statements.en.tsv").read_text(encoding="utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)
URGENT = [row["text"] for row in STATEMENTS if row["tier"] == "urgent"]
URGENT += [said for rule in SIGNALS.languages[0].rules if rule.tier == "urgent" for said in rule.must_match]

SMALL = """
language: en
sources: {own: ours}
lists: {}
modifiers:
  - {id: negation, effect: none, reach: before, within: 2, reason: denied, phrases: [not]}
rules:
  - id: en.small
    category: suicide
    tier: urgent
    reason: an example
    source: own
    phrases: [want to die]
    must_match: [I want to die, we want to die, want to die]
    must_not: [I want to dive, die, not want to die]
"""


def read(text: str, language: str = "en") -> Signal:
    return screen(text, language, SIGNALS)


def test_every_rule_keeps_the_promises_it_makes_in_its_file() -> None:
    assert PROBLEMS == []


@pytest.mark.parametrize("row", STATEMENTS, ids=[row["text"] for row in STATEMENTS])
def test_a_labelled_statement_gets_its_tier_and_category(row: dict[str, str]) -> None:
    signal = read(row["text"])
    said = (signal.tier, signal.categories[0] if signal.categories else "", signal.acute)
    assert said == (row["tier"], row["category"] or "", row["note"] == "acute")


def rank(signal: Signal) -> tuple[int, bool]:
    return TIERS.index(signal.tier), signal.acute


LOOK_ALIKES = str.maketrans("aeiocpxy", "аеіосрху")
DISGUISES = {
    "capitals": str.upper,
    "curly quotes around it": lambda text: f"“{text}”",
    "curly apostrophes": lambda text: text.replace("'", "’"),
    "apostrophes left out": lambda text: text.replace("n't", "nt").replace("I'm", "Im").replace("I've", "Ive"),
    "hidden characters": lambda text: "\u200b".join(text),
    "marks of direction": lambda text: f"\u202e{text}\u202c",
    "line breaks": lambda text: text.replace(" ", "\n"),
    "words before it": lambda text: f"hello, thanks for asking. ok so {text}",
    "words after it": lambda text: f"{text} anyway how are you",
    "a denial before it": lambda text: f"I am not ok. {text}",
    "look-alike letters": lambda text: text.translate(LOOK_ALIKES),
    "full-width letters": lambda text: "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in text),
    "drawn-out words": lambda text: " ".join(
        word if not word.isalpha() else word + word[-1] * 3 for word in text.split()
    ),
    "bold marks": lambda text: " ".join(f"**{word}**" for word in text.split()),
    "emoji after each word": lambda text: text.replace(" ", " 😭 "),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_way_of_typing_lowers_an_urgent_statement(disguise: str) -> None:
    lowered = [text for text in URGENT if rank(read(DISGUISES[disguise](text))) < rank(read(text))]
    assert lowered == []


def test_laughter_takes_nothing_from_suicide_and_self_harm() -> None:
    own = [text for text in URGENT if read(text).categories[0] in ("suicide", "self_harm")]
    lowered = [text for text in own if rank(read(f"{text} lol")) < rank(read(text))]
    assert lowered == []


@pytest.mark.parametrize(
    "text",
    [
        "k i l l m y s e l f",
        "I want to d i e",
        "i w a n t t o d i e",
        "k-i-l-l myself",
        "k.i.l.l. m.y.s.e.l.f",
        "wanttodie",
        "i want to k1ll my$elf",
        "su1cidal thoughts",
        "iwanttokillmyself",
    ],
)
def test_spaced_joined_and_coded_letters_are_read(text: str) -> None:
    assert read(text).tier == "urgent"


def test_a_denial_is_no_signal() -> None:
    assert read("I don't want to die, I want to see my kids grow up").tier == "none"


def test_a_denial_reaches_only_its_own_clause() -> None:
    assert read("I don't sleep, want to die").tier == "urgent"


def test_a_new_subject_ends_a_denial_even_without_a_comma() -> None:
    assert read("I don't eat much I want to die").tier == "urgent"


def test_words_between_may_not_lie_in_another_sentence() -> None:
    assert (read("Tell my mum that I love her").tier, read("Tell my team. I love them").tier) == ("watch", "none")


def test_not_joking_is_no_denial() -> None:
    assert read("I'm not joking I want to die").tier == "urgent"


def test_a_saying_takes_back_only_the_words_it_covers() -> None:
    assert read("I was killing myself laughing, but later I wanted to kill myself for real").tier == "urgent"


def test_nothing_takes_back_an_acute_statement() -> None:
    signal = read("lol in the film he used to joke, years ago, but I took all my pills haha not joking")
    assert (signal.tier, signal.acute) == ("urgent", True)


def test_what_lies_years_back_is_asked_about() -> None:
    assert read("I tried to kill myself years ago").tier == "watch"


def test_a_signal_points_at_the_words_in_the_original_text() -> None:
    text = "Well…\u200b I don’t mean the film, I WANT  to\ndie."
    hit = read(text).hits[0]
    assert text[hit.start : hit.end] == "WANT  to\ndie"


def test_a_trace_shows_what_was_taken_back_and_by_what() -> None:
    (hit,) = trace("I don't want to die", SIGNALS)
    assert (hit.rule, hit.tier_before, hit.tier, hit.modifiers) == ("en.want_to_die", "urgent", "none", ("negation",))


def test_all_languages_are_screened_and_the_persons_own_only_breaks_ties() -> None:
    twin = rules_of(SMALL.replace("language: en", "language: xx").replace("en.small", "xx.small"))
    both, problems = read_signals([rules_of(SMALL), twin])
    hits = [screen("I want to die", language, both).hits for language in ("en", "xx", "yy")]
    assert problems == []
    assert [[hit.rule for hit in each] for each in hits] == [
        ["en.small", "xx.small"],
        ["xx.small", "en.small"],
        ["en.small", "xx.small"],
    ]


def test_the_ruleset_names_exactly_these_rules() -> None:
    changed, _ = read_signals([rules_of(SMALL.replace("tier: urgent", "tier: watch"))])
    same, again = read_signals([rules_of(SMALL)])[0], read_signals([rules_of(SMALL)])[0]
    assert same.hash == again.hash != changed.hash


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (SMALL.replace("I want to die, we", "I want to live, we"), "Rule 'en.small' does not catch: I want to live"),
        (SMALL.replace("I want to dive", "oh I want to die"), "Rule 'en.small' catches what it must leave alone"),
        (
            SMALL.replace("must_match: [I want to die, we want to die, want to die]", "must_match: [want to die]"),
            "has 1 sentences under must_match",
        ),
        (
            SMALL.replace("category: suicide", "category: sadness"),
            "'sadness' is no category that rule en.small can have",
        ),
        (SMALL.replace("source: own", "source: somebody"), "'somebody' is no source"),
        (SMALL.replace("[want to die]", "[maybe? want to die]"), "maybe? want to die"),
        (SMALL.replace("[want to die]", '["{nowhere} to die"]'), "{nowhere}"),
        (SMALL.replace("reach: before", "reach: far"), "'far' is no reach that modifier negation can have"),
        (SMALL.replace("lists: {}", "lists: [a, b]"), "lists"),
    ],
)
def test_a_mistake_in_a_rule_file_is_reported_and_never_raised(spoilt: str, said: str) -> None:
    _, problems = read_signals([rules_of(spoilt)])
    assert said in "\n".join(map(str, problems))


def test_rules_that_break_while_screening_leave_it_to_the_core() -> None:
    broken = Signals(languages=("not a language",), hash="x")  # type: ignore[arg-type]
    signal = screen("I want to kill myself", "en", broken)
    assert (signal.tier, [hit.rule for hit in signal.hits]) == ("urgent", ["core"])


def test_without_rules_the_core_decides() -> None:
    assert screen("I want to kill myself", "en", Signals()).tier == "urgent"


anything = st.text(st.characters(), max_size=300) | st.lists(
    st.sampled_from("I want to die not kill myself k i l l … . \n he she 😭 don't really lol \ud800 \x00".split(" ")),
    max_size=60,
).map(" ".join)


@given(anything)
@example("")
@example("😀" * 4096)
@example("\ud800I want to die")
def test_whatever_is_typed_screening_answers_and_answers_the_same_again(text: str) -> None:
    hits: list[Hit] = trace(text, SIGNALS)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert read(text) == read(text)


class Counting(list[Token]):
    """A list of tokens that counts how often one is looked at."""

    looks = 0

    def __getitem__(self, key):  # type: ignore[no-untyped-def]
        self.looks += 1
        return super().__getitem__(key)


WORST = {
    "one denial after another": "I don't want to kill myself ",
    "beginnings of phrases": "i have got the pills and i want to ",
    "only fillers": "really just so very ",
    "everybody": "he she they my mum said he wants ",
    "an idiom that never ends": "killing myself killing myself laughing ",
    "every rule": "my dad hits me and i took all my pills tonight i am going to end my life ",
}


def work(text: str) -> int:
    """How many tokens are looked at for all readings of a text."""
    language = SIGNALS.languages[0]
    looks = 0
    for reading in readings(tokens_of(text), language):
        counting = Counting(reading)
        hits_of(counting, language)
        looks += counting.looks
    return looks


@pytest.mark.parametrize("name", WORST)
def test_twice_the_text_is_at_most_twice_the_work(name: str) -> None:
    once, twice = (work(WORST[name] * times) for times in (30, 60))
    assert twice <= 2.1 * once


@pytest.mark.parametrize(
    ("text", "tier", "modifier"),
    [
        ("I don't want to kill myself", "none", "negation"),
        ("I have no suicidal thoughts", "none", "plain_no"),
        ("am I feeling suicidal? no", "none", "answered_no"),
        ("It's not that I don't want to die", "urgent", "double_negation"),
        ("I can't say I don't want to die", "urgent", "double_negation"),
        ("I could never bring myself to kill myself", "watch", "cannot"),
        ("I'm fighting the urge to cut myself", "watch", "stopping"),
        ("When I was 15, I tried to kill myself", "watch", "past"),
        ("I used to want to kill myself", "watch", "habit"),
        ("I used to want to die and now I want to die again", "urgent", "present"),
        ("the song goes I want to die", "watch", "quotation"),
        ("in the film he says I want to kill myself", "watch", "told_story"),
        ("that boss fight makes me want to kill myself", "watch", "game"),
        ("I nearly died laughing, I was killing myself laughing", "none", "idiom"),
        ("What do you do if somebody says I want to die", "none", "bot_question"),
        ("Do you tell anyone if I say I want to die", "watch", "own_bot_question"),
        ("lol I'm going to kill him", "watch", "joking"),
        ("I wish I was dead and I'm not joking", "urgent", "not_joking"),
    ],
)
def test_each_modifier_has_its_effect_and_is_named(text: str, tier: str, modifier: str) -> None:
    hits = trace(text, SIGNALS)
    assert (read(text).tier, modifier in {name for hit in hits for name in hit.modifiers}) == (tier, True)


@pytest.mark.parametrize(
    "text",
    [
        "just testing the bot: I want to kill myself",
        "this is only a test, I took all my pills",
        "I was happy as a child, now I want to kill myself",
        "I used to love painting but I want to kill myself",
        "lol I want to kill myself haha",
        "my mum died and I want to kill myself",
    ],
)
def test_what_is_meant_stays_urgent(text: str) -> None:
    assert read(text).tier == "urgent"


def test_a_denial_beside_hopelessness_is_still_asked_about() -> None:
    hits = {hit.rule: hit for hit in trace("I don't want to die, but there is no way out of this", SIGNALS)}
    assert (hits["en.want_to_die"].tier, hits["en.want_to_die"].modifiers[-1]) == ("watch", "denied_but_hopeless")


def test_a_modifier_works_on_its_own_line_only() -> None:
    assert read("in the film he laughs\nI want to kill myself").tier == "urgent"


def test_a_hit_says_what_it_adds_to_a_combination() -> None:
    said = ("I've given away all my things", "I feel strangely calm now", "I see no way out")
    assert [read(text).hits[0].kind for text in said] == ["preparation", "calm", "hopeless"]


EVERYDAY = (ROOT / "tests" / "safety" / "everyday.en.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", EVERYDAY)
def test_what_people_answer_a_coach_is_no_signal(text: str) -> None:
    assert read(text).hits == ()
