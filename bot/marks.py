"""What became of rows, on its way into the table: with the next tick, or within 50 ms in a transaction of its own.

A bubble's mark is committed before the same person's next bubble goes: after a kill at most one per person is repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from bot.store import outbox
from bot.store.failures import StoreProblem
from bot.store.outbox import Mark
from bot.store.store import Store

WITHIN = 0.05  # seconds: README, Promises
GATHER = 0.01  # seconds that a bubble which waits for a mark gives others, so that they share its transaction
RETRY = 1.0  # seconds, while the store is away


class Marks:
    """Marks that are not committed yet; whoever takes them says what became of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._waiting: list[Mark] = []
        self._bubbles: dict[str, int] = {}  # participant -> the bubble said last, while its mark is not committed
        self._written = asyncio.Event()
        self._hurry = asyncio.Event()
        self._flush: asyncio.Task[None] | None = None

    def add(self, mark: Mark, *, bubble: bool) -> None:
        """Note what became of a row. `bubble`: something that would be seen twice if it were sent again."""
        self._waiting.append(mark)
        if bubble:
            self._bubbles[mark.participant] = mark.row
        self._flush_soon()

    def take(self) -> list[Mark]:
        """All of them, to be written with a tick."""
        marks, self._waiting = self._waiting, []
        return marks

    def written(self, marks: Sequence[Mark]) -> None:
        """These are committed."""
        for mark in marks:
            if self._bubbles.get(mark.participant) == mark.row:
                del self._bubbles[mark.participant]
        self._written.set()

    def give_back(self, marks: Sequence[Mark]) -> None:
        """These could not be written."""
        self._waiting[:0] = marks
        self._flush_soon()

    async def write(self) -> None:
        """Commit them now. Raises StoreProblem and keeps them if the database is away."""
        marks = self.take()
        if not marks:
            return
        try:
            await self.store.run(lambda connection: outbox.mark(connection, marks))
        except BaseException:
            self._waiting[:0] = marks
            raise
        self.written(marks)

    async def until_marked(self, participant: str, seconds: float | None) -> None:
        """Wait until the mark of this person's last bubble is committed, at most so long (None: for ever)."""
        if participant not in self._bubbles:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._marked(participant), seconds)

    async def _marked(self, participant: str) -> None:
        while participant in self._bubbles:
            self._written.clear()
            self._hurry.set()
            await self._written.wait()

    @property
    def work(self) -> asyncio.Task[None] | None:
        """The task that writes them, while there is something to write."""
        return self._flush

    def _flush_soon(self) -> None:
        if self._flush is None and self._waiting:
            self._flush = asyncio.create_task(self._flush_after())

    async def _flush_after(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), WITHIN - GATHER)
        await asyncio.sleep(GATHER)
        self._hurry.clear()
        try:
            await self.write()
        except StoreProblem:
            await asyncio.sleep(RETRY)
        self._flush = None
        self._flush_soon()
