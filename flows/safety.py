"""Screening: does a text say that somebody may be in danger? `screen()` is the first line of every turn.

Pure, deterministic, never raises and never cuts a text; the work grows with its length only. It reads words, it does
not predict: a signal leads to help and a direct question, never to a judgement of a person. If anything goes wrong
inside, the frozen core (`core.py`) decides.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from flows.core import core_screen
from flows.hits import trace
from flows.ngrams import MODEL, Model, score
from flows.rule_examples import read_signals
from flows.signals import TIERS, Hit, Signal, Signals
from flows.tokens import Token, tokens_of

__all__ = ["Hit", "Signal", "Signals", "left_over", "read_signals", "screen", "sensed", "signal_of", "trace"]


def screen(text: str, language: str, signals: Signals) -> Signal:
    """What a text says of danger. All languages are screened; `language` only decides between equals."""
    if not signals.languages:
        return core_screen(text)
    try:
        signal = _seen(text, language, signals)
        return graver(signal, core_screen(text, signals.unread)) if signals.unread else signal
    except Exception as error:  # noqa: BLE001  whatever is wrong with rules, a person in danger is still noticed
        return msgspec.structs.replace(core_screen(text), failed=type(error).__name__)


def _seen(text: str, language: str, signals: Signals) -> Signal:
    every = trace(text, signals)
    hits = [hit for hit in every if hit.tier != "none"]
    taken_back = tuple(hit for hit in every if hit.tier == "none")
    signal = signal_of(hits or sensed(text, signals.model, taken_back), language, signals.hash)
    return msgspec.structs.replace(signal, taken_back=taken_back) if taken_back else signal


def graver(signal: Signal, other: Signal) -> Signal:
    """The one that calls for more; the first of equals."""
    return max(signal, other, key=lambda each: (TIERS.index(each.tier), each.acute))


def sensed(text: str, model: Model | None, taken_back: Sequence[Hit] = ()) -> list[Hit]:
    """What the n-gram model makes of a text in which the rules saw nothing: one hit at `watch`, or none.

    It does not read the words that a modifier took back: "I don't want to kill myself" is a denial to both.
    """
    if model is None or not (found := score(left_over(text, taken_back), model)).category:
        return []
    return [Hit(MODEL + found.category, "", found.category, "watch", False, 0, len(text), "watch")]


def left_over(text: str, taken_back: Sequence[Hit]) -> list[Token]:
    """The words of a text without those of these hits."""
    return [
        token
        for token in tokens_of(text)
        if not any(hit.start < token.end and token.start < hit.end for hit in taken_back)
    ]


def signal_of(hits: Sequence[Hit], language: str, ruleset: str) -> Signal:
    """One Signal of many hits: worst first, then acute, then the person's own language, then where they stand."""
    ranked = sorted(
        hits, key=lambda hit: (-TIERS.index(hit.tier), not hit.acute, hit.language != language, hit.start, hit.rule)
    )
    return Signal(
        tier=ranked[0].tier if ranked else "none",
        categories=tuple(dict.fromkeys(hit.category for hit in ranked)),
        hits=tuple(ranked),
        acute=any(hit.acute for hit in ranked),
        ruleset=ruleset,
    )
