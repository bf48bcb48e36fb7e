"""The tables of the audit: what screening decided, what people answered, how many texts there were. Never words."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, String, Table

from bot.store.columns import Moment, metadata, whose

safety = Table(
    "safety",
    metadata,
    whose(),
    Column("turn", Integer, primary_key=True, comment="number of the turn"),
    Column("at", Moment, nullable=False, comment="UTC"),
    Column("tier", String(8), nullable=False, comment="none, watch, urgent"),
    Column("step", String(8), nullable=False, comment="N1..N4, or empty"),
    Column("ruleset", String(40), nullable=False, comment="hash of the rules and the model that decided"),
    Column("app", String(32), nullable=False, comment="version of Willow"),
    Column("latency", Integer, nullable=False, comment="microseconds in which the engine answered, screening included"),
    Column("failed", String(64), nullable=False, comment="exception for which the frozen core decided; empty if none"),
    Column(
        "sealed",
        LargeBinary,
        nullable=False,
        comment="categories, rule ids, offsets, modifiers, also of what was taken back: never words",
    ),
    Index("ix_safety_at", "at"),
    comment="decisions of screening and steps taken; rows are only added",
)

safety_answers = Table(
    "safety_answers",
    metadata,
    whose(),
    Column("turn", Integer, primary_key=True, comment="number of the turn that answered"),
    Column("about", Integer, nullable=False, comment="number of the turn that took the step; 0 if none is known"),
    Column("at", Moment, nullable=False, comment="UTC"),
    Column(
        "sealed", LargeBinary, nullable=False, comment="names of the buttons; rules that the person calls a false alarm"
    ),
    Index("ix_safety_answers_at", "at"),
    comment="what was answered to questions about danger; rows are only added",
)

screened = Table(
    "screened",
    metadata,
    Column("day", Date, primary_key=True, comment="UTC"),
    Column("language", String(8), primary_key=True, comment="the channel's hint, in short; empty if it gave none"),
    Column("life", Integer, primary_key=True, comment="the service life that counted: each has rows of its own"),
    Column("texts", Integer, nullable=False, comment="texts that were screened"),
    comment="how many texts were screened, of everybody together",
)
