"""From a raw update to its commit, the same for polling and webhook: read, hand over, wait.

`accept` returns only when everything that the update causes is committed, or when there is nothing to commit. It raises
what `take` raises, and then the update must not be confirmed. A group hears one neutral sentence and is left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.channels import Arrival
from bot.channels.telegram.updates import Group, Json, read_update

Take = Callable[[Arrival], Awaitable[object]]
Clock = Callable[[], dt.datetime]

log = structlog.get_logger("bot.telegram")


class Intake:
    """One for the whole service; `group_words` is what a group reads before it is left."""

    def __init__(self, take: Take, bot: Bot, clock: Clock, group_words: str) -> None:
        self.take = take
        self.bot = bot
        self.clock = clock
        self.group_words = group_words

    async def accept(self, update: Json) -> None:
        """Take one update to its commit. An update that cannot be read is logged by its id and done with."""
        try:
            found = read_update(update, self.clock())
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
            log.error("update_unreadable", update=str(update.get("update_id")), failure=type(error).__name__)
            return
        if isinstance(found, Group):
            await self._leave(found)
        elif found is not None:
            await self.take(found)

    async def _leave(self, group: Group) -> None:
        """Talk about health in a group is a leak: say so once and go. Not being able to is no reason to stay."""
        address = int(group.address)
        if group.speak:
            await self._try("sendmessage", {"chat_id": address, "text": self.group_words})
        await self._try("leavechat", {"chat_id": address})
        log.info("group_left")

    async def _try(self, method: str, arguments: Json) -> None:
        try:
            await self.bot.do_api_request(method, arguments)
        except TelegramError as error:
            log.info("group_call_failed", method=method, failure=type(error).__name__)
