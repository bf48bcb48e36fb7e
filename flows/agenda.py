"""Everything that falls due for a participant, worked out from the record alone: pure, and always the same.

Local times are read in the person's zone. In the hour that a spring change skips, a time moves on by what was skipped
(02:30 rings at 03:30); in the hour that an autumn change repeats, the first pass counts. What would fall into quiet
hours moves to their end. `served` holds the date each reminder served last: at most one per date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from flows.aftercare import coached, notes
from flows.record import Plan, Profile, Record

DueKind = Literal["check_in", "practice", "silence", "return", "left", "follow_up", "plan_review"]
Served = Mapping[tuple[str, str], dt.date]

RETURNS = (3, 8)  # days without a word; working rule: README, Figures
UNANSWERED = 3  # reminders in a row; working rule: README, Figures
PRACTICE_DAYS = 3  # a plan is asked after on at most so many days
LEFT = dt.timedelta(days=7)  # working rule: README, Figures
RETURN_DAYS = 28  # beyond that a run is not offered again
NOTE_HOURS = dt.timedelta(hours=24)  # a note after a hard day that could not go for so long goes no more
ONCE = "once"
FAR = 400  # days that a search for the next free date may take


class Due(msgspec.Struct, frozen=True):
    """A turn that the person's own time sets off. `due_at` UTC, quiet hours applied; `day` the local date it serves."""

    kind: DueKind
    purpose: str
    rule: str  # local HH:MM, or `once`
    zone: str
    due_at: dt.datetime
    day: dt.date


def agenda(record: Record, now: dt.datetime, served: Served | None = None) -> tuple[Due, ...]:
    """All due times that follow from the record, each the next one that has not been served."""
    done = served or {}
    found = [*_silence(record), *_left(record)]
    if not record.unreachable:
        found += [*_follow_ups(record, now), *_plan_review(record)]
    if not record.unreachable and record.unanswered < UNANSWERED:
        found += [*_check_in(record, now, done), *_practices(record, now, done), *_return(record, now, done)]
    return tuple(due for due in found if due.day > done.get((due.kind, due.purpose), dt.date.min))


def moment(day: dt.date, rule: str, zone: str) -> dt.datetime:
    """A local wall time on a date, in UTC. `rule` is HH:MM."""
    wall = dt.datetime.combine(day, _clock(rule), ZoneInfo(zone))
    return wall.astimezone(dt.UTC)  # fold 0: the first pass in autumn, and in spring the offset of before the gap


def after_quiet(at: dt.datetime, profile: Profile) -> dt.datetime:
    """The same moment, or the end of the quiet hours that it falls into (UTC)."""
    zone = ZoneInfo(zone_of(profile))
    local = at.astimezone(zone)
    start, end = _clock(profile.quiet_from), _clock(profile.quiet_until)
    if not _within(local.time(), start, end):
        return at
    day = local.date() + dt.timedelta(days=1 if start > end and local.time() >= start else 0)
    passes = (dt.datetime.combine(day, end.replace(fold=fold), zone).astimezone(dt.UTC) for fold in (0, 1))
    return next((over for over in passes if over > at and not in_quiet(over, profile)), at)


def in_quiet(at: dt.datetime, profile: Profile) -> bool:
    """True if a moment lies in the person's quiet hours."""
    local = at.astimezone(ZoneInfo(zone_of(profile))).time()
    return _within(local, _clock(profile.quiet_from), _clock(profile.quiet_until))


def zone_of(profile: Profile) -> str:
    """The person's zone; UTC while it is not known or not a zone."""
    try:
        return ZoneInfo(profile.zone).key if profile.zone else "UTC"
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"


def is_time(rule: str) -> bool:
    """True for a clock time HH:MM."""
    try:
        _clock(rule)
    except ValueError:
        return False
    return True


def _silence(record: Record) -> Iterator[Due]:
    """The open ask, when silence counts as an answer to it (a direct question after 15 minutes)."""
    asked = record.runs[-1].asked if record.runs else None
    if asked is not None and asked.silence_at is not None:
        yield _once("silence", str(asked.number), asked.silence_at, "UTC")


