"""What an on-call team reads of an alert: one neutral line, by name, kind, step and time. Never what a person wrote.

In English, for the staff of a clinic; what the person reads lies in `content/`.
"""

from __future__ import annotations

import datetime as dt

from markupsafe import escape

from bot.store.alert_lines import Line
from bot.store.alerts import Standing
from flows.alias import alias_of
from flows.clinic import Clinic
from flows.turn import Button

SEEN, HANDLED = "seen", "handled"
PRESS = "alert."  # what the data of every button of a line begins with
STEPS = {
    "N1": "a calming exercise was offered",
    "N2": "was asked directly about danger",
    "N3": "was shown help numbers, and coaching stopped",
    "N4": "was told to call the emergency number, and coaching stopped",
}
KINDS = {
    "": "an answer about danger",
    "suicide": "thoughts of suicide",
    "self_harm": "self-harm",
    "harm_to_others": "danger to others",
    "violence": "violence by somebody",
    "child": "a child at risk",
    "medical": "a medical emergency",
    "psychosis": "signs of psychosis",
    "mania": "signs of mania",
    "eating": "an eating disorder",
    "substances": "alcohol or drugs",
    "postpartum": "danger after a birth",
    "minor": "may be under 18",
}
REGISTERED = (
    "This chat is registered as “{name}” for {clinic}. Each alert comes here as one line. Press “I have seen this” "
    "once you have read it: the person is told so. Nobody here is told what a person wrote, and Willow calls nobody."
)
WRONG_CODE = "This code is not valid. A new one is made with: willow alerts register NAME"
NOT_ON_CALL = "This chat is not on call any more."
NO_SUCH = "This alert is not kept any more."
NOTED_SEEN = "Noted. The person is told that somebody has seen it."
NOTED_HANDLED = "Noted as handled."


def line_text(line: Line, clinic: Clinic) -> str:
    """The line as it reads now, with what became of the alert."""
    about = (
        f"<b>{alias_of(line.participant)}</b>: {kind_words(line.kind)}. The person {STEPS[line.step]} ({line.step})."
    )
    return f"{about} {_when(line.said_at if line.cycle == line.newest else line.at, clinic)}. {_status(line, clinic)}"


def line_buttons(line: Line) -> tuple[tuple[Button, ...], ...]:
    """“I have seen this” until somebody has, “Handled” until it is."""
    if line.status == "resolved" or line.cycle != line.newest:
        return ()
    seen = Button("I have seen this", f"{PRESS}{line.alert}.{SEEN}", main=True)
    handled = Button("Handled", f"{PRESS}{line.alert}.{HANDLED}")
    return ((seen,), (handled,)) if line.status == "raised" else ((handled,),)


def kind_words(kind: str) -> str:
    """The kind of danger in words; a kind that has none yet by its name."""
    return KINDS.get(kind, kind.replace("_", " "))


def row_text(standing: Standing, now: dt.datetime) -> str:
    """An alert as `willow alerts` lists it."""
    status = f"{standing.status} by {standing.who}" if standing.who else standing.status
    about = (alias_of(standing.participant), standing.step, kind_words(standing.kind), status)
    return "  ".join((standing.id, f"{_age(now - standing.at):>8}", *about))


def _age(age: dt.timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _status(line: Line, clinic: Clinic) -> str:
    if line.cycle != line.newest:
        return "A newer line stands below."
    if line.status == "resolved" and not line.who:
        return "A graver alert stands in its place."
    if line.who_at is not None:
        done = "Handled" if line.status == "resolved" else "Seen"
        return f"{done} by {escape(line.who)} at {clinic.local(line.who_at):%H:%M}."
    return "Nobody has confirmed it yet." if line.wave > 1 else "Please confirm."


def _when(moment: dt.datetime, clinic: Clinic) -> str:
    return f"{clinic.local(moment):%a %d %b, %H:%M}"
