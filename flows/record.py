"""What is known of a participant, and nothing else: the record.

Frozen; a turn returns a new one. One encrypted document per participant, usually under 8 KiB and never over 64: each
list has its own bound here. A bound drops the oldest where the design says "newest", and else the person is asked; what
is done when all of it together grows too large is in `room.py`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

KEPT_PER_SLOT = 20  # the newest of each slot
RATINGS = 28 * 6  # 28 days of two check-ins with up to three ratings
RATING_DAYS = 28
SIGNALS = 40
SIGNAL_HOURS = 24
DISTRESS = ("distress", "strength", "distress_post")  # names of its ratings; `strength`: again after a comfort step
CARDS = 40
CARDS_BYTES = 20 * 1024
PLANS = 12
GOALS = 5
LINKS = 8  # the on-call team, and clinicians; nobody is followed by more
SCOPES = ("activity", "scores", "own_notes", "safety")  # of a link, each a switch of its own
ON_CALL = "on_call"  # the id of the link to the clinic's on-call team
ENTRIES = 3  # of one step of the safety plan; working rule: README, Figures
ENTRY = 120  # characters of one of them: on a hard day a line is read, a paragraph is not
PLAN_STEPS = ("signs", "alone", "places", "people", "pros", "safer", "reasons")  # of a safety plan, in their order
RUNS = 6
FRAMES = 6
JOURNAL = 60  # entries, newest last
WORDING = 300  # texts of which the used variants are remembered; the one said longest ago is forgotten first
TEXT = 500  # characters of one kept text
FULL_BYTES = 64 * 1024


replace = msgspec.structs.replace


class Profile(msgspec.Struct, frozen=True):
    """Preferences. Times are local `HH:MM`; `zone` an IANA name; empty text means not said yet."""

    name: str = ""
    tone: str = "warm"  # warm, plain, brief
    emoji: str = "no"
    country: str = ""  # ISO 3166 alpha-2, `other` when not in the list
    zone: str = ""
    adult: str = ""
    place: str = ""  # is it private here?
    phone: str = ""  # does somebody else use this phone?
    quiet_from: str = "22:00"
    quiet_until: str = "08:00"
    reminder_time: str = ""
    reminders: str = "off"
    pace: int = 2  # sessions a week
    untimed: str = "no"  # yes: timed exercises as a list at once
    clock: str = ""  # the local time the person read off when asked, HH:MM
    follow_ups: str = ""  # on: short notes 1, 3 and 7 days after a crisis step; empty until it was asked, once
    monthly_notes: str = "off"  # on: after those, one a month for a year


class Consent(msgspec.Struct, frozen=True):
    given: bool
    version: str  # of the flow whose text was shown
    language: str
    at: dt.datetime


class Link(msgspec.Struct, frozen=True):
    """The consent that lets somebody see something of this participant. `scopes` in the order of SCOPES.

    `name` is who was named when the person agreed, `version` the flow whose text was shown, `since` the last change.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    since: dt.datetime
    language: str
    version: str


class Card(msgspec.Struct, frozen=True):
    id: str
    session: str
    title: str
    body: str
    at: dt.datetime
    pinned: bool = False


class Plan(msgspec.Struct, frozen=True):
    """A practice: what, when (local HH:MM), where, likely obstacle, if-then answer, confidence 0-10."""

    id: str
    session: str
    at: dt.datetime
    what: str = ""
    when: str = ""
    where: str = ""
    obstacle: str = ""
    if_then: str = ""
    confidence: int | None = None
    status: str = "open"  # open, done, partly, not, forgot, dropped
    helped: int | None = None
    hindrance: str = ""


class PlanEntry(msgspec.Struct, frozen=True):
    """One line of the safety plan, in the person's own words: at most `ENTRY` characters, `ENTRIES` to a step."""

    id: str
    step: str  # one of PLAN_STEPS
    text: str
    at: dt.datetime


class SafetyPlan(msgspec.Struct, frozen=True):
    """The person's own safety plan. Nothing of it ever falls away by itself: what is there is already a plan."""

    entries: tuple[PlanEntry, ...] = ()
    step: str = ""  # the step at hand: entries are added to it
    next: str = ""  # where making it goes on: a step, `keeping`, or `done`; empty before it was begun
    kept_in: str = ""  # where the person looks for it: chat, picture, paper
    shared: str = ""  # who has a copy: somebody, nobody; Willow gives none away
    review_at: dt.datetime | None = None  # the date agreed for looking at it again, UTC


class Goal(msgspec.Struct, frozen=True):
    id: str
    at: dt.datetime
    text: str
    visible: str = ""
    importance: int | None = None
    confidence: int | None = None


class Rating(msgspec.Struct, frozen=True):
    name: str  # mood, distress, or a session's target
    value: int
    at: dt.datetime
    state: str = ""


class Kept(msgspec.Struct, frozen=True):
    value: Any
    at: dt.datetime
    state: str  # flow@version:node


class SignalMark(msgspec.Struct, frozen=True):
    """A signal of the last 24 hours: never the words."""

    tier: str
    category: str
    rules: tuple[str, ...]
    at: dt.datetime


