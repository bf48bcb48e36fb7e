"""The tables of alerts and of the on-call chats that get them.

An alert is plain but for the kind of danger: when, which step, who confirmed. It tells nothing that was said.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from bot.store.columns import Moment, metadata, whose

alerts = Table(
    "alerts",
    metadata,
    whose(),
    Column("id", String(8), primary_key=True, comment="random letters and digits, fit for typing"),
    Column("at", Moment, nullable=False, comment="UTC; when it was raised first"),
    Column("turn", Integer, nullable=False, comment="number of the turn that raised it"),
    Column("step", String(8), nullable=False, comment="N2..N4: the step that was taken"),
    Column("sealed", LargeBinary, nullable=False, comment="the kind of danger: never words"),
    Column("status", String(16), nullable=False, comment="raised, acknowledged, resolved"),
    Column("wave", Integer, nullable=False, comment="who was told so far: 0 nobody, 1 first, 2 second, 3 admins"),
    Column("next_at", Moment, index=True, comment="UTC; when the next are told; empty: nobody any more"),
    Column("said_at", Moment, nullable=False, comment="UTC; when its lines were begun; no second ones within 30 min"),
    Column("cycle", Integer, nullable=False, comment="rises when it is raised anew; each has lines of its own"),
    Column("revision", Integer, nullable=False, comment="rises when its lines must read differently"),
    Column("who", String(40), nullable=False, comment="the on-call chat or name that acknowledged or resolved it"),
    Column("who_at", Moment, comment="UTC; when that was"),
    Column("tell", String(8), nullable=False, comment="what the person must still hear: seen, unseen"),
    Index("ix_alerts_id", "id", unique=True),
    comment="the records that the clinic must close; one open per participant and step within 24 hours",
)

alert_acts = Table(
    "alert_acts",
    metadata,
    whose(),
    Column("alert", String(8), primary_key=True, comment="id of the alert"),
    Column("number", Integer, primary_key=True, comment="order within the alert, from 1"),
    Column("at", Moment, nullable=False, comment="UTC"),
    Column(
        "what",
        String(16),
        nullable=False,
        comment="raised, again, sent, failed, acknowledged, resolved, replaced, unanswered, withdrawn, told",
    ),
    Column("who", String(80), nullable=False, comment="on-call chat, command, step or reason; never a person's name"),
    comment="what happened to an alert, in order; rows are only added",
)

alert_lines = Table(
    "alert_lines",
    metadata,
    whose(),
    Column("alert", String(8), primary_key=True, comment="id of the alert"),
    Column("chat", String(40), primary_key=True, comment="name of the on-call chat"),
    Column("cycle", Integer, primary_key=True, comment="of the alert when the line was written"),
    Column("wave", Integer, nullable=False, comment="1 first, 2 second, 3 admins"),
    Column("status", String(16), nullable=False, comment="unsent, sent, failed, dropped"),
    Column("shown", Integer, nullable=False, comment="revision of the alert that it shows; 0 before it is sent"),
    Column("not_before", Moment, nullable=False, comment="UTC; while it is being sent, half a minute later"),
    Column("attempts", Integer, nullable=False, comment="sends tried"),
    Column("reference", String(64), nullable=False, comment="the channel's id once sent"),
    Column("sent_at", Moment, comment="UTC"),
    comment="the line of an alert in each on-call chat: sent and edited from here, at least once",
)

on_call_chats = Table(
    "on_call_chats",
    metadata,
    Column("name", String(40), primary_key=True, comment="as in clinic.yaml"),
    Column("channel", String(16), nullable=False),
    Column("lookup", LargeBinary, nullable=False, index=True, comment="HMAC of the chat's address"),
    Column("sealed", LargeBinary, nullable=False, comment="the chat's address"),
    Column("registered", Moment, nullable=False, comment="UTC"),
    Column("trouble", String(40), nullable=False, comment="why the last line did not go; empty when it did"),
    comment="the clinic's on-call chats: nobody in them is a participant",
)

on_call_codes = Table(
    "on_call_codes",
    metadata,
    Column("hash", LargeBinary, primary_key=True, comment="HMAC of the code"),
    Column("name", String(40), nullable=False, comment="the on-call chat that it registers"),
    Column("expires", Moment, nullable=False, comment="UTC; 24 hours after it was made"),
    Column("used", Moment, comment="UTC; empty until then: it works once"),
    comment="codes that register an on-call chat",
)
