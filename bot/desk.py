"""The on-call desk: what comes in from the chats of the clinic's on-call team.

A chat is registered by its code; a button of a line acknowledges or resolves. Nobody here is a participant, so nothing
starts a turn, and no name of a person is kept: the chat's name says who it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import structlog
from markupsafe import escape

from bot import alert_words
from bot.channels import Calling, Channel, DutyPress, Message
from bot.store import alerts, on_call
from bot.store.store import Connection, Store
from flows.clinic import Clinic

log = structlog.get_logger("bot.alerts")


class Desk:
    """One for the whole service. `wake` is called when there may be something to send."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Callable[[], dt.datetime],
        clinic: Clinic,
        wake: Callable[[], None],
    ) -> None:
        self.store = store
        self.channels = channels
        self.clock = clock
        self.clinic = clinic
        self.wake = wake

    async def register(self, calling: Calling) -> None:
        """Register the chat by its code, and say so there. Raises StoreAway: then it must come again."""
        vault, now = self.store.vault, self.clock()
        name = await self.store.run(
            lambda connection: on_call.register(connection, vault, calling.code, calling.channel, calling.address, now)
        )
        known = any(duty.name == name for duty in self.clinic.on_call)
        words = alert_words.REGISTERED if known else alert_words.WRONG_CODE
        await self._say(calling, str(escape(words.format(name=name, clinic=self.clinic.name))))
        log.info("on_call_chat_registered" if known else "on_call_code_refused", chat=name)
        self.wake()

    async def press(self, press: DutyPress) -> None:
        """A button of a line: noted once, whoever presses it again. Raises StoreAway: then it must come again."""
        words = await self.store.run(lambda connection: self._note(connection, press))
        self.wake()
        message = Message(0, "", press.channel, press.address, "acknowledge", words, target=press.press)
        await self.channels[press.channel].deliver(message)

    async def stays(self, channel: str, address: str) -> bool:
        """Whether the bot belongs in this group: it is on call, or somebody is about to register one."""
        return await self.store.run(lambda connection: self._belongs(connection, channel, address))

    async def move(self, channel: str, old: str, new: str) -> None:
        """A group has become another one, with the same people in it."""
        await self.store.run(lambda connection: on_call.move(connection, self.store.vault, channel, old, new))

    def _belongs(self, connection: Connection, channel: str, address: str) -> bool:
        return bool(self._names(connection, channel, address)) or on_call.waits_for_code(connection, self.clock())

    def _names(self, connection: Connection, channel: str, address: str) -> list[str]:
        there = on_call.names_at(connection, self.store.vault, channel, address)
        return [duty.name for duty in self.clinic.on_call if duty.name in there]

    def _note(self, connection: Connection, press: DutyPress) -> str:
        """Write the press down; what the one who pressed reads."""
        names = self._names(connection, press.channel, press.address)
        if not names:
            return alert_words.NOT_ON_CALL
        now, who = self.clock(), names[0]
        if press.what == alert_words.HANDLED:
            found = alerts.resolve(connection, press.alert, who, "", now)
            return alert_words.NOTED_HANDLED if found else alert_words.NO_SUCH
        found = alerts.acknowledge(connection, press.alert, who, now)
        return alert_words.NOTED_SEEN if found else alert_words.NO_SUCH

    async def _say(self, calling: Calling, words: str) -> None:
        channel = self.channels[calling.channel]
        await channel.deliver(Message(0, "", calling.channel, calling.address, "say", words, priority="safety"))
