"""From a raw update to its commit, the same for polling and webhook: read, hand over, wait.

`accept` returns only when everything that the update causes is committed, or when there is nothing to commit. It raises
what `take` raises, and then the update must not be confirmed. A group hears one neutral sentence and is left, unless
the desk knows it as an on-call chat: there nothing is answered but what the desk answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.channels import Arrival, Calling, Desk, DutyPress
from bot.channels.telegram.updates import NAME, Found, Group, Json, Moved, read_update
from bot.store.failures import StoreProblem

Take = Callable[[Arrival], Awaitable[object]]
Clock = Callable[[], dt.datetime]

log = structlog.get_logger("bot.telegram")


class Intake:
    """One for the whole service; `group_words` is what a group reads before it is left. `desk`: only with a clinic."""

    def __init__(self, take: Take, bot: Bot, clock: Clock, group_words: str, desk: Desk | None = None) -> None:
        self.take = take
        self.bot = bot
        self.clock = clock
        self.group_words = group_words
        self.desk = desk

    async def accept(self, update: Json) -> None:
        """Take one update to its commit. An update that cannot be read is logged by its id and done with."""
        try:
            found = read_update(update, self.clock())
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
            log.error("update_unreadable", update=str(update.get("update_id")), failure=type(error).__name__)
            return
        await self._take(found)

    async def _take(self, found: Found | None) -> None:
        if isinstance(found, Calling | DutyPress | Moved):
            await self._at_desk(found)
        elif isinstance(found, Group):
            await self._leave(found)
        elif found is not None:
            await self.take(found)

    async def _at_desk(self, found: Calling | DutyPress | Moved) -> None:
        """Without a desk there is nothing to register, and the update is what it is otherwise."""
        if self.desk is None:
            await self._take(None if isinstance(found, Moved) else found.otherwise)
            return
        try:
            await self._deal(self.desk, found)
        except StoreProblem:
            raise
        except Exception as error:  # noqa: BLE001 - a mistake at the desk holds up no participant
            log.error("desk_failed", failure=type(error).__name__)

    async def _deal(self, desk: Desk, found: Calling | DutyPress | Moved) -> None:
        if isinstance(found, Calling):
            await desk.register(found)
        elif isinstance(found, DutyPress):
            await desk.press(found)
        else:
            await desk.move(NAME, found.address, found.to)

    async def _leave(self, group: Group) -> None:
        """Talk about health in a group is a leak: say so once and go. Not being able to is no reason to stay."""
        if self.desk is not None and await self.desk.stays(NAME, group.address):
            return
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