class SafetyState(msgspec.Struct, frozen=True):
    """Where the answer to danger stands. `recheck_after`: one soft question at the next contact from then on."""

    asked_at: dt.datetime | None = None
    asked_tier: str = ""
    asked_category: str = ""
    mood_asked_at: dt.datetime | None = None
    recheck_after: dt.datetime | None = None
    help_in_sight: bool = False
    step: str = ""  # the last step taken: N1..N4
    crisis_at: dt.datetime | None = None  # when N3 or N4 was taken last, unless a No was believed
    said_at: dt.datetime | None = None  # when a question about danger was last answered with yes or not sure
    crisis_category: str = ""  # what it was about, empty when an answer alone led there
    return_after: dt.datetime | None = None  # the way back in is offered at the first contact from then on
    comfort_until: dt.datetime | None = None  # comfort tools only, as the person chose
    alerted_at: dt.datetime | None = None  # when an alert was handed over last
    seen_at: dt.datetime | None = None  # when somebody of the on-call team acknowledged one last
    age_due: bool = False  # an age under 18 was heard, and is to be asked about


class Frame(msgspec.Struct, frozen=True):
    """A place in a flow or part within a run, with its slots. `element` is the index an `each` is at."""

    state: str
    slots: dict[str, Any] = {}
    element: int = -1


class Asked(msgspec.Struct, frozen=True):
    """The ask that waits: its number for ever, the choices as they were shown, marks of a `choices` ask."""

    number: int
    options: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    unclear: int = 0
    at: dt.datetime | None = None
    silence_at: dt.datetime | None = None  # from then on silence counts as an answer
    variant: int = 0  # the wording it was asked in: said again it is the same question
    plays_until: dt.datetime | None = None  # a timed list is being said until then


class Undo(msgspec.Struct, frozen=True):
    """What one turn overwrote: of its run and of the record (patches of `journal.py`)."""

    run: dict[str, Any] = {}
    record: dict[str, Any] = {}
    turn: int = 0  # its number: what it wrote outside the record is taken back by it


class Entry(msgspec.Struct, frozen=True):
    """What `back` makes undone at once, newest last; a closed digression is one entry. `wall` stops `back`."""

    patches: tuple[Undo, ...]
    wall: bool = False
    typed: bool = False  # a typed answer: the message may be edited while this entry is the newest


NO_WAY_BACK = (Entry((), wall=True),)  # a journal that `back` cannot go into


class Run(msgspec.Struct, frozen=True):
    """One way through one flow that nobody called."""

    id: str
    flow: str
    version: str
    frames: tuple[Frame, ...]
    started: dt.datetime
    last: dt.datetime
    asked: Asked | None = None
    journal: tuple[Entry, ...] = ()
    started_do: bool = False
    reached_plan: bool = False
    left: bool = False  # seven days without an answer; kept for a return within 28


class Offer(msgspec.Struct, frozen=True):
    """Buttons beside the open ask, with their own number."""

    number: int
    kind: str  # command, edited, go_on
    options: tuple[str, ...]
    words: str = ""  # what the offer is about: the text typed
    beside: int = 0  # the number of the open ask that it stands beside; overtaken when another one is open


class LastSaid(msgspec.Struct, frozen=True):
    """What `why` and a stale press need of the last message."""

    state: str = ""  # the node whose words they were
    root: str = ""  # the node of the flow that had called it, or the same
    reminder: bool = False  # the engine's own words, because something fell due
    ask_last: bool = True  # the open ask was the last thing said


class Record(msgspec.Struct, frozen=True):
    id: str
    language: str
    created: dt.datetime
    profile: Profile = Profile()
    flags: dict[str, bool] = {}
    consents: dict[str, Consent] = {}
    links: tuple[Link, ...] = ()
    goals: tuple[Goal, ...] = ()
    plans: tuple[Plan, ...] = ()
    safety_plan: SafetyPlan = SafetyPlan()
    cards: tuple[Card, ...] = ()
    kept: dict[str, tuple[Kept, ...]] = {}
    ratings: tuple[Rating, ...] = ()
    done: dict[str, int] = {}  # flow -> how often its plan was reached
    signals: tuple[SignalMark, ...] = ()
    safety: SafetyState = SafetyState()
    wording: dict[str, int] = {}  # text id -> bits of the variants used
    runs: tuple[Run, ...] = ()  # bottom to top; only the last one's ask is open
    offer: Offer | None = None
    asks: int = 0  # the number given last; rises for ever
    turns: int = 0
    last_utterance: dt.datetime | None = None
    last_answer: Asked | None = None  # for a press that repeats the answer just given
    said: LastSaid = LastSaid()
    unanswered: int = 0  # reminders in a row without an answer
    unreachable: bool = False


WRITABLE: dict[str, tuple[str, ...]] = {
    "profile": (*(field.name for field in msgspec.structs.fields(Profile)), "language"),
    "flags": (),  # those of the programme
    "consents": ("processing", "research"),
    "last_plan": tuple(name for name in Plan.__struct_fields__ if name not in ("id", "session", "at")),
    "goal": ("text", "visible", "importance", "confidence"),
    "safety": (
        *("step", "help_in_sight", "recheck", "category", "set_aside", "false_alarm", "age_due"),
        *("return", "comfort"),
    ),
    "on_call": ("safety",),
    "safety_plan": ("step", "next", "kept_in", "shared", "review"),
    "mood_asked": ("",),
}
"""What an author may write outside the slots: `set: {profile.tone: warm}`. `keeping.py` says how each is written."""


def has_run(record: Record, flow: str | None) -> bool:
    """A run of this flow is there, on top or beneath."""
    return any(run.flow == flow for run in record.runs)


def begin(id: str, language: str, now: dt.datetime) -> Record:
    """An empty record; `/start` is then an utterance like any other. Of a channel's `pt-BR` the language is kept."""
    return Record(id=id, language=language.partition("-")[0].casefold(), created=now)
