"""Side by side until told to stop: the tasks of a service, and the signals that end it.

What one task raises ends them all and is raised; SIGINT and SIGTERM end them in peace. Each is cancelled and awaited,
so that it can finish what it holds.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Collection, Coroutine, Sequence
from typing import Any

import structlog

TOLD_AGAIN = 1.0  # seconds
STOPPING = (signal.SIGINT, signal.SIGTERM)

log = structlog.get_logger("bot.app")


class Stop:
    """Set by the first signal. A second one is left to Python, so that a hanging stop can be cut short."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    def listen(self) -> None:
        """Take the signals from now on; where the loop cannot (Windows), Ctrl-C raises KeyboardInterrupt as ever."""
        loop = asyncio.get_running_loop()
        for number in STOPPING:
            try:
                loop.add_signal_handler(number, self._ask, number)
            except NotImplementedError:
                return

    def _ask(self, number: int) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        asyncio.get_running_loop().remove_signal_handler(number)
        self.asked.set()


async def until_stopped(stop: Stop, *work: Coroutine[Any, Any, Any]) -> None:
    """Run all of `work` until `stop` is asked for or one of them raises; then cancel and await the rest."""
    tasks = [asyncio.ensure_future(each) for each in work]
    waiting = asyncio.ensure_future(stop.asked.wait())
    try:
        await _first(waiting, tasks)
    finally:
        await end([waiting, *tasks])


async def end(tasks: Collection[asyncio.Future[Any]]) -> None:
    """Cancel and await; told again if need be, because `asyncio.wait_for` may swallow a cancellation (Python 3.11)."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=TOLD_AGAIN)


async def _first(waiting: asyncio.Future[Any], tasks: Sequence[asyncio.Future[Any]]) -> None:
    """Return when `waiting` is done; raise what a task raises. A task that simply ends is no reason to stop."""
    running = {waiting, *tasks}
    while waiting in running:
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
