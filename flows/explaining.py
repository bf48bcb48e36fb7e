"""Why a text is taken as it is: what was caught, what took it back, what the model adds, and what would follow.

The same screening as in a turn, for somebody of whom nothing else is known. Pure; nothing is stored anywhere.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from flows import lately
from flows.danger import STEPS
from flows.helplines import helpline_lines
from flows.library import Library
from flows.ngrams import MODEL, Model, carried, score
from flows.record import begin
from flows.safety import Signal, left_over, screen
from flows.signals import Hit

ACTIONS = (
    "no step: the text is read as any other",
    "N2: one direct question, with help one tap away",
    "N3: help first, then the direct question",
    "N4: the emergency number first, and no question before it",
)
ALONE = (
    "Nothing is counted for the next 24 hours.",
    "Alone it is watch. With a sign of another rule within 24 hours it is urgent.",
    "Urgent by itself. A second sign within 24 hours shows the safety plan before the programme goes on.",
    "Acute: nothing takes it back, and the safety plan is shown before the programme goes on.",
)
TOGETHER = "Each sign alone is watch. Together, in one text, they are urgent."
AGE = "An age is no danger by itself: it is asked about in a flow of its own."


class Caught(msgspec.Struct, frozen=True):
    """A hit with its words. `start` and `end` are offsets in the text."""

    rule: str
    language: str
    category: str
    kind: str
    acute: bool
    tier_before: str
    modifiers: tuple[str, ...]
    tier: str
    start: int
    end: int
    words: str


class Sensed(msgspec.Struct, frozen=True):
    """What the n-gram model makes of it. It decides only where no rule is met; `pieces`: the heaviest first."""

    value: float
    threshold: float
    category: str
    decided: bool
    pieces: tuple[tuple[str, float], ...]


class Explanation(msgspec.Struct, frozen=True):
    """`help` is what would be shown in this country: at once from N3 on, behind a button at N2."""

    tier: str
    acute: bool
    categories: tuple[str, ...]
    step: str
    flow: str
    action: str
    together: str
    hits: tuple[Caught, ...]
    taken_back: tuple[Caught, ...]
    model: Sensed | None
    ruleset: str
    failed: str
    lacking: tuple[str, ...]
    help: tuple[str, ...]


def explain(library: Library, text: str, language: str, country: str, now: dt.datetime) -> Explanation:
    """The trace of one text, written by somebody with this language and country."""
    signal = screen(text, language, library.signals)
    nobody = begin("", language, now)
    here = lately.combined(nobody, signal, now)
    age_only = set(signal.categories) == {lately.AGE}
    step, role = ("", "under_age") if age_only else STEPS.get(here, ("", ""))
    return Explanation(
        tier=signal.tier,
        acute=signal.acute,
        categories=signal.categories,
        step=step,
        flow=library.programme.flows.get(role, ""),
        action=AGE if age_only else ACTIONS[here],
        together=TOGETHER if here > lately.level(signal) else ALONE[here],
        hits=tuple(_caught(hit, text) for hit in signal.hits),
        taken_back=tuple(_caught(hit, text) for hit in signal.taken_back),
        model=_sensed(text, signal, library.signals.model),
        ruleset=signal.ruleset,
        failed=signal.failed,
        lacking=library.signals.lacking,
        help=_help(library, signal, language, country, now) if here or age_only else (),
    )


def _caught(hit: Hit, text: str) -> Caught:
    return Caught(
        rule=hit.rule,
        language=hit.language,
        category=hit.category,
        kind=hit.kind,
        acute=hit.acute,
        tier_before=hit.tier_before,
        modifiers=hit.modifiers,
        tier=hit.tier,
        start=hit.start,
        end=hit.end,
        words=text[hit.start : hit.end],
    )


def _sensed(text: str, signal: Signal, model: Model | None) -> Sensed | None:
    if model is None:
        return None
    tokens = left_over(text, signal.taken_back)
    found = score(tokens, model)
    decided = any(hit.rule.startswith(MODEL) for hit in signal.hits)
    return Sensed(round(found.value, 3), model.threshold, found.category, decided, tuple(carried(tokens, model)))


def _help(library: Library, signal: Signal, language: str, country: str, now: dt.datetime) -> tuple[str, ...]:
    topic, minor = lately.category_of(signal), lately.AGE in signal.categories
    return tuple(helpline_lines(country, now, library.helplines, language, topic, minor))
