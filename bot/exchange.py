"""One person's part of a tick: what came in, what the engine makes of it, and what is to be saved and said.

Works on what the tick has loaded. Whatever the engine raises is caught here: the person gets help and a kind sentence,
and keeps the place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import msgspec

from bot import posts, reminders
from bot.channels import Arrival
from bot.lines import Waiting, together
from bot.posts import Said
from bot.store import people
from bot.store.due import Reminder
from bot.store.outbox import Copy, Post
from bot.store.people import Person
from flows.record import Record
from flows.turn import Turn, Utterance

SHOWN_AT_ONCE = frozenset({"browser", "terminal"})  # a page and a terminal show an ask the moment it is made


class Library(Protocol):
    """What the world needs of all content."""

    @property
    def hash(self) -> str: ...
    @property
    def flows(self) -> Any: ...


class Engine(msgspec.Struct, frozen=True):
    """What answers: the content, and the verbs over it (`flows/engine.py`)."""

    library: Library
    respond: Callable[[Any, Record, Utterance, dt.datetime, int], Turn]
    begin: Callable[[str, str, dt.datetime], Record]
    apologise: Callable[[Any, Record, Utterance, dt.datetime, int, str], Turn]


class Visit(msgspec.Struct, frozen=True):
    """A person in a tick, before the engine is asked. `last_answered`: the message that gave the last answer."""

    person: Person
    front: Sequence[Waiting]  # what stands first in the line and is not known
    known: Sequence[Waiting]
    copies: Sequence[Copy]
    reminders: Sequence[Reminder]
    last_answered: str = ""


class Exchange(msgspec.Struct, frozen=True):
    """One turn, ready to be saved. `turn` is None when nothing but known ids or a put-off reminder came."""

    visit: Visit
    done: Sequence[Waiting]
    utterance: Utterance | None = None
    turn: Turn | None = None
    document: bytes = b""
    seed: int = 0
    latency: int = 0  # microseconds in which the engine answered, screening included
    said: Said = Said()
    ruling: reminders.Ruling | None = None

    @property
    def number(self) -> int:
        """The turn's number; without a turn that of the last one."""
        return self.visit.person.version + (self.turn is not None)

    @property
    def record(self) -> Record:
        """The record as it is after this."""
        return self.turn.record if self.turn is not None else self.visit.person.record

    @property
    def screening(self) -> str:
        """The exception for which the frozen core screened; empty if the rules did."""
        return self.turn.signal.failed if self.turn is not None and self.turn.signal is not None else ""


class Done(msgspec.Struct, frozen=True):
    """What is left to do once the tick is committed."""

    participant: str
    waiting: Sequence[Waiting]
    posts: tuple[Post, ...]
    cancelled_before: int  # unsent rows of turns before this one are cancelled, but for lasting ones; 0: none
    superseded: tuple[int, ...]
    country: str
    language: str
    reminded: bool  # a reminder may be due earlier than before
    alerted: bool = False  # an alert was raised
    screening: str = ""  # the exception for which the frozen core screened instead of the rules


def exchange(engine: Engine, visit: Visit, rows: Iterator[int], now: dt.datetime, sorry: str = "") -> Exchange:
    """Take the utterance and respond. `sorry` names a failure: then the engine is not asked, an apology is said."""
    if not visit.front:
        return _acknowledged(Exchange(visit, visit.known), rows, now)
    taken, utterance = together(visit.front, lambda each: _was_seen(visit, each))
    arrival, done = taken[-1].arrival, [*visit.known, *taken]
    if arrival.replaces:
        edits = "last" if arrival.replaces == visit.last_answered else "older"
        utterance = msgspec.structs.replace(utterance, edits=edits)
    ruling = reminders.rule(visit.person.record, visit.reminders, arrival, engine.library, now)
    if ruling is not None and not ruling.goes:
        return Exchange(visit, done, ruling=ruling)
    before = Exchange(visit, done, utterance, seed=seed_of(visit.person.id, visit.person.version + 1), ruling=ruling)
    return _acknowledged(_responded(engine, before, arrival, rows, now, sorry), rows, now)


def done(exchange: Exchange, reminded: bool) -> Done:
    """What delivery and the waiting channels need to know of it."""
    cancels = exchange.turn is not None and exchange.turn.cancels
    return Done(
        exchange.visit.person.id,
        exchange.done,
        exchange.said.posts,
        exchange.number if cancels else 0,
        exchange.said.superseded,
        exchange.record.profile.country,
        exchange.record.language,
        reminded,
        exchange.turn is not None and exchange.turn.alert is not None,
        exchange.screening,
    )


def seed_of(participant: str, number: int) -> int:
    """The chance of a turn: the same for ever, 56 bits."""
    return int.from_bytes(hashlib.blake2b(f"{participant} {number}".encode(), digest_size=7).digest(), "big")


def _responded(
    engine: Engine, before: Exchange, arrival: Arrival, rows: Iterator[int], now: dt.datetime, sorry: str
) -> Exchange:
    person, utterance, seed = before.visit.person, before.utterance, before.seed
    assert utterance is not None
    begun = time.perf_counter_ns()

    def after(turn: Turn) -> Exchange:
        latency = (time.perf_counter_ns() - begun) // 1000
        document = people.document(turn.record)
        said = posts.said(turn, person.version + 1, person.id, arrival, before.visit.copies, rows, now)
        return msgspec.structs.replace(before, turn=turn, document=document, said=said, latency=latency)

    def apology(failure: str) -> Exchange:
        return after(engine.apologise(engine.library, person.record, utterance, now, seed, failure))

    if sorry:
        return apology(sorry)
    try:
        return after(engine.respond(engine.library, person.record, utterance, now, seed))
    except Exception as error:  # noqa: BLE001 - one bad update stops nobody
        return apology(type(error).__name__)


def _acknowledged(exchange: Exchange, rows: Iterator[int], now: dt.datetime) -> Exchange:
    """With an answer to each press that is known already: it still spins on the person's screen."""
    again = [waiting.arrival for waiting in exchange.visit.known if waiting.arrival.press]
    if not again:
        return exchange
    person = exchange.visit.person
    extra = [posts.acknowledgement(each, person.version, person.id, next(rows), now) for each in again]
    said = msgspec.structs.replace(exchange.said, posts=(*extra, *exchange.said.posts))
    return msgspec.structs.replace(exchange, said=said)


def _was_seen(visit: Visit, utterance: Utterance) -> bool:
    at_once = visit.person.address[0] in SHOWN_AT_ONCE
    return at_once or posts.was_seen(visit.copies, posts.open_ask(visit.person.record), utterance)
