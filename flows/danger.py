"""What a signal leads to: tiers to steps, re-checks, combination over 24 hours. Detection is `safety.py`.

watch -> ask (N2); urgent -> help first, then ask (N3); acute -> emergency (N4). Nothing here names or ranks a person: a
step is what happens next.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from flows import walk
from flows.draft import Draft
from flows.record import SIGNAL_HOURS, SIGNALS, Record, SignalMark
from flows.safety import Signal

replace = msgspec.structs.replace
LEVELS = {"": 0, "none": 0, "watch": 1, "urgent": 2, "acute": 3}
STEPS = {1: ("N2", "ask_directly"), 2: ("N3", "connect"), 3: ("N4", "emergency")}


def level(signal: Signal) -> int:
    """0 none, 1 watch, 2 urgent, 3 acute."""
    return 3 if signal.acute else LEVELS[signal.tier]


def combined(record: Record, signal: Signal, now: dt.datetime) -> int:
    """The level with what the record holds of the last 24 hours: two different watch hits are urgent."""
    here = level(signal)
    if here != 1:
        return here
    rules = {hit.rule for hit in signal.hits}
    since = now - dt.timedelta(hours=SIGNAL_HOURS)
    earlier = {rule for mark in record.signals if mark.at >= since for rule in mark.rules}
    return 2 if earlier - rules and rules - earlier else 1


def remember(draft: Draft, signal: Signal) -> None:
    """Marks of the last 24 hours: tier, category and rule ids, never the words."""
    since = draft.now - dt.timedelta(hours=SIGNAL_HOURS)
    kept = tuple(mark for mark in draft.record.signals if mark.at >= since)
    if level(signal):
        tier = "acute" if signal.acute else signal.tier
        category = signal.categories[0] if signal.categories else "suicide"
        kept = (*kept, SignalMark(tier, category, tuple(hit.rule for hit in signal.hits)[:10], draft.now))[-SIGNALS:]
    if kept != draft.record.signals:
        draft.change(signals=kept)


def answer(draft: Draft, signal: Signal) -> bool:
    """Take the step that the signal calls for. True if it did, so that the text answers nothing else."""
    here = combined(draft.record, signal, draft.now)
    remember(draft, signal)
    if not here:
        return False
    if not _rose(draft, signal, here):
        draft.change(safety=replace(draft.record.safety, help_in_sight=True))
        return _keep_help_in_sight(draft)
    step, role = STEPS[here]
    category = signal.categories[0] if signal.categories else "suicide"
    name = next(tier for tier, each in LEVELS.items() if each == here and tier)
    safety = replace(
        draft.record.safety, asked_at=draft.now, asked_tier=name, asked_category=category, help_in_sight=True, step=step
    )
    draft.change(safety=safety)
    draft.safety_step, draft.reading = step, "signal"
    begin(draft, role)
    return True


def begin(draft: Draft, role: str) -> None:
    """A safety flow goes on top, anew; what waited keeps its place and is gone back to only by choice."""
    flows = draft.library.programme.flows
    name = flows[role]
    while draft.run and draft.top.flow in {
        flows[each] for each in ("ask_directly", "connect", "emergency", "sos", "recheck") if each in flows
    }:
        walk.leave_run(draft)
    walk.begin(draft, name)


def _rose(draft: Draft, signal: Signal, here: int) -> bool:
    """Tier or category rose since the question was asked, or nothing was asked within 24 hours."""
    safety = draft.record.safety
    if safety.asked_at is None or draft.now - safety.asked_at >= dt.timedelta(hours=SIGNAL_HOURS):
        return True
    if here > LEVELS[safety.asked_tier] or here == LEVELS["acute"]:
        return True
    return bool(signal.categories) and signal.categories[0] != safety.asked_category


def _keep_help_in_sight(draft: Draft) -> bool:
    """Asked already: no second question; help stays in sight, and the words are not used as an answer."""
    draft.reading = "signal"
    draft.note("help_in_sight")
    if draft.run is None:
        walk.begin(draft, draft.library.programme.flows["sos"])
    else:
        walk.resume(draft)
    return True
