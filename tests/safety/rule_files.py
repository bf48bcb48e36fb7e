"""The rule files of all languages as loaded, and the sentences that they promise to catch."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flows import load_library
from flows.manuscript import read_manuscript
from flows.problems import Problem
from flows.rule_examples import read_signals
from flows.signals import TIERS, Hit, Signals

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "content" / "safety").glob("signals.*.yaml"))
CODES = [file.suffixes[0][1:] for file in FILES]


@cache
def loaded() -> tuple[Signals, list[Problem]]:
    documents = []
    problems: list[Problem] = []
    for file in FILES:
        content, found = read_manuscript(file.read_text(encoding="utf-8"), f"safety/{file.name}")
        documents.append((f"safety/{file.name}", content))
        problems += found
    signals, found = read_signals(documents)
    return signals, [*problems, *found]


@cache
def shipped() -> Signals:
    """Rules and model together, as the program loads them."""
    library, _ = load_library(ROOT / "content")
    assert library is not None
    return library.signals


def alone(code: str) -> Signals:
    """One language by itself, looked through whatever the text."""
    return Signals(tuple(each for each in loaded()[0].languages if each.code == code))


def urgent(code: str) -> list[str]:
    (language,) = alone(code).languages
    return [said for rule in language.rules if rule.tier == "urgent" for said in rule.must_match]


def rank(hits: list[Hit]) -> tuple[int, bool]:
    """How grave the gravest hit is."""
    return max(((TIERS.index(hit.tier), hit.acute) for hit in hits), default=(0, False))
