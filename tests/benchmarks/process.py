"""The real process: how long `willow serve` takes to its first poll, and how much memory it holds while nobody writes.

It runs against the fake Telegram of the tests. Memory is read from /proc, so on Linux only.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec

from bot import reminders
from bot.store import due
from bot.store.people import Person
from bot.store.store import Connection, Store
from bot.store.vault import Vault
from tests.acceptance.service import Service
from tests.benchmarks.dialogue import Dialogue
from tests.benchmarks.path import MASTER, settle_in
from tests.fake_telegram import FakeTelegram

FEW, MANY = 1_000, 100_000  # stored people
AT_ONCE = 1_000  # people stored in one transaction
SETTLED = 2.0  # seconds after the first poll until memory is read
NEVER = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)  # nobody's reminder is due while memory is read


class Start(msgspec.Struct, frozen=True):
    """Seconds to the first poll, and MB held a moment later."""

    seconds: float
    megabytes: float


class Starts(msgspec.Struct, frozen=True):
    """Medians: a first start, which makes the database; a later one with few people stored, and one with many."""

    first: Start
    few: Start
    many: Start


def starts(dialogue: Dialogue, rounds: int, many: int = MANY) -> Starts:
    """Start the service several times over homes with nobody, few and many people in them, by turns."""
    with _homes(dialogue, many) as (few, stored):
        return asyncio.run(_starts(few, stored, rounds))


async def _starts(few: Path, many: Path, rounds: int) -> Starts:
    found: dict[str, list[Start]] = {"first": [], "few": [], "many": []}
    for _ in range(rounds):
        with _empty() as home:
            found["first"].append(await _start(home))
        found["few"].append(await _start(few))
        found["many"].append(await _start(many))
    return Starts(**{name: _middle(each) for name, each in found.items()})


def _middle(each: list[Start]) -> Start:
    return Start(median(one.seconds for one in each), median(one.megabytes for one in each))


async def _start(home: Path) -> Start:
    async with FakeTelegram() as telegram:
        service = Service(home, telegram)
        begun = time.monotonic()
        await service.start()
        try:
            await telegram.wait_for(lambda: telegram.polling, "the first poll", within=60)
            seconds = time.monotonic() - begun
            await asyncio.sleep(SETTLED)
            return Start(seconds, _megabytes(service))
        finally:
            await service.stop()


def _megabytes(service: Service) -> float:
    assert service.process is not None
    status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


@contextmanager
def _empty() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="willow-benchmark-") as folder:
        yield Path(folder)


@contextmanager
def _homes(dialogue: Dialogue, many: int) -> Iterator[tuple[Path, Path]]:
    """A home with few people stored, and one with many; each has the reminders that a person has."""
    with _empty() as folder:
        few, stored = folder / "few", folder / "many"
        _store_people(few, dialogue, range(1, FEW + 1))
        shutil.copytree(few, stored)
        _store_people(stored, dialogue, range(FEW + 1, many + 1))
        yield few, stored


def _store_people(home: Path, dialogue: Dialogue, everybody: range) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "master.key").write_text(MASTER.hex(), encoding="ascii")
    (home / "master.key").chmod(0o600)
    store = Store(f"sqlite:///{home / 'willow.db'}", Vault(MASTER))
    store.migrate()
    for first in range(everybody.start, everybody.stop, AT_ONCE):
        whom = range(first, min(first + AT_ONCE, everybody.stop))
        store.now(lambda connection, whom=whom: _store_some(connection, store, dialogue, whom))  # type: ignore[misc]
    store.close()


def _store_some(connection: Connection, store: Store, dialogue: Dialogue, whom: range) -> None:
    for person in settle_in(connection, store.vault, dialogue, whom):
        due.write(connection, list(_reminders(person, dialogue.chat.clock)))


def _reminders(person: Person, now: dt.datetime) -> Iterator[due.Reminder]:
    for each in reminders.settle(person.record, (), None, now).changed:
        yield msgspec.structs.replace(each, due_at=NEVER)
