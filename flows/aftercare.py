"""The days after a crisis step (N3, N4), read from the record alone: what is kept of it, and what waits because of it.

A crisis is a time and a kind, never words. What is offered after it stands in `re_entry.py`; the notes that come by
themselves in `agenda.py`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from flows.lately import again, heard_of
from flows.record import DISTRESS, Record, SafetyState

replace = msgspec.structs.replace
RETURN_HOURS = 12  # as the re-check; working rule: README, Figures
FOLLOW_UPS = (1, 3, 7)  # days after; working rule: README, Figures
MONTHS = 12  # brief notes, one a month; working rule: README, Figures
MONTH_DAYS = 30
CRISIS_HOURS = 24  # no form is filled in within; working rule: README, Figures
MEASURES_DAYS = 7  # none within; working rule: README, Figures
COMFORT_DAYS = 7  # working rule: README, Figures
HIGH = 8  # distress from which a form waits, as the gate of a session; working rule: README, Figures
PRESSING = ("urgent", "acute")
WATCHED = ("violence", "child")  # after a signal of these somebody else may read along


def entered(safety: SafetyState, category: str, now: dt.datetime) -> SafetyState:
    """N3 or N4 was taken: from here on the days after begin."""
    later = now + dt.timedelta(hours=RETURN_HOURS)
    return replace(safety, crisis_at=now, crisis_category=category, return_after=later)


def denied(record: Record, now: dt.datetime) -> SafetyState:
    """A No was said: nothing follows but the re-check. After acute words, a second hit or a yes it settles nothing."""
    said = record.safety.said_at
    if again(record, now) or (said is not None and now - said < dt.timedelta(days=MEASURES_DAYS)):
        return record.safety
    return replace(record.safety, crisis_at=None, crisis_category="", return_after=None)


def answered(safety: SafetyState, now: dt.datetime) -> SafetyState:
    """Somebody said today that they are safe: what would ask that again waits for another contact."""
    later = now + dt.timedelta(hours=RETURN_HOURS)
    due = {name: getattr(safety, name) for name in ("return_after", "recheck_after")}
    return replace(safety, **{name: max(at, later) for name, at in due.items() if at is not None})


def returning(wanted: bool, now: dt.datetime) -> dict[str, Any]:
    """The way back is offered once more, half a day later at the earliest, or not again."""
    return {"return_after": now + dt.timedelta(hours=RETURN_HOURS) if wanted else None}


def comforted(wanted: bool, now: dt.datetime) -> dict[str, Any]:
    """Comfort tools only, for a week or until the person says otherwise."""
    return {"comfort_until": now + dt.timedelta(days=COMFORT_DAYS) if wanted else None}


def notes(record: Record) -> list[tuple[str, dt.datetime]]:
    """The short notes that were agreed to: their purpose and their moment (UTC), before quiet hours."""
    at, profile = record.safety.crisis_at, record.profile
    if at is None or not coached(record):
        return []
    days = {f"day{days}": days for days in FOLLOW_UPS if profile.follow_ups == "on"}
    if profile.monthly_notes == "on":
        days |= {f"month{month}": month * MONTH_DAYS for month in range(1, MONTHS + 1)}
    return [(purpose, at + dt.timedelta(days=each)) for purpose, each in days.items()]


def notes_on(record: Record) -> bool:
    """Whether anything may come unasked."""
    profile = record.profile
    agreed = "on" in (profile.reminders, profile.follow_ups, profile.monthly_notes)
    return agreed or record.safety_plan.review_at is not None


def is_calm(record: Record, now: dt.datetime) -> bool:
    """No crisis step and no question after urgent words within 24 hours, and the newest distress of them under 8."""
    since, safety = now - dt.timedelta(hours=CRISIS_HOURS), record.safety
    if safety.crisis_at is not None and safety.crisis_at > since:
        return False
    if safety.asked_at is not None and safety.asked_at > since and safety.asked_tier in PRESSING:
        return False
    rated = [each for each in record.ratings if each.at > since and each.name.rpartition(".")[2] in DISTRESS]
    newest = max(rated, key=lambda each: each.at, default=None)
    return newest is None or newest.value < HIGH


def coached(record: Record) -> bool:
    """There is a programme to come back to: the person agreed to it, and is no minor."""
    consent = record.consents.get("processing")
    return consent is not None and consent.given and record.profile.adult != "no"


def measures_rest(record: Record, now: dt.datetime) -> bool:
    """No questionnaire for seven days after a crisis step."""
    at = record.safety.crisis_at
    return at is not None and now - at < dt.timedelta(days=MEASURES_DAYS)


def comfort_only(record: Record, now: dt.datetime) -> bool:
    until = record.safety.comfort_until
    return until is not None and now < until


def watched(record: Record, now: dt.datetime) -> bool:
    """Somebody to be afraid of may look: by the health notes, the last crisis, or words of the last 24 hours."""
    afraid = record.flags.get("violence") or record.safety.crisis_category in WATCHED
    return bool(afraid) or heard_of(record, now, WATCHED)


def neutral(record: Record, now: dt.datetime) -> bool:
    """What comes by itself says nothing of why: somebody may look, or somebody else uses the phone."""
    return watched(record, now) or record.profile.phone == "yes"
