"""Stand-ins for the world's heart: a clock that is set by hand, a channel that remembers, a coach that only echoes.

`house` is a whole service over a real SQLite file; `house.kill()` and `house.start()` are a kill -9 and the next life.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from bot.channels import Arrival, Message, Outcome
from bot.delivery import Delivery
from bot.exchange import Engine
from bot.reminders import Reminders
from bot.store.store import Store
from bot.store.vault import Vault
from bot.turns import Turns
from flows.record import Asked, Frame, Record, Run
from flows.turn import Answer, Button, Reply, RunFact, Step, Turn, Utterance

NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
MASTER = bytes(range(32))

replace = msgspec.structs.replace


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: dt.datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


class Channel:
    """A channel that remembers what was sent; `outcomes` are used up first, then everything is sent."""

    name = "telegram"
    pushes = True

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.tried: list[Message] = []
        self.outcomes: list[Outcome] = []
        self.typed = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.most = self.now = 0
        self._ids = count(100)

    async def deliver(self, message: Message) -> Outcome:
        self.tried.append(message)
        self.now += 1
        self.most = max(self.most, self.now)
        await self.gate.wait()
        await asyncio.sleep(0)
        self.now -= 1
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome("sent", reference=str(next(self._ids)))
        if outcome.kind == "sent":
            self.sent.append(message)
        return outcome

    async def typing(self, address: str) -> None:
        self.typed += 1

    def texts(self, address: str = "7") -> list[str]:
        return [message.text for message in self.sent if message.address == address and message.kind in ("say", "ask")]


def begin(id: str, language: str, now: dt.datetime) -> Record:
    return Record(id=id, language=language or "en", created=now)


def respond(library: Any, record: Record, utterance: Utterance, now: dt.datetime, seed: int) -> Turn:
    """Echo what was said and ask the next question; the words below make it do more."""
    text = utterance.text or utterance.press or utterance.trigger or ""
    if text == "boom":
        raise ValueError(text)
    if text == "country":
        record = replace(record, profile=replace(record.profile, country="DE"))
    if text == "grow":
        record = replace(record, wording={"x" * 70_000: 1})
    if utterance.trigger:
        return _fallen_due(record, utterance)
    if not utterance.seen:
        return Turn(record, (_ask(record.asks),), reading="early")
    record = replace(record, asks=record.asks + 1, turns=record.turns + 1, last_utterance=now, unanswered=0)
    state = f"talk@v1:q{record.asks}"
    run = Run("r1", "talk", "v1", (Frame(state),), record.created, now, Asked(record.asks, at=now))
    closing = (Reply("close", "You chose", ask=record.asks - 1),) if record.asks > 1 else ()
    toast = (Reply("acknowledge", "ok"),) if utterance.press else ()
    return Turn(
        replace(record, runs=(run,)),
        (*toast, *closing, Reply("say", f"heard {text}"), _ask(record.asks)),
        cancels=True,
        reading="echo",
        answered=True,
        steps=(Step(state, "secret_way"),),
        answers=(
            Answer(state, "mood", "rating", "summary", "kept", 7),
            Answer(state, "note", "text", "private", "kept", text),
            Answer(state, "danger", "rating", "private", "kept", 9),
            *((Answer(state, "worry", "rating", "summary", "discard", 8),) if text == "discard" else ()),
        ),
        runs=(RunFact("r1", "talk", "v1", "session", "open"),),
    )


def _ask(number: int) -> Reply:
    return Reply("ask", f"question {number}", ask=number, buttons=((Button("Yes", f"{number}.0"),),), lasting=True)


def _fallen_due(record: Record, utterance: Utterance) -> Turn:
    if utterance.trigger == "blocked":
        return Turn(replace(record, unreachable=True), reading="due blocked")
    record = replace(record, unanswered=record.unanswered + 1)
    return Turn(record, (Reply("say", f"due {utterance.trigger}", priority="reminder"),), reading="due")


def apologise(library: Any, record: Record, utterance: Utterance, now: dt.datetime, seed: int, failed: str) -> Turn:
    return Turn(record, (Reply("say", "Sorry. Help: 112.", lasting=True),), failed=failed, reading="failed")


LIBRARY = SimpleNamespace(hash="library1", flows={})
ENGINE = Engine(LIBRARY, respond, begin, apologise)


class House:
    """A service: store, turns, delivery and reminders over one file."""

    def __init__(self, home: Path) -> None:
        self.url = f"sqlite:///{home / 'willow.db'}"
        self.clock = Clock()
        self.channel = Channel()
        self.engine = ENGINE
        self.pace = 0.0
        self._updates = count(1)

    def start(self) -> None:
        self.store = Store(self.url, Vault(MASTER))
        self.store.migrate()
        self.store.begin_life(self.clock())
        self.delivery = Delivery(self.store, {"telegram": self.channel}, self.clock, self.pace)
        self.turns = Turns(self.store, self.engine, self.delivery, self.clock, self.help_from_memory)
        self.reminders = Reminders(self.store, self.turns.take, self.clock, ("telegram",))

    def kill(self) -> None:
        """Nothing is said goodbye to: what is in memory is gone."""
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            if task.get_coro().__qualname__.startswith(("Delivery", "Turns")):  # type: ignore[union-attr]
                task.cancel()
        self.store.close()

    def help_from_memory(self, country: str | None, language: str) -> tuple[Reply, ...]:
        return (Reply("say", f"Help in {country or 'your country'}", priority="safety"),)

    def text(self, text: str, address: str = "7", update: str = "", **more: Any) -> Arrival:
        number = update or str(next(self._updates))
        at = self.clock().replace(microsecond=0)
        return Arrival("telegram", address, number, Utterance(at=at, text=text), message=f"m{number}", **more)

    def press(self, press: str, address: str = "7", update: str = "") -> Arrival:
        number = update or str(next(self._updates))
        return Arrival("telegram", address, number, Utterance(at=self.clock(), press=press), press=f"p{number}")

    async def say(self, *texts: str, address: str = "7") -> None:
        """Type these, one after the other, and wait until all that they cause is said and marked."""
        for text in texts:
            await self.turns.take(self.text(text, address))
            await self.delivery.settled()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.store.transaction() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    house.start()
    yield house
    house.kill()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'willow.db'}", Vault(MASTER))
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Any]:
    """Wait for a condition, at most five seconds."""

    async def wait(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - any condition, not only one that tells
                await asyncio.sleep(0.005)

    return wait
