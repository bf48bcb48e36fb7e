"""Every table, with what each column means. Where a row tells of a participant, the participant comes first in its key.

A column named `sealed` or `wrapped` is encrypted for its participant; every other column may be read by anybody with
the file: random ids, times, names of flows and nodes, numbers and choices of share level summary, statuses.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

import bot.store.alert_tables  # noqa: F401 - its tables are of the same metadata
from bot.store.audit_tables import safety as safety
from bot.store.audit_tables import safety_answers as safety_answers
from bot.store.audit_tables import screened as screened
from bot.store.columns import Moment, whose
from bot.store.columns import metadata as metadata

participants = Table(
    "participants",
    metadata,
    Column("id", String(32), primary_key=True, comment="random, says nothing"),
    Column("created", Moment, nullable=False, comment="UTC; first contact"),
    Column("reachable", Boolean, nullable=False, comment="false once the person blocked every channel"),
    comment="one row per participant; a tick locks it; before consent nothing else about the person is plain",
)

identities = Table(
    "identities",
    metadata,
    whose(),
    Column("channel", String(16), primary_key=True, comment="telegram, browser, terminal"),
    Column("lookup", LargeBinary, nullable=False, unique=True, comment="HMAC of channel and address"),
    Column("sealed", LargeBinary, nullable=False, comment="the channel's address of this person"),
    comment="how a channel knows a participant: the only place with an address",
)

keys = Table(
    "keys",
    metadata,
    whose(),
    Column("wrapped", LargeBinary, nullable=False, comment="the participant's key, wrapped by the master key"),
    comment="without its row nothing of that participant can be read; a backup of this table keeps it readable",
)

records = Table(
    "records",
    metadata,
    whose(),
    Column("version", Integer, nullable=False, comment="rises by one per turn; asserted when saved"),
    Column("sealed", LargeBinary, nullable=False, comment="the record, JSON, at most 64 KiB"),
    comment="all that the engine may know of a participant",
)

updates = Table(
    "updates",
    metadata,
    whose(),
    Column("channel", String(16), primary_key=True, comment="where it came from; `due` for a reminder"),
    Column("name", String(128), primary_key=True, comment="the channel's id of the update"),
    Column("at", Moment, nullable=False, index=True, comment="UTC; kept 7 days from then"),
    comment="updates whose effects are committed: a second delivery changes nothing",
)

turns = Table(
    "turns",
    metadata,
    whose(),
    Column("number", Integer, primary_key=True, comment="rises by one per turn; equals the record's version"),
    Column("at", Moment, nullable=False, comment="UTC; the `now` given to the engine"),
    Column("seed", BigInteger, nullable=False, comment="the chance given to the engine"),
    Column("library", String(64), nullable=False, comment="hash of the content that answered"),
    Column("channel", String(16), nullable=False),
    Column("message", String(64), nullable=False, comment="the channel's id of the person's message; empty if none"),
    Column("answered", Boolean, nullable=False, comment="true if an answer was kept"),
    Column("reading", String(32), nullable=False, comment="how the utterance was understood, in one word"),
    Column("tier", String(8), nullable=False, comment="none, watch, urgent"),
    Column("step", String(8), nullable=False, comment="N1..N4 if a safety step was taken, else empty"),
    Column("steps", Text, nullable=False, comment="JSON list of the nodes visited, flow@version:node"),
    Column(
        "sealed", LargeBinary, nullable=False, comment="utterance, ways taken, answers that are not of level summary"
    ),
    comment="the log: what replay needs",
)

answers = Table(
    "answers",
    metadata,
    whose(),
    Column("turn", Integer, primary_key=True, comment="number of the turn"),
    Column("place", Integer, primary_key=True, comment="order within the turn, from 0"),
    Column("at", Moment, nullable=False, comment="UTC"),
    Column("state", String(128), nullable=False, comment="flow@version:node"),
    Column("slot", String(64), nullable=False),
    Column("type", String(16), nullable=False, comment="rating, number, choice, choices, yesno"),
    Column("number", Integer, comment="rating or number, in the unit of its scale"),
    Column("choice", Text, comment="name of the choice; names joined by commas for choices"),
    Index("ix_answers_slot_at", "slot", "at"),
    comment="answers of share level summary only; all others are in the sealed part of the turn",
)

runs = Table(
    "runs",
    metadata,
    whose(),
    Column("run", String(64), primary_key=True, comment="id of the run within its participant"),
    Column("flow", String(64), nullable=False),
    Column("version", String(64), nullable=False, comment="hash of the flow it began with and finishes"),
    Column("kind", String(16), nullable=False, comment="session, onboarding, check_in, safety, calm, screen"),
    Column("status", String(16), nullable=False, comment="open, paused, ended, left, withdrawn"),
    Column("end", String(64), nullable=False, comment="name of the end it reached, or empty"),
    Column("started", Moment, nullable=False, comment="UTC"),
    Column("last", Moment, nullable=False, comment="UTC; the turn that changed it last"),
    Column("ended", Moment, comment="UTC; ended, left or withdrawn"),
    Column("reached_plan", Boolean, nullable=False, comment="a session is done when it reached its plan"),
    Index("ix_runs_status", "status"),
    comment="one row per run",
)

UNSENT = text("status = 'unsent'")  # word for word in the queries too: only then are the partial indexes used
OPEN = text("open")

outbox = Table(
    "outbox",
    metadata,
    whose(),
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="unique over all participants"),
    Column("turn", Integer, nullable=False, comment="number of the turn that wrote it; order is turn, then id"),
    Column("channel", String(16), nullable=False),
    Column("kind", String(16), nullable=False, comment="say, ask, edit, close, acknowledge"),
    Column("sealed", LargeBinary, nullable=False, comment="words and buttons"),
    Column("ask", Integer, nullable=False, comment="number of the ask it carries or changes; 0 if none"),
    Column("open", Boolean, nullable=False, comment="an ask that can still be answered"),
    Column("target", String(64), nullable=False, comment="the channel's id of the message or press it acts on"),
    Column("not_before", Moment, nullable=False, comment="UTC; a timed message over 10 s late is dropped"),
    Column("timed", Boolean, nullable=False, comment="part of a timed list"),
    Column("priority", String(16), nullable=False, comment="safety, talk, reminder, person"),
    Column("lasting", Boolean, nullable=False, comment="never cancelled: asks, safety, words of people"),
    Column("status", String(16), nullable=False, comment="unsent, sent, cancelled, dead"),
    Column("attempts", Integer, nullable=False, comment="sends tried"),
    Column("reference", String(64), nullable=False, comment="the channel's id once sent"),
    Column("sent_at", Moment, comment="UTC; when the send that succeeded was begun, or it was given up"),
    Column("life", Integer, nullable=False, comment="the service life that must send it"),
    Column("adopted", Boolean, nullable=False, comment="an earlier life left it unmarked: it may have arrived"),
    Index("ix_outbox_unsent", "participant", sqlite_where=UNSENT, postgresql_where=UNSENT),
    Index("ix_outbox_open", "participant", sqlite_where=OPEN, postgresql_where=OPEN),
    comment="what is to be said or changed at the channel; kept 24 hours, an open ask as long as it is open",
)

reminders = Table(
    "reminders",
    metadata,
    whose(),
    Column("kind", String(16), primary_key=True, comment="check_in, practice, silence, return, left, follow_up ..."),
    Column("purpose", String(64), primary_key=True, comment="what it is about: a plan, a run, or empty"),
    Column("rule", String(16), nullable=False, comment="local HH:MM, or `once`"),
    Column("zone", String(64), nullable=False, comment="IANA name in which the rule is read"),
    Column("due_at", Moment, index=True, comment="UTC; quiet hours already applied; empty: none any more"),
    Column("day", Date, nullable=False, comment="the local date that due_at serves"),
    Column("moved", Boolean, nullable=False, comment="put off by the person's activity; due_at is later than the rule"),
    Column("generation", Integer, nullable=False, comment="rises by one per firing"),
    Column("last_day", Date, comment="the local date served last: at most one per date"),
    comment="a row fires a turn at its due time",
)

attempts = Table(
    "attempts",
    metadata,
    whose(),
    Column("channel", String(16), primary_key=True),
    Column("name", String(128), primary_key=True, comment="the channel's id of the update"),
    Column(
        "count", Integer, nullable=False, comment="starts of its turn since an unclean start; the third quarantines"
    ),
    comment="updates in work after an unclean start",
)

failures = Table(
    "failures",
    metadata,
    whose(),
    Column("channel", String(16), primary_key=True),
    Column("name", String(128), primary_key=True, comment="the channel's id of the update"),
    Column("at", Moment, nullable=False, comment="UTC"),
    Column("what", String(64), nullable=False, comment="name of the exception: never its message"),
    Column(
        "quarantined", Boolean, nullable=False, comment="true: its turn was given up; false: answered with an apology"
    ),
    comment="turns that went wrong",
)

texts = Table(
    "texts",
    metadata,
    Column("flow", String(64), primary_key=True, comment="name of the flow"),
    Column("version", String(64), primary_key=True, comment="hash of its compiled form with the parts that it calls"),
    Column("body", LargeBinary, nullable=False, comment="compiled content and words of every language, JSON"),
    Column("stored", Moment, nullable=False, comment="UTC"),
    comment="content that open runs may still need: nothing personal",
)

lives = Table(
    "lives",
    metadata,
    Column("number", Integer, primary_key=True, comment="rises with every start of the service"),
    Column("started", Moment, nullable=False, comment="UTC"),
    Column("seen", Moment, nullable=False, comment="UTC; last sign of life"),
    Column("stopped", Moment, comment="UTC; empty while it runs or if it was killed"),
    comment="one row per life of the service",
)
