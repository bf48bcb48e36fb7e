"""Receiving by long polling: fetch, hand over, wait until every update of the batch is committed, fetch with last + 1.

Telegram is the inbox: an update stays there until the next fetch moves the offset past it, so a kill at any instant
loses nothing. Nothing is ever dropped; what waited while we were away is answered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import structlog
from telegram import Bot

from bot.channels.telegram.connection import until_answered
from bot.channels.telegram.errors import pause
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.updates import ALLOWED, Json

LONG_POLL = 50  # seconds that Telegram holds an empty fetch open
ANSWER = 15  # seconds beyond that until the connection counts as dead

log = structlog.get_logger("bot.telegram")


class Polling:
    """The receiver. `last_contact` is the monotonic time at which Telegram answered last, 0.0 before it did."""

    def __init__(self, bot: Bot, intake: Intake, long_poll: int = LONG_POLL) -> None:
        self.bot = bot
        self.intake = intake
        self.long_poll = long_poll
        self.offset = 0
        self.last_contact = 0.0

    async def run(self) -> None:
        """Receive for ever; ends by cancellation, or raises TokenRefused or SecondReceiver."""
        await until_answered("deleteWebhook", self._no_webhook)
        failures = 0
        while True:
            batch: list[Json] = await until_answered("getUpdates", self._fetch)
            self.last_contact = time.monotonic()
            if await _to_its_end(self._hand_over(batch)):
                failures = 0
            else:
                await asyncio.sleep(pause(failures))
                failures += 1

    async def _no_webhook(self) -> Any:
        return await self.bot.do_api_request("deletewebhook", {"drop_pending_updates": False})

    async def _fetch(self) -> Any:
        arguments = {"offset": self.offset, "timeout": self.long_poll, "allowed_updates": list(ALLOWED)}
        return await self.bot.do_api_request("getupdates", arguments, read_timeout=self.long_poll + ANSWER)

    async def _hand_over(self, batch: list[Json]) -> bool:
        """Take them side by side, in order of arrival; the offset moves up to the first that was not committed."""
        taken = await asyncio.gather(*(self.intake.accept(update) for update in batch), return_exceptions=True)
        ids = [int(update["update_id"]) for update in batch]
        failed = {number: failure for number, failure in zip(ids, taken, strict=True) if failure is not None}
        for number, failure in failed.items():
            log.warning("update_not_committed", update=number, failure=type(failure).__name__)
        if ids:
            self.offset = min(failed) if failed else max(ids) + 1
        return not failed


async def _to_its_end(work: Coroutine[Any, Any, bool]) -> bool:
    """Await; if we are told to stop meanwhile, however often, stop only when what was begun is done."""
    task, told = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            told = True
    if told:
        raise asyncio.CancelledError
    return task.result()
