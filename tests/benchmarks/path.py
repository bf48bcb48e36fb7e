"""Willow's whole path with nothing left out but the network: polling, ticks on SQLite, engine, screening, encryption,
outbox and sender, put together as `app.py` does.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from telegram import Bot

from bot.channels.telegram import Intake, Polling, TelegramChannel
from bot.house import compose
from bot.settings import Settings
from bot.store import people
from bot.store.store import Connection, Store
from bot.store.vault import Vault
from flows.record import Record
from tests.benchmarks.clocks import NoClocks
from tests.benchmarks.dialogue import Dialogue
from tests.benchmarks.wire import Wire

MASTER = bytes(range(32))
STUCK = 120  # seconds after which a run is given up


class Lived(msgspec.Struct, frozen=True):
    """A run: CPU seconds of the whole process from the first fetch to the last answer, turns, and calls made."""

    cpu: float
    turns: int
    calls: int
    heard: list[tuple[int, str, dict[str, Any]]]

    @property
    def per_turn(self) -> float:
        """Microseconds."""
        return self.cpu / self.turns * 1e6


def live(
    dialogue: Dialogue, updates: Mapping[int, Sequence[bytes]], at_once: int, clocks: NoClocks | None = None
) -> Lived:
    """Everybody in `updates` lives through the dialogue, `at_once` of them side by side, on a fresh database."""
    with tempfile.TemporaryDirectory(prefix="willow-benchmark-") as folder:
        return asyncio.run(_live(dialogue, updates, at_once, clocks or NoClocks(), Path(folder)))


async def _live(
    dialogue: Dialogue, updates: Mapping[int, Sequence[bytes]], at_once: int, clocks: NoClocks, folder: Path
) -> Lived:
    wire = Wire(updates, [step.bubbles for step in dialogue.steps], at_once)
    first = next(iter(updates))
    wire.listened_to[first] = []
    bot = Bot("1:benchmark", request=wire, get_updates_request=wire)
    store = _store(dialogue, updates, clocks, folder)
    house = compose(Settings(home=folder, pace=0), store, dialogue.library, clock=lambda: dialogue.chat.clock)
    house.channels[TelegramChannel.name] = clocks.channel(TelegramChannel(bot))
    house.turns.tick.engine = clocks.engine(house.turns.tick.engine)
    await bot.initialize()
    receiver = Polling(bot, Intake(house.turns.take, bot, house.clock, "Willow leaves this group."))
    begun = time.process_time()
    receiving = asyncio.ensure_future(receiver.run())
    over = asyncio.ensure_future(wire.over.wait())
    await asyncio.wait({receiving, over}, timeout=STUCK, return_when=asyncio.FIRST_COMPLETED)
    await house.delivery.settled()
    cpu = time.process_time() - begun
    receiving.cancel()
    await asyncio.wait({receiving})
    store.close()
    if not over.done():
        raise RuntimeError(f"The dialogue stopped before its end: {receiving}")
    return Lived(cpu, len(updates) * len(dialogue.steps), wire.calls.total(), wire.listened_to[first])


def _store(dialogue: Dialogue, updates: Mapping[int, Sequence[bytes]], clocks: NoClocks, folder: Path) -> Store:
    """A database in which everybody stands before the first step."""
    store = clocks.store(f"sqlite:///{folder / 'willow.db'}", clocks.vault(MASTER))
    store.migrate()
    store.now(lambda connection: settle_in(connection, store.vault, dialogue, updates))
    return store


def settle_in(connection: Connection, vault: Vault, dialogue: Dialogue, whom: Iterable[int]) -> list[people.Person]:
    """Make these people known, each with the record that the dialogue begins with."""

    def newcomer(who: str, _address: people.Address) -> Record:
        return msgspec.structs.replace(dialogue.start, id=who)

    return people.meet(connection, vault, [("telegram", str(each)) for each in whom], newcomer, dialogue.chat.clock)
