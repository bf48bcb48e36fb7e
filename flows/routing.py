"""What is offered, and from what it is worked out: the plan that is due, a drop in mood, zones, the next sessions.

Formulas only; the names under which authors use them stand in `named.py`.
"""

from __future__ import annotations

import datetime as dt
import statistics
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from flows import aftercare, lately
from flows.helplines import helpline_lines
from flows.record import Plan, Record, has_run
from flows.wording import listed

if TYPE_CHECKING:
    from flows.library import Library

MEDIAN_DAYS = 14  # working rule: README, Figures
MEDIAN_RATINGS = 4  # working rule: README, Figures
FRESH_MINUTES = 30  # nobody is asked the same number twice in one sitting; working rule: README, Figures
MOOD_ASK_HOURS = 24  # working rule: README, Figures
REVIEW_HOURS = 12  # a plan made in the sitting before the last hours is not asked for yet (working rule)


class Sight(msgspec.Struct, frozen=True):
    """What a named value is computed from."""

    library: Library
    record: Record
    now: dt.datetime
    flow: str = ""  # of the run
    below: str = ""  # of the run beneath


def due_plan(record: Record, now: dt.datetime) -> Plan | None:
    """The newest open plan that can be looked back on: made 12 hours ago, or its local time has come once since."""
    return next((plan for plan in reversed(record.plans) if plan.status == "open" and _come(plan, record, now)), None)


def _come(plan: Plan, record: Record, now: dt.datetime) -> bool:
    if now - plan.at >= dt.timedelta(hours=REVIEW_HOURS):
        return True
    if not plan.when or not record.profile.zone:
        return False
    made = plan.at.astimezone(ZoneInfo(record.profile.zone))
    due = made.replace(hour=int(plan.when[:2]), minute=int(plan.when[3:]), second=0, microsecond=0)
    return (due if due > made else due + dt.timedelta(days=1)) <= now


def mood_drop(sight: Sight) -> int | None:
    """Median mood of the 14 days before the newest, minus the newest (0-10, rounded); None under 4 earlier ratings."""
    moods = [each for each in sight.record.ratings if each.name == "mood"]
    if len(moods) <= MEDIAN_RATINGS:
        return None
    since = sight.now - dt.timedelta(days=MEDIAN_DAYS)
    earlier = [each.value for each in moods[:-1] if each.at >= since]
    if len(earlier) < MEDIAN_RATINGS:
        return None
    return round(statistics.median(earlier)) - moods[-1].value


def rated_now(sight: Sight, names: tuple[str, ...]) -> int | None:
    """The newest rating under one of these names (of a part, or of a session's own), if it is under 30 minutes old."""
    rated = [each for each in sight.record.ratings if each.name.rpartition(".")[2] in names]
    newest = max(rated, key=lambda each: each.at, default=None)
    return newest.value if newest and sight.now - newest.at < dt.timedelta(minutes=FRESH_MINUTES) else None


def mood_asked(sight: Sight) -> bool:
    asked = sight.record.safety.mood_asked_at
    return asked is not None and sight.now - asked < dt.timedelta(hours=MOOD_ASK_HOURS)


def zones_of(sight: Sight) -> tuple[str, ...]:
    country = sight.library.countries.get(sight.record.profile.country)
    return country.zones if country else ()


def zone_by_clock(sight: Sight) -> str:
    """The zone of the person's country whose local time is nearest to the clock they read off; else a fixed offset.

    Compared within the day, to the nearest quarter hour; ties go to the first zone of the country's list.
    """
    clock = sight.record.profile.clock
    if not clock:
        return ""
    said = int(clock[:2]) * 60 + int(clock[3:])
    zones = zones_of(sight) or tuple(f"Etc/GMT{-hours:+d}" for hours in range(-11, 13))
    return min(zones, key=lambda zone: _apart(said, sight.now.astimezone(ZoneInfo(zone))))


def _apart(said: int, local: dt.datetime) -> int:
    difference = abs(said - local.hour * 60 - local.minute) % 1440
    return min(difference, 1440 - difference)


def next_sessions(sight: Sight) -> list[dict[str, Any]]:
    """Sessions on offer in the programme's order: those not done first, then the others; closed ones are set aside.

    While the person wants comfort tools only, those that the programme lists under `comfort`.
    """
    names = [name for module in sight.library.programme.modules for name in module.sessions]
    if aftercare.comfort_only(sight.record, sight.now):
        names = [name for name in names if name in sight.library.programme.comfort]
    offered = [name for name in names if _on_offer(sight, name)]
    offered.sort(key=lambda name: sight.record.done.get(name, 0) > 0)
    return [{"id": name, **sight.library.session_facts(name)} for name in offered]


def _on_offer(sight: Sight, name: str) -> bool:
    flow = sight.library.flows.get(name)
    return flow is not None and not flow.withdrawn and name != sight.flow and not set_aside(sight, name)


def set_aside(sight: Sight, name: str) -> bool:
    """Contraindicated now: one of the flags that close this session is set."""
    return any(sight.record.flags.get(flag) for flag in sight.library.flows[name].closed_by)


def helplines_now(sight: Sight) -> str:
    """The best first for what was asked about within 24 hours, and for somebody who is or may be under 18."""
    record = sight.record
    topic = "" if hidden(sight) else lately.topic(record, sight.now)
    minor = record.profile.adult == "no" or record.safety.age_due
    helplines = sight.library.helplines
    return "\n".join(helpline_lines(record.profile.country, sight.now, helplines, record.language, topic, minor))


def hidden(sight: Sight) -> bool:
    return has_run(sight.record, sight.library.programme.flows.get("hide"))


def kept_answers(sight: Sight) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """flow -> slot -> answers of kept slots, newest first; an answer's id is its time."""
    lists: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for key, answers in sight.record.kept.items():
        flow, _, slot = key.partition(".")
        elements = [{"id": each.at.isoformat(), "text": _said(each.value)} for each in reversed(answers)]
        lists.setdefault(flow, {})[slot] = elements
    return lists


def _said(value: Any) -> str:
    return listed(value) if isinstance(value, list) else str(value)


def alert_seen_at(sight: Sight) -> str:
    """On the person's own clock, or the clinic's while theirs is not known."""
    at, clinic = sight.record.safety.seen_at, sight.library.clinic
    zone = sight.record.profile.zone or (clinic.zone if clinic else "UTC")
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M") if at else ""