def _left(record: Record) -> Iterator[Due]:
    """Runs without an answer for a week."""
    for run in record.runs:
        if not run.left:
            yield _once("left", run.id, run.last + LEFT, "UTC")


def _check_in(record: Record, now: dt.datetime, served: Served) -> Iterator[Due]:
    """The daily check-in at the time that the person chose."""
    profile = record.profile
    if profile.reminders == "on" and is_time(profile.reminder_time):
        yield from _daily("check_in", "", profile.reminder_time, profile, now, served)


def _practices(record: Record, now: dt.datetime, served: Served) -> Iterator[Due]:
    """Open plans that name a time of day, until they are reviewed."""
    if record.profile.reminders == "on":
        for plan in record.plans:
            if plan.status == "open" and is_time(plan.when):
                yield from _practice(plan, record.profile, now, served)


def _practice(plan: Plan, profile: Profile, now: dt.datetime, served: Served) -> Iterator[Due]:
    """First at the plan's next time after it was made, last two days later."""
    zone = zone_of(profile)
    first = _next_day(plan.at, plan.when, zone)
    last = first + dt.timedelta(days=PRACTICE_DAYS - 1)
    for due in _daily("practice", plan.id, plan.when, profile, max(now, plan.at), served):
        if due.day <= last:
            yield due


def _return(record: Record, now: dt.datetime, served: Served) -> Iterator[Due]:
    """One neutral message after 3 days of silence, one more after 8; of two that were missed only the later."""
    last = record.last_utterance
    if last is None or record.profile.reminders != "on":
        return
    zone = zone_of(record.profile)
    messages = []
    for days in RETURNS:
        at = after_quiet(last + dt.timedelta(days=days), record.profile)
        due = Due("return", str(days), ONCE, zone, at, at.astimezone(ZoneInfo(zone)).date())
        if due.day > served.get(("return", due.purpose), dt.date.min):
            messages.append(due)
    missed = [due for due in messages if due.due_at <= now]
    if now - last < dt.timedelta(days=RETURN_DAYS):
        yield from [*missed[-1:], *(due for due in messages if due.due_at > now)]


def _follow_ups(record: Record, now: dt.datetime) -> Iterator[Due]:
    """The notes after a crisis step that were agreed to. They ask nothing, so that silence does not end them."""
    zone = zone_of(record.profile)
    dues = [_once("follow_up", purpose, after_quiet(at, record.profile), zone) for purpose, at in notes(record)]
    yield from (due for due in dues if now < due.due_at + NOTE_HOURS)


def _plan_review(record: Record) -> Iterator[Due]:
    """The day agreed for looking at the safety plan again; the turn that says so takes the date away."""
    at = record.safety_plan.review_at
    if at is not None and record.safety_plan.entries and coached(record):
        yield _once("plan_review", "", after_quiet(at, record.profile), zone_of(record.profile))


def _daily(kind: DueKind, purpose: str, rule: str, profile: Profile, now: dt.datetime, served: Served) -> Iterator[Due]:
    """The next date whose moment, quiet hours applied, lies after `now` and which was not served."""
    zone = zone_of(profile)
    day = max(now.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=1), served.get((kind, purpose), dt.date.min))
    for _ in range(FAR):
        at = after_quiet(moment(day, rule, zone), profile)
        if at > now and day > served.get((kind, purpose), dt.date.min):
            yield Due(kind, purpose, rule, zone, at, day)
            return
        day += dt.timedelta(days=1)


def _next_day(at: dt.datetime, rule: str, zone: str) -> dt.date:
    day = at.astimezone(ZoneInfo(zone)).date()
    return day if moment(day, rule, zone) > at else day + dt.timedelta(days=1)


def _once(kind: DueKind, purpose: str, at: dt.datetime, zone: str) -> Due:
    return Due(kind, purpose, ONCE, zone, at, at.astimezone(ZoneInfo(zone)).date())


def _clock(text: str) -> dt.time:
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
        raise ValueError(text)
    return dt.time(int(hour), int(minute))


def _within(local: dt.time, start: dt.time, end: dt.time) -> bool:
    """True in [start, end), over midnight too; no quiet hours if both are the same."""
    return start <= local < end if start <= end else local >= start or local < end
