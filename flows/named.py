"""Named values: everything a text or a guard may use besides its own slots, each with its formula.

An author never computes: a 14-day median, the country's numbers, the next sessions have a name here. `NAMED` is what
the checker, the author's guide and the engine share; the longer formulas stand in `routing.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec

from flows import aftercare, lately
from flows.alias import alias_of
from flows.clinic import ADULT
from flows.helplines import emergency_words
from flows.links import alert_told, alerts_on
from flows.record import DISTRESS, WRITABLE, Record
from flows.room import cards_full
from flows.routing import (
    Sight,
    alert_seen_at,
    due_plan,
    helplines_now,
    hidden,
    kept_answers,
    mood_asked,
    mood_drop,
    next_sessions,
    rated_now,
    zone_by_clock,
    zones_of,
)
from flows.safety_plan import entries_of, listed_entries, plan_text, review_date
from flows.wording import listed, quoted

MOOD = ("mood",)
SIGNAL_HOURS = 24


class Named(msgspec.Struct, frozen=True):
    """A value with a name: its meaning in words, its fields, whether it can be empty, and its formula."""

    meaning: str
    value: Callable[[Sight], Any]
    fields: tuple[str, ...] = ()
    list_of: tuple[str, ...] = ()
    may_be_empty: bool = True


def _plain(struct: Any) -> dict[str, Any]:
    return msgspec.structs.asdict(struct)


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
    clinic = sight.library.clinic
    first = clinic.countries if clinic else ()
    ordered = sorted(sight.library.countries.values(), key=lambda each: each.code not in first)
    return [{"id": each.code, "title": each.name, "also": each.also} for each in ordered]


def _country_name(sight: Sight) -> str:
    country = sight.library.countries.get(sight.record.profile.country)
    return country.name if country else ""


def _zone_known(sight: Sight) -> str:
    zones = zones_of(sight)
    return zones[0] if len(zones) == 1 else ""


def _session(sight: Sight) -> dict[str, Any] | None:
    return sight.library.session_facts(sight.flow) if sight.flow in sight.library.flows else None


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


def _cards(sight: Sight) -> list[dict[str, Any]]:
    return [_plain(card) for card in reversed(sight.record.cards)]


def _languages(sight: Sight) -> list[dict[str, Any]]:
    return [{"id": code, "title": sight.library.language_name(code)} for code in sight.library.languages]


ENTRY = ("id", "step", "text", "at")
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
    "mood_now": Named("the mood rated within the last 30 minutes", lambda s: rated_now(s, MOOD)),
    "distress_now": Named("the distress rated within the last 30 minutes", lambda s: rated_now(s, DISTRESS)),
    "mood_drop": Named("14-day median of mood minus the newest mood; empty under 4 earlier ratings", mood_drop),
    "mood_asked": Named(
        "yes if a rating alone led to the direct question within 24 hours", mood_asked, may_be_empty=False
    ),
    "helplines": Named("the numbers for the person's country, a line each", helplines_now, may_be_empty=False),
    "emergency": Named(
        "the emergency number in words",
        lambda s: emergency_words(s.record.profile.country, s.library.helplines, s.record.language),
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
    "clinic": Named(
        "the name of the clinic that offers this chat; empty when there is none and nobody is linked",
        lambda s: s.library.clinic.name if s.library.clinic else "",
    ),
    "clinic_contact": Named(
        "how to reach the clinic, in words; empty only without one",
        lambda s: s.library.clinic.contact if s.library.clinic else "",
        may_be_empty=False,
    ),
    "clinic_hours": Named(
        "the clinic's hours in words, like Monday to Friday 09:00 to 17:00; empty only without one",
        lambda s: s.library.clinic.spoken_hours() if s.library.clinic else "",
        may_be_empty=False,
    ),
    "clinic_open": Named(
        "yes when the clinic is open now, by its own hours",
        lambda s: s.library.clinic is not None and s.library.clinic.is_open(s.now),
        may_be_empty=False,
    ),
    "alerts_on": Named(
        "yes when the person agreed that the clinic's on-call team is told of danger",
        lambda s: alerts_on(s.library.clinic, s.record),
        may_be_empty=False,
    ),
    "alert_told": Named(
        "`raised` when an alert was handed to the on-call team within 30 minutes, `off` when the person has alerts "
        "switched off, else `none`",
        lambda s: alert_told(s.library.clinic, s.record, s.now),
        may_be_empty=False,
    ),
    "neutral": Named(
        "yes when what comes by itself must not tell what it is about: somebody to be afraid of may look (a flag, a "
        "crisis or words of violence), or the phone is used by others",
        lambda s: aftercare.neutral(s.record, s.now),
        may_be_empty=False,
    ),
    "alert_seen_at": Named("the local time at which the on-call team confirmed an alert last", alert_seen_at),
    "alias": Named(
        "the name under which the on-call team sees this person", lambda s: alias_of(s.record.id), may_be_empty=False
    ),
    "minimum_age": Named(
        "years from which on the clinic takes part; 18 without one",
        lambda s: s.library.clinic.minimum_age if s.library.clinic else ADULT,
        may_be_empty=False,
    ),
    "danger": Named(
        "what the safety flows ask about: `category`, whose words are used; `tier` it was asked at, empty when a "
        "rating or a note led there; `again`, yes after an acute signal or a second one within 24 hours",
        lambda s: lately.danger(s.record, s.now),
        ("category", "tier", "again"),
        may_be_empty=False,
    ),
    "hidden": Named("yes while the neutral screen is open (the word hide)", hidden, may_be_empty=False),
    "signed": Named(
        "yes when a clinician has signed the words of danger of the person's language",
        lambda s: s.record.language in s.library.signals.signed,
        may_be_empty=False,
    ),
    "signal": Named("the newest signal of the last 24 hours", _signal, ("category", "tier")),
    "kept": Named(
        "answers of earlier runs as lists, newest first, each with .text: kept.SESSION.SLOT of any slot that is kept",
        kept_answers,
        may_be_empty=False,
    ),
    "safety_plan": Named(
        "the safety plan as plain text, its steps with their lines; empty without one",
        lambda s: plan_text(s.library, s.record),
    ),
    "safety_plan_made": Named(
        "yes when the safety plan has one line or more: what is there is already a plan",
        lambda s: bool(s.record.safety_plan.entries),
        may_be_empty=False,
    ),
    "plan_step": Named("the step of the safety plan that is at hand", lambda s: s.record.safety_plan.step),
    "plan_next": Named(
        "where making the safety plan goes on: a step, `keeping` or `done`; empty before it was begun",
        lambda s: s.record.safety_plan.next,
    ),
    "plan_entries": Named(
        "the lines of the step at hand, oldest first",
        lambda s: listed_entries(entries_of(s.record.safety_plan, s.record.safety_plan.step)),
        list_of=ENTRY,
    ),
    "plan_lines": Named(
        "the lines of the step at hand in one sentence, each in quotation marks",
        lambda s: listed([quoted(each.text) for each in entries_of(s.record.safety_plan, s.record.safety_plan.step)]),
        may_be_empty=False,
    ),
    "plan_review_date": Named(
        "the day agreed for looking at the safety plan again; before that, the day a month from now",
        lambda s: review_date(s.library, s.record, s.now),
        may_be_empty=False,
    ),
    "notes_on": Named(
        "yes when anything may come unasked: reminders, notes after a hard time, or the agreed look at the safety plan",
        lambda s: aftercare.notes_on(s.record),
        may_be_empty=False,
    ),
    "is_calm": Named(
        "no when a step N3 or N4 or urgent words lie within 24 hours, or the newest distress within them is 8 or more",
        lambda s: aftercare.is_calm(s.record, s.now),
        may_be_empty=False,
    ),
    "measures_rest": Named(
        "yes for 7 days after a step N3 or N4: no questionnaire is offered",
        lambda s: aftercare.measures_rest(s.record, s.now),
        may_be_empty=False,
    ),
    "comfort_only": Named(
        "yes while the person wants comfort tools only: only sessions listed under `comfort` are offered",
        lambda s: aftercare.comfort_only(s.record, s.now),
        may_be_empty=False,
    ),
    "sessions_done": Named(
        "how many sessions were done, repeats counted", lambda s: sum(s.record.done.values()), may_be_empty=False
    ),
    "waiting": Named("the title of what waits right beneath this screen", _waiting),
    "languages": Named("the languages on offer", _languages, list_of=("id", "title")),
}
