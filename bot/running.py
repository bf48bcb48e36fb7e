"""Side by side until told to stop: the tasks of a service, and the signals that end it.

What one task raises ends them all and is raised; SIGINT and SIGTERM end them in peace. Each is cancelled and awaited,
so that it can finish what it holds.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import structlog

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
        for task in (waiting, *tasks):
            task.cancel()
        await asyncio.gather(waiting, *tasks, return_exceptions=True)


async def _first(waiting: asyncio.Future[Any], tasks: list[asyncio.Future[Any]]) -> None:
    """Return when `waiting` is done; raise what a task raises. A task that simply ends is no reason to stop."""
    running = {waiting, *tasks}
    while waiting in running:
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
