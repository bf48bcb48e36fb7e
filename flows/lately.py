"""What was heard of danger within 24 hours: how signals of a day combine, and whose words are used to ask.

Read from the record alone. Only tiers, categories and rule ids are known here, never what somebody wrote.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from flows.record import SIGNAL_HOURS, SIGNALS, Record, SignalMark
from flows.signals import Hit, Signal

LEVELS = {"": 0, "none": 0, "watch": 1, "urgent": 2, "acute": 3}
AFTER_BIRTH = "postpartum"
WHY_HOURS = 12  # as the re-check: older words are no longer why something is asked; working rule: README, Figures
AGE = "minor"  # no danger by itself: it is asked about in a flow of its own and raises nothing
ANSWERS = ("yes_now", "yes_not_now", "not_sure", "no")  # to the direct question; the choices of its part
SPOKEN = "suicide"  # whose words are used where nothing else was heard
FLAGS = {
    "suicide": "crisis",
    "self_harm": "self_harm",
    "harm_to_others": "crisis",
    "violence": "violence",
    "child": "crisis",
    "medical": "heart_lung",
    "psychosis": "psychosis",
    "mania": "mania",
    "eating": "eating",
    "substances": "withdrawal",
    "postpartum": "postpartum",
}
"""Which flag a yes (or not sure) sets, so that sessions and exercises that do not fit are set aside."""


def level(signal: Signal) -> int:
    """0 none, 1 watch, 2 urgent, 3 acute."""
    return 3 if signal.acute else LEVELS[signal.tier]


def category_of(signal: Signal) -> str:
    """The category that decides whose words are used; an age only when nothing else was heard.

    Harm to a baby soon after a birth is spoken of as that: it can be treated, and it is no crime.
    """
    heard = sorted(signal.categories, key=lambda each: each == AGE)
    first = heard[0] if heard else SPOKEN
    return AFTER_BIRTH if first in ("harm_to_others", "child") and AFTER_BIRTH in signal.categories else first


def combined(record: Record, signal: Signal, now: dt.datetime) -> int:
    """The level with what the record holds of the last 24 hours: what is urgent only together is urgent."""
    here = level(signal)
    hits = _of_danger(signal)
    if here != 1 or not hits:
        return here
    rules = {hit.rule for hit in hits}
    earlier = {rule for mark in marks(record, now) for rule in mark.rules}
    return 2 if (earlier - rules and rules - earlier) or _urgent_together(hits) else 1


def _of_danger(signal: Signal) -> list[Hit]:
    return [hit for hit in signal.hits if hit.category != AGE and hit.tier != "none"]


def _urgent_together(hits: Sequence[Hit]) -> bool:
    """Within one text: danger and preparation, or a calm after hopelessness."""
    kinds = {hit.kind for hit in hits}
    if "preparation" in kinds and len({hit.rule for hit in hits}) > 1:
        return True
    hopeless = min((hit.start for hit in hits if hit.kind == "hopeless"), default=None)
    return hopeless is not None and any(hit.kind == "calm" and hit.start > hopeless for hit in hits)


def marks(record: Record, now: dt.datetime) -> tuple[SignalMark, ...]:
    """Marks of danger of the last 24 hours, oldest first."""
    return tuple(mark for mark in _fresh(record, now) if mark.category != AGE)


def age_heard(record: Record, now: dt.datetime) -> bool:
    """Whether an age under 18 was heard within 24 hours."""
    return any(mark.category == AGE for mark in _fresh(record, now))


def marked(record: Record, signal: Signal, now: dt.datetime) -> tuple[SignalMark, ...]:
    """The marks of 24 hours with this signal: one for each category, the one that decides last."""
    kept = _fresh(record, now)
    if not level(signal):
        return kept
    first = category_of(signal)
    categories = [each for each in signal.categories if each != first]
    return (*kept, *(_mark(signal, each, now) for each in (*categories, first)))[-SIGNALS:]


def _mark(signal: Signal, category: str, now: dt.datetime) -> SignalMark:
    hits = [hit for hit in signal.hits if hit.category == category]
    acute = any(hit.acute for hit in hits)
    tier = "acute" if acute else hits[0].tier if hits else signal.tier
    return SignalMark(tier, category, tuple(hit.rule for hit in hits)[:10], now)


def _fresh(record: Record, now: dt.datetime) -> tuple[SignalMark, ...]:
    since = now - dt.timedelta(hours=SIGNAL_HOURS)
    return tuple(mark for mark in record.signals if mark.at >= since)


def again(record: Record, now: dt.datetime) -> bool:
    """An acute hit, or a second one, within 24 hours: then a no does not reopen the programme by itself."""
    heard = marks(record, now)
    return any(mark.tier == "acute" for mark in heard) or len({mark.at for mark in heard}) > 1


def rules_of_the_last(record: Record, now: dt.datetime) -> tuple[str, ...]:
    """The rules behind the newest hit: what a false alarm is counted by."""
    heard = _fresh(record, now)
    return tuple(dict.fromkeys(rule for mark in heard if mark.at == heard[-1].at for rule in mark.rules))


def danger(record: Record, now: dt.datetime) -> dict[str, Any]:
    """`category` whose words are used, `tier` it was asked at (empty: no words of today led here), `again`."""
    safety = record.safety
    category = safety.asked_category if safety.asked_category in FLAGS else SPOKEN
    fresh = safety.asked_at is not None and now - safety.asked_at < dt.timedelta(hours=WHY_HOURS)
    return {"category": category, "tier": safety.asked_tier if fresh else "", "again": again(record, now)}


def topic(record: Record, now: dt.datetime) -> str:
    """What helplines are for now: the category asked about within 24 hours, else nothing special."""
    at = record.safety.asked_at
    fresh = at is not None and now - at < dt.timedelta(hours=SIGNAL_HOURS)
    return record.safety.asked_category if fresh else ""


def heard_of(record: Record, now: dt.datetime, categories: Iterable[str]) -> bool:
    """Whether danger of one of these kinds was heard within 24 hours."""
    return any(mark.category in tuple(categories) for mark in marks(record, now))
