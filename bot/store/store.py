"""The store: one database, one thread that talks to it, one transaction at a time.

Nothing outside this package writes SQL. `run` hands a function to the database thread and awaits it; `transaction`
opens the transaction in that thread. Everything committed has reached the disk.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection as Connection
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import QueuePool

from bot.store import dialects, lives
from bot.store.failures import translated
from bot.store.vault import Vault

T = TypeVar("T")


class Store:
    """A database opened for use. `life` is the number of this service's life, 0 in commands that only look."""

    def __init__(self, url: str, vault: Vault) -> None:
        self.vault = vault
        self.life = 0
        self.unclean = False  # the life before this one was killed
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = create_engine(
            address,
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=4,
            pool_pre_ping=address.get_backend_name() != "sqlite",
            connect_args=dialects.arguments(address.get_dialect()()),
        )
        dialects.prepare(self.engine)
        self._thread = ThreadPoolExecutor(1, "store")

    async def run(self, work: Callable[[Connection], T]) -> T:
        """One transaction around `work`, in the database thread. Raises StoreProblem if the database is away."""
        return await self.threaded(lambda: self.now(work))

    async def threaded(self, work: Callable[[], T]) -> T:
        """Run `work` in the database thread; it opens its own transactions."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def now(self, work: Callable[[Connection], T]) -> T:
        """One transaction around `work`, in the calling thread: for commands and for the database thread itself."""
        with self.transaction() as connection:
            return work(connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begin, and commit at the end, or roll back if anything raises."""
        with translated(), self.engine.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the tables up to this version; a new database gets them. Raises StoreNewer and other StoreProblems."""
        from bot.store.migrations import upgrade  # Alembic takes 100 ms to import: only when it is needed

        with self.transaction() as connection:
            dialects.one_at_a_time(connection)
            upgrade(connection)

    def begin_life(self, now: dt.datetime) -> None:
        """Note that a service starts, and whether the one before was killed."""
        self.life, self.unclean = self.now(lambda connection: lives.begin(connection, now))

    def end_life(self, now: dt.datetime) -> None:
        """Note that the service stopped in an orderly way."""
        if self.life:
            self.now(lambda connection: lives.end(connection, self.life, now))

    def is_there(self) -> bool:
        """True if the database takes a write right now."""
        try:
            self.now(lambda connection: lives.touch(connection, self.life))
        except Exception:  # noqa: BLE001 - whatever it is, the answer is no
            return False
        return True

    def close(self) -> None:
        """Let the thread finish what it does, and close the database."""
        self._thread.shutdown(wait=True)
        self.engine.dispose()
