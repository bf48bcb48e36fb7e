"""No rule is there for nothing: each is the only one behind some sentence of its own or some message of the corpus."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.hits import trace
from flows.rule_examples import caught_by
from flows.signals import CATEGORIES, Phrase
from tests.safety.rule_files import CODES, ROOT, alone, loaded

CORPUS = ROOT / "tests" / "safety" / "corpus"


def messages(code: str) -> Iterator[str]:
    """What the voices of a language wrote that calls for a question or more."""
    for file in sorted((CORPUS / code).glob("*.tsv")):
        yield from _positive(file)


def _positive(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if (row.get("tier") or "none") != "none":
                yield (row.get("text") or "").replace("\\n", "\n")


def test_every_rule_file_is_without_a_problem() -> None:
    assert [str(problem) for problem in loaded()[1]] == []


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_the_only_one_behind_something(code: str) -> None:
    signals = alone(code)
    (language,) = signals.languages
    needed = {rule.id for rule in language.rules}
    for said in (*(said for rule in language.rules for said in rule.must_match), *messages(code)):
        caught = caught_by(said, signals)
        if len(caught) == 1:
            needed -= caught
        if not needed:
            break
    assert needed == set()


@pytest.mark.parametrize("code", CODES)
def test_every_category_has_a_rule(code: str) -> None:
    (language,) = alone(code).languages
    assert set(CATEGORIES) - {rule.category for rule in language.rules} == set()


@pytest.mark.parametrize("code", CODES)
def test_nothing_takes_back_an_acute_statement(code: str) -> None:
    """Laughing, a film, a denial and years gone by stand around it, in the words that the language has for them."""
    signals = alone(code)
    (language,) = signals.languages
    around = [phrase.written for modifier in language.modifiers for phrase in modifier.phrases[:1] if plain(phrase)]
    said = [said for rule in language.rules if rule.acute for said in rule.must_match]
    texts = [f"{words} {text}" for text in said for words in around]
    hits = [hit for text in texts for hit in trace(text, signals) if hit.acute]
    assert hits
    assert [hit for hit in hits if hit.tier != "urgent" or hit.modifiers] == []


def plain(phrase: Phrase) -> bool:
    return not set(phrase.written) & set('{|?*."')
