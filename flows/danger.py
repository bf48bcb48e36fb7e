"""What a signal leads to: tiers to steps, the same question not twice, an age. Detection is `safety.py`.

watch -> ask (N2); urgent -> help first, then ask (N3); acute -> emergency (N4). How signals of a day combine is in
`lately.py`. Nothing here names or ranks a person: a step is what happens next.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from flows import alerts, walk
from flows.core import CORE
from flows.draft import Draft
from flows.help_now import core_reply
from flows.lately import AGE, LEVELS, age_heard, category_of, combined, level, marked, marks
from flows.reach import BASE
from flows.record import SIGNAL_HOURS, Record
from flows.safety import Signal

__all__ = ["answer", "begin", "level", "remember"]

replace = msgspec.structs.replace
STEPS = {1: ("N2", "ask_directly"), 2: ("N3", "connect"), 3: ("N4", "emergency")}
UNDER_AGE = "under_age"
SCREENS = ("ask_directly", "connect", "emergency", "sos", "recheck", UNDER_AGE)


def remember(draft: Draft, signal: Signal) -> None:
    """Marks of the last 24 hours: tier, category and rule ids, never the words."""
    kept = marked(draft.record, signal, draft.now)
    if kept != draft.record.signals:
        draft.change(signals=kept)


def answer(draft: Draft, signal: Signal) -> bool:
    """Take the step that the signal calls for. True if it did, so that the text answers nothing else."""
    here, before = combined(draft.record, signal, draft.now), draft.record
    remember(draft, signal)
    if not here:
        return False
    if AGE in signal.categories and before.profile.adult != "no" and not age_heard(before, draft.now):
        draft.change(safety=replace(draft.record.safety, age_due=True))
    category = category_of(signal)
    if category == AGE:
        return ask_age(draft)
    if _in_emergency(draft, here) or not (
        _rose(before, category, here, draft.now) or _is_new(draft, before, signal, here)
    ):
        draft.change(safety=replace(draft.record.safety, help_in_sight=True))
        return _keep_help_in_sight(draft)
    _take_step(draft, category, here)
    _in_their_language(draft, signal)
    return True


def _take_step(draft: Draft, category: str, here: int) -> None:
    step, role = STEPS[here]
    name = next(tier for tier, each in LEVELS.items() if each == here and tier)
    asked = replace(draft.record.safety, asked_at=draft.now, asked_tier=name, asked_category=category)
    draft.change(safety=replace(asked, help_in_sight=True, step=step))
    draft.safety_step, draft.reading = step, "signal"
    alerts.note(draft)
    begin(draft, role)


def take_step_at_once(draft: Draft, signal: Signal) -> None:
    """Urgent words in a turn that failed: its apology is the help of the step, and the on-call team is told.

    No flow begins; the question is asked with the next words of the kind.
    """
    here = combined(draft.record, signal, draft.now)
    if here >= LEVELS["urgent"]:
        remember(draft, signal)
        draft.safety_step = STEPS[here][0]
        draft.change(safety=replace(draft.record.safety, help_in_sight=True, step=draft.safety_step))
        alerts.note(draft)


def begin(draft: Draft, role: str) -> None:
    """A safety flow goes on top, anew; what waited keeps its place and is gone back to only by choice."""
    flows = draft.library.programme.flows
    while draft.run and draft.top.flow in {flows[each] for each in SCREENS if each in flows}:
        walk.leave_run(draft)
    walk.begin(draft, flows[role])


def ask_age(draft: Draft) -> bool:
    """A number can mean many things, so it is asked about; what presses more is answered first."""
    if not draft.record.safety.age_due:
        return False
    draft.reading = "age"
    draft.acknowledge()
    begin(draft, UNDER_AGE)
    return True


def _in_emergency(draft: Draft, here: int) -> bool:
    """The emergency screen stays until the person says that they are safe: only what is as grave begins it anew."""
    return here < LEVELS["acute"] and draft.record.safety.step == "N4" and draft.is_safety()


def _rose(before: Record, category: str, here: int, now: dt.datetime) -> bool:
    """Tier or category rose since the question was asked, or nothing was asked within 24 hours."""
    safety = before.safety
    if safety.asked_at is None or now - safety.asked_at >= dt.timedelta(hours=SIGNAL_HOURS):
        return True
    if here > LEVELS[safety.asked_tier] or here == LEVELS["acute"]:
        return True
    return category != safety.asked_category and category not in {mark.category for mark in marks(before, now)}


def _is_new(draft: Draft, before: Record, signal: Signal, here: int) -> bool:
    """Urgent words of another kind than before, from somebody who said no or has gone on: they are asked about anew."""
    if here < LEVELS["urgent"] or (draft.is_safety() and before.safety.recheck_after is None):
        return False
    heard = {rule for mark in marks(before, draft.now) for rule in mark.rules}
    return any(hit.tier == "urgent" and hit.rule not in heard for hit in signal.hits)


def _in_their_language(draft: Draft, signal: Signal) -> None:
    """Words of danger in a language that Willow does not speak here: its core sentences stand beside the first help."""
    written = signal.hits[0].language if signal.hits else ""
    spoken = draft.record.language if draft.record.language in draft.library.languages else BASE
    if signal.tier != "urgent" or written in ("", spoken) or written not in CORE.words:
        return
    reply = core_reply(draft.record.profile.country, written)
    last = draft.replies.pop() if draft.replies and draft.replies[-1].kind == "ask" else None
    helped = any(each.kind == "say" for each in draft.replies)
    draft.replies += [each for each in ((reply, last) if helped else (last, reply)) if each is not None]


def _keep_help_in_sight(draft: Draft) -> bool:
    """Asked already: no second question; help stays in sight, and the words are not used as an answer."""
    draft.reading = "signal"
    draft.note("help_in_sight")
    if draft.run is None:
        walk.begin(draft, draft.library.programme.flows["sos"])
    else:
        walk.resume(draft)
    return True
