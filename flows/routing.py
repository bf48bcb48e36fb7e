"""Named values: everything a text or a guard may use besides its own slots, each with its formula.

An author never computes: a 14-day median, the country's numbers, the next sessions have a name here. `NAMED` is what
the checker, the author's guide and the engine share.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from flows.helplines import emergency_words, helpline_lines
from flows.record import WRITABLE, Plan, Record
from flows.room import cards_full
from flows.wording import listed

if TYPE_CHECKING:
    from flows.library import Library

MEDIAN_DAYS = 14  # working rule: README, Figures
FRESH_MINUTES = 30  # nobody is asked the same number twice in one sitting; working rule: README, Figures
MOOD = ("mood",)
DISTRESS = ("distress", "strength", "distress_post")  # `strength`: rated again after a comfort step
MEDIAN_RATINGS = 4  # working rule: README, Figures
MOOD_ASK_HOURS = 24  # working rule: README, Figures
SIGNAL_HOURS = 24
REVIEW_HOURS = 12  # a plan made in the sitting before the last hours is not asked for yet (working rule)


class Sight(msgspec.Struct, frozen=True):
    """What a named value is computed from."""

    library: Library
    record: Record
    now: dt.datetime
    flow: str = ""  # of the run
    below: str = ""  # of the run beneath


class Named(msgspec.Struct, frozen=True):
    """A value with a name: its meaning in words, its fields, whether it can be empty, and its formula."""

    meaning: str
    value: Callable[[Sight], Any]
    fields: tuple[str, ...] = ()
    list_of: tuple[str, ...] = ()
    may_be_empty: bool = True


def _plain(struct: Any) -> dict[str, Any]:
    return msgspec.structs.asdict(struct)


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


def _now(sight: Sight, names: tuple[str, ...]) -> int | None:
    """The newest rating under one of these names (of a part, or of a session's own), if it is under 30 minutes old."""
    rated = [each for each in sight.record.ratings if each.name.rpartition(".")[2] in names]
    newest = max(rated, key=lambda each: each.at, default=None)
    return newest.value if newest and sight.now - newest.at < dt.timedelta(minutes=FRESH_MINUTES) else None


def _mood_asked(sight: Sight) -> bool:
    asked = sight.record.safety.mood_asked_at
    return asked is not None and sight.now - asked < dt.timedelta(hours=MOOD_ASK_HOURS)


def _given(record: Record, name: str) -> bool:
    consent = record.consents.get(name)
    return consent is not None and consent.given


def _last_plan(sight: Sight) -> dict[str, Any] | None:
    plan = due_plan(sight.record, sight.now)
    return _plain(plan) if plan else None


def _goal(sight: Sight) -> dict[str, Any] | None:
    return _plain(sight.record.goals[-1]) if sight.record.goals else None


def _signal(sight: Sight) -> dict[str, Any] | None:
    marks = [mark for mark in sight.record.signals if sight.now - mark.at < dt.timedelta(hours=SIGNAL_HOURS)]
    return {"category": marks[-1].category, "tier": marks[-1].tier} if marks else None


def _countries(sight: Sight) -> list[dict[str, Any]]:
    return [{"id": each.code, "title": each.name, "also": each.also} for each in sight.library.countries.values()]


def _country_name(sight: Sight) -> str:
    country = sight.library.countries.get(sight.record.profile.country)
    return country.name if country else ""


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


def _zone_known(sight: Sight) -> str:
    zones = zones_of(sight)
    return zones[0] if len(zones) == 1 else ""


def _session(sight: Sight) -> dict[str, Any] | None:
    return sight.library.session_facts(sight.flow) if sight.flow in sight.library.flows else None


def next_sessions(sight: Sight) -> list[dict[str, Any]]:
    """Sessions on offer in the programme's order: those not done first, then the others; closed ones are set aside."""
    names = [name for module in sight.library.programme.modules for name in module.sessions]
    offered = [name for name in names if _on_offer(sight, name)]
    offered.sort(key=lambda name: sight.record.done.get(name, 0) > 0)
    return [{"id": name, **sight.library.session_facts(name)} for name in offered]


def _on_offer(sight: Sight, name: str) -> bool:
    flow = sight.library.flows.get(name)
    return flow is not None and not flow.withdrawn and name != sight.flow and not set_aside(sight, name)


def set_aside(sight: Sight, name: str) -> bool:
    """Contraindicated now: one of the flags that close this session is set."""
    return any(sight.record.flags.get(flag) for flag in sight.library.flows[name].closed_by)


def _last_session(sight: Sight) -> str:
    waiting = [
        run for run in sight.record.runs if (flow := sight.library.flows.get(run.flow)) and flow.kind == "session"
    ]
    return sight.library.flows[waiting[-1].flow].title if waiting else ""


def _waiting(sight: Sight) -> str:
    return sight.library.flows[sight.below].title if sight.below in sight.library.flows else ""


def _days_away(sight: Sight) -> int:
    last = sight.record.last_utterance
    return (sight.now - last).days if last else 0


def _helplines(sight: Sight) -> str:
    record = sight.record
    return "\n".join(helpline_lines(record.profile.country, sight.now, sight.library.helplines, record.language))


def _cards(sight: Sight) -> list[dict[str, Any]]:
    return [_plain(card) for card in reversed(sight.record.cards)]


def _kept(sight: Sight) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """flow -> slot -> answers of kept slots, newest first; an answer's id is its time."""
    lists: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for key, answers in sight.record.kept.items():
        flow, _, slot = key.partition(".")
        elements = [{"id": each.at.isoformat(), "text": _said(each.value)} for each in reversed(answers)]
        lists.setdefault(flow, {})[slot] = elements
    return lists


def _said(value: Any) -> str:
    return listed(value) if isinstance(value, list) else str(value)


def _languages(sight: Sight) -> list[dict[str, Any]]:
    return [{"id": code, "title": sight.library.language_name(code)} for code in sight.library.languages]


CARD = ("id", "title", "body", "session")
PLAN = ("id", "what", "when", "where", "obstacle", "if_then", "confidence", "status", "helped", "hindrance", "session")
GOAL = ("id", "text", "visible", "importance", "confidence")
SESSION = ("title", "code", "minutes", "short_minutes", "messages")

NAMED: dict[str, Named] = {
    "profile": Named(
        "what the person told about themselves; a field is empty until it was said", lambda s: _plain(s.record.profile)
    ),
    "flags": Named(
        "what closes or changes exercises (seizures, pain ...), yes when set",
        lambda s: {name: True for name, on in s.record.flags.items() if on},
        may_be_empty=False,
    ),
    "consents": Named(
        "yes when given", lambda s: {name: _given(s.record, name) for name in WRITABLE["consents"]}, may_be_empty=False
    ),
    "goal": Named("the goal written last", _goal, GOAL),
    "goals": Named("all goals, newest last", lambda s: [_plain(each) for each in s.record.goals], list_of=GOAL),
    "last_plan": Named(
        "the newest plan whose review is open and due: made 12 hours ago, or its time has come", _last_plan, PLAN
    ),
    "plans": Named(
        "all plans, newest first", lambda s: [_plain(each) for each in reversed(s.record.plans)], list_of=PLAN
    ),
    "cards": Named("the toolbox, newest first", _cards, list_of=CARD),
    "cards_full": Named(
        "yes when the toolbox has no room for another card: 40 cards, or 20 KiB of them",
        lambda s: cards_full(s.record),
        may_be_empty=False,
    ),
    "mood_now": Named("the mood rated within the last 30 minutes", lambda s: _now(s, MOOD)),
    "distress_now": Named("the distress rated within the last 30 minutes", lambda s: _now(s, DISTRESS)),
    "mood_drop": Named("14-day median of mood minus the newest mood; empty under 4 earlier ratings", mood_drop),
    "mood_asked": Named(
        "yes if a rating alone led to the direct question within 24 hours", _mood_asked, may_be_empty=False
    ),
    "helplines": Named("the numbers for the person's country, a line each", _helplines, may_be_empty=False),
    "emergency": Named(
        "the emergency number in words",
        lambda s: emergency_words(s.record.profile.country, s.library.helplines),
        may_be_empty=False,
    ),
    "country_name": Named("the person's country in words", _country_name),
    "countries": Named("all countries", _countries, list_of=("id", "title")),
    "zone_known": Named("the time zone, when the country has only one", _zone_known),
    "zone_by_clock": Named("the zone that fits the clock the person read off", zone_by_clock),
    "session": Named(
        "this session: title, code, minutes, short_minutes, messages", _session, SESSION, may_be_empty=False
    ),
    "next_sessions": Named("sessions on offer, those not done first", next_sessions, list_of=("id", *SESSION)),
    "last_session": Named("the title of the session that waits", _last_session),
    "days_away": Named("whole days since the person last wrote", _days_away, may_be_empty=False),
    "clinic": Named("the clinic that a link was agreed with; empty when nobody is linked", lambda s: ""),
    "signal": Named("the newest signal of the last 24 hours", _signal, ("category", "tier")),
    "kept": Named(
        "answers of earlier runs as lists, newest first, each with .text: kept.SESSION.SLOT of any slot that is kept",
        _kept,
        may_be_empty=False,
    ),
    "waiting": Named("the title of what waits right beneath this screen", _waiting),
    "languages": Named("the languages on offer", _languages, list_of=("id", "title")),
}
