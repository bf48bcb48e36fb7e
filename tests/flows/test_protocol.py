"""The published safety protocol is true: its tables say what the code says, and what it points to is there.

`python -m tests.flows.test_protocol` writes its three tables anew; the rest is written by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.core import CORE
from flows.lately import FLAGS
from flows.library import Library, load_library
from flows.signals import CATEGORIES, Language

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "content" / "safety" / "README.md"
MEANT = {
    "suicide": "wishes to be dead, thoughts, plans, preparations, attempts; the same in somebody else",
    "self_harm": "hurting oneself, urges to",
    "harm_to_others": "being close to hurting or killing somebody",
    "violence": "violence and control by anybody, at home or elsewhere, sexual violence",
    "medical": "a body in danger now: overdose, chest pain, not breathing, bleeding",
    "child": "a child that is hurt or in danger",
    "psychosis": "voices, being watched or steered, thoughts put in",
    "mania": "days without sleep, racing thoughts, reckless plans",
    "eating": "starving, vomiting, fainting from it",
    "substances": "taking too much, being ill without it",
    "postpartum": "the time after a birth: despair, strange thoughts about the baby",
    "minor": "words that show an age under 18; no danger by itself, asked about in a flow of its own",
}
NAMES = {"ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "hi": "Hindi",
         "it": "Italian", "pt": "Portuguese", "ru": "Russian", "uk": "Ukrainian"}  # fmt: skip
EFFECTS = {
    "none": "not meant",
    "watch": "at most watch",
    "lower": "one step down",
    "raise": "one step up",
    "keep": "the modifiers that it cancels do not count",
}
REACHES = {
    "covers": "hits within its own words",
    "before": "hits that follow in the clause",
    "clause": "hits in its clause",
    "sentence": "hits in its sentence",
}


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def library() -> Library:
    found, problems = load_library(ROOT / "content")
    assert found is not None, problems
    return found


def category_table(_: Library) -> str:
    rows = [f"| `{name}` | {MEANT[name]} | {FLAGS.get(name, '')} |" for name in CATEGORIES]
    head = "| category | what is meant | what a yes sets aside, by its flag |"
    return "\n".join([head, "| --- | --- | --- |", *rows, ""])


def language_table(library: Library) -> str:
    read = {each.code: each for each in library.signals.languages}
    rows = [_language_row(code, read.get(code)) for code in sorted({*CORE.words, *read}, key=NAMES.__getitem__)]
    return "\n".join(["| language | rules | signed |", "| --- | --- | --- |", *rows, ""])


def _language_row(code: str, language: Language | None) -> str:
    rules = "yes" if language else "none yet: only the core sentences, and the model where it is loaded"
    signed = language.reviewer if language and language.reviewer else "not yet signed by a native clinician"
    return f"| {NAMES[code]} (`{code}`) | {rules} | {signed} |"


def modifier_table(library: Library) -> str:
    known = {each.id: each for language in reversed(library.signals.languages) for each in language.modifiers}
    spoken = {
        name: [each.code for each in library.signals.languages if any(name == one.id for one in each.modifiers)]
        for name in known
    }
    rows = [
        f"| `{name}` | {EFFECTS[each.effect]} | {REACHES[each.reach]} | {', '.join(spoken[name])} |"
        for name, each in sorted(known.items())
    ]
    head = "| modifier | what it makes of a hit | which hits | in |"
    return "\n".join([head, "| --- | --- | --- | --- |", *rows, ""])


TABLES = {"categories": category_table, "languages": language_table, "modifiers": modifier_table}


def table(name: str) -> str:
    """What stands between the two marks of a table."""
    return page().partition(f"<!-- {name}: begin -->\n")[2].partition(f"<!-- {name}: end -->")[0]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_the_code_says(name: str, shipped: Library) -> None:
    assert table(name) == TABLES[name](shipped)


def test_every_category_is_explained_and_no_other() -> None:
    assert set(MEANT) == set(CATEGORIES)


def test_every_language_of_the_core_has_a_name() -> None:
    assert set(CORE.words) <= set(NAMES)


def test_there_is_one_place_for_the_scorecard() -> None:
    assert [page().count(f"<!-- scorecard: {end} -->") for end in ("begin", "end")] == [1, 1]


def test_the_files_that_hold_the_exact_words_are_there() -> None:
    named = set(re.findall(r"`((?:parts/)?\w+\.yaml)`", page())) - {"clinic.yaml"}
    there = {name for name in named if (PAGE.parent / name).exists() or (PAGE.parent.parent / name).exists()}
    assert (len(named) > 10, named - there) == (True, set())


def test_each_step_is_named() -> None:
    assert re.findall(r"^\| (N\d) \|", page(), re.MULTILINE) == ["N1", "N2", "N3", "N4"]


def write_tables() -> None:
    text, content = page(), library()
    for name, made in TABLES.items():
        head, _, rest = text.partition(f"<!-- {name}: begin -->\n")
        _, end, tail = rest.partition(f"<!-- {name}: end -->")
        text = f"{head}<!-- {name}: begin -->\n{made(content)}{end}{tail}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_tables()
