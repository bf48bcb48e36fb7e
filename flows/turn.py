"""One exchange: an utterance or a trigger comes in, a Turn goes out.

A Turn is a value: the record as it is now, what is to be said, and what was established. The world (`bot/turns.py`)
saves it in one transaction and only then says it.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from flows.record import Record
from flows.safety import Signal

TriggerKind = Literal[
    "check_in", "practice", "silence", "return", "timed", "left", "recheck", "unblocked", "blocked",
    "alert_seen", "alert_unseen", "follow_up", "plan_review",
]  # fmt: skip


class Utterance(msgspec.Struct, frozen=True):
    """What was typed or tapped, with its time (UTC, aware). Exactly one of text, press, media, trigger is set.

    `text`   typed text, caption or forwarded text; texts that waited together are joined by line breaks.
    `press`  `<ask number>.<choice index>`, `<ask number>.done`, `<ask number>.skip`, or `sos`; where several may be
             marked, the index carries the wanted mark: `<ask number>.<choice index>+` or `-`.
    `seen`   False only if the open ask had not reached the person when this was typed.
    `edits`  True if the text replaces the text of the answer given last (`edited` names an older message: no effect).
    """

    at: dt.datetime
    text: str | None = None
    press: str | None = None
    media: str | None = None  # photo, voice, sticker ...
    trigger: TriggerKind | None = None
    subject: str = ""  # trigger: the reminder's purpose, e.g. a plan id; of an alert, when it was seen
    seen: bool = True
    edits: Literal["", "last", "older"] = ""
    start: str = ""  # the payload of a deep link
    pushes: bool = True  # the channel can send a message on its own later
    language: str = ""  # the channel's hint


class Button(msgspec.Struct, frozen=True):
    """A tap: its label (at most 24 characters before marks) and what the channel sends back (1-64 bytes)."""

    label: str
    press: str
    main: bool = False


class Reply(msgspec.Struct, frozen=True):
    """What the engine wants said or done, in order. `text` is Telegram HTML, escaped by construction.

    say          a bubble
    ask          a bubble with the open ask's buttons; `ask` is its number
    edit         new text and buttons for the message that carries `ask` (marks of a `choices` ask)
    close        the keyboard of `ask` closes into `text` ("You chose: ...")
    acknowledge  an answer to the press itself; `text` is a short toast or empty
    """

    kind: Literal["say", "ask", "edit", "close", "acknowledge"]
    text: str = ""
    ask: int = 0
    buttons: tuple[tuple[Button, ...], ...] = ()
    after: float = 0.0  # seconds after the turn: a timed message, never sent over 10 s late
    priority: Literal["safety", "talk", "reminder", "person"] = "talk"
    lasting: bool = False  # never cancelled by a later turn: asks, safety, people's messages


class Step(msgspec.Struct, frozen=True):
    """A visit to a node: where, and by which edge it was left (an end, a choice name, `skip`, an edge's index)."""

    state: str
    left_by: str = ""


class Answer(msgspec.Struct, frozen=True):
    """An answer given in this turn, as the log keeps it: for a discard slot and before consent without the words."""

    state: str
    slot: str
    type: str
    share: str
    keep: str
    value: object = None


class RunFact(msgspec.Struct, frozen=True):
    """A run that began or changed its status in this turn."""

    run: str
    flow: str
    version: str
    kind: str
    status: Literal["open", "paused", "ended", "left", "withdrawn"]
    end: str = ""
    reached_plan: bool = False


class Alert(msgspec.Struct, frozen=True):
    """The on-call team is to be told of this turn: the step taken (N2..N4), the kind of danger, when. Never words."""

    step: str
    category: str
    at: dt.datetime


class Turn(msgspec.Struct, frozen=True):
    """One exchange. `cancels` says that unsent bubbles which are not lasting must not be sent any more."""

    record: Record
    replies: tuple[Reply, ...] = ()
    cancels: bool = False
    reading: str = ""  # how the utterance was understood, in one word
    answered: bool = False  # the open ask was answered or skipped
    steps: tuple[Step, ...] = ()
    answers: tuple[Answer, ...] = ()
    runs: tuple[RunFact, ...] = ()
    signal: Signal | None = None
    safety_step: str = ""  # N1..N4 when this turn took one
    false_alarm: tuple[str, ...] = ()  # ids of the rules behind a hit that the person says meant something else
    alert: Alert | None = None  # only with a clinic, and while the person agrees to it
    taken_back: tuple[int, ...] = ()  # numbers of turns whose answers no longer count
    failed: str = ""  # the name of the exception that was caught, if any
