"""The stand-in that tests hold: people act through it, and what the bot sent can be read and waited for."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from aiohttp import web

from tests.fake_telegram import people
from tests.fake_telegram.chat import TOKEN, Chat, Message, Press
from tests.fake_telegram.faults import Fault
from tests.fake_telegram.inbox import Order
from tests.fake_telegram.rules import Json
from tests.fake_telegram.server import Call, Server

T = TypeVar("T")
PATIENCE = 10.0  # seconds that `wait_for` waits before it fails
FIRST_UPDATE = 1000


class FakeTelegram:
    """An async context manager. Every act of a person returns its update; ids rise and never repeat."""

    def __init__(self, *, port: int = 0, journal: Path | None = None, token: str = TOKEN) -> None:
        self.server = Server(self._ring, token=token, journal=journal)
        self.world, self.inbox = self.server.world, self.server.inbox
        self.updates: list[Json] = []
        self.routes: list[web.RouteDef] = []
        self.token, self._port = token, port
        self.world.left = self._left
        self._ids, self._bell = itertools.count(FIRST_UPDATE), asyncio.Event()

    async def __aenter__(self) -> FakeTelegram:
        await self.server.start(self._port, more=self.routes)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.server.stop()

    # what a test reads

    @property
    def base_url(self) -> str:
        """What WILLOW_TELEGRAM_API is set to."""
        return f"http://127.0.0.1:{self.server.port}/bot"

    @property
    def calls(self) -> list[Call]:
        """Every call but getUpdates that reached Telegram, the refused ones too."""
        return self.server.calls

    @property
    def refused(self) -> list[Call]:
        """The calls that Telegram refused by its own rules; empty for a bot that behaves."""
        return [call for call in self.calls if call.refusal]

    @property
    def sent(self) -> list[Message]:
        """All messages of the bot, in order, as they look now."""
        return self.world.sent

    @property
    def polling(self) -> bool:
        """Whether the bot waits in a long poll."""
        return self.inbox.polls > 0

    @property
    def unanswered(self) -> list[Press]:
        """The presses that still spin on somebody's phone."""
        return [press for press in self.world.presses.values() if not press.answered]

    def to(self, chat: int) -> list[Message]:
        """The bot's messages in a chat that are not deleted."""
        return [message for message in self.sent if message.chat == chat and not message.deleted]

    def since(self, chat: int) -> list[Message]:
        """Those that came after the person last did something."""
        return [message for message in self.to(chat) if message.number > self.world.chat(chat).acted]

    # what people do

    def say(self, chat: int, words: str, *, language: str | None = None, date: int | None = None) -> Json:
        """The person writes; `language` is the one of their phone, `date` seconds since 1970."""
        who, number, now = self._act(chat, language)
        return self._update("message", people.text(who, number, date or now, words))

    def photo(self, chat: int, caption: str = "") -> Json:
        return self.media(chat, "photo", caption)

    def media(self, chat: int, kind: str, caption: str = "") -> Json:
        """The person sends something else than words; the kinds are those of `people.MEDIA`."""
        return self._update("message", people.media(*self._act(chat), kind, caption))

    def edit(self, chat: int, message: int, words: str) -> Json:
        """The person changes what they wrote."""
        who, _, now = self._act(chat)
        return self._update("edited_message", {**people.text(who, message, now, words), "edit_date": now})

    def press(self, chat: int, button: str, message: int | None = None, *, out_of_reach: bool = False) -> Json:
        """The person taps a button, named by its label or else its data: the newest such on the screen.

        With `message`, of that one, which may be a keyboard that has closed since. `out_of_reach`: so old that Telegram
        does not show the message to the bot.
        """
        found, data = self._button(chat, button, message)
        return self.forge(chat, data, found, out_of_reach=out_of_reach)

    def forge(self, chat: int, data: str, message: Message | None = None, *, out_of_reach: bool = False) -> Json:
        """A press with data that no button holds."""
        message = message or self.to(chat)[-1]
        who, _, _ = self._act(chat)
        made = Press(str(5000 + len(self.world.presses)), chat, data, time.monotonic())
        self.world.presses[made.id] = made
        shown = people.out_of_reach(message, who) if out_of_reach else self.world.shown(message)
        return self._update("callback_query", people.press(who, made, shown))

    def block(self, chat: int) -> Json:
        """The person blocks the bot: nothing can be sent to them."""
        who, _, now = self._act(chat)
        who.refusal = "bot was blocked by the user"
        return self._update("my_chat_member", people.membership(who, now, "member", "kicked"))

    def unblock(self, chat: int) -> Json:
        who, _, now = self._act(chat)
        who.refusal = ""
        return self._update("my_chat_member", people.membership(who, now, "kicked", "member"))

    def join_group(self, chat: int = -1001, kind: str = "supergroup") -> Json:
        """Somebody takes the bot into a group, or a channel."""
        group = self.world.chat(chat, type=kind)
        group.refusal = ""
        return self._update("my_chat_member", people.membership(group, int(time.time()), "left", "member"))

    # how updates travel

    def again(self, update: Json | None = None) -> None:
        """Telegram sends an update once more, with the same id; the newest, if none is named."""
        self.inbox.add(update or self.updates[-1], again=True)

    def hold(self) -> None:
        """Keep what people do now back until `release`."""
        self.inbox.hold()

    def release(self, order: Order = list) -> None:
        """Deliver it, in another order if one is given: `release(reversed)`."""
        self.inbox.release(order)

    def next(self, method: str, fault: Fault, *, times: int = 1, chat: int | None = None, after: int = 0) -> None:
        """The next calls of a method meet a fault; see `faults.py` for which there are."""
        self.server.faults.order(method, fault, times=times, chat=chat, after=after)

    # how a test waits

    async def wait_for(self, predicate: Callable[[], T], what: str = "", *, within: float = PATIENCE) -> T:
        """Wait until the predicate is true and return what it gave; fail with what was sent so far."""
        until = time.monotonic() + within
        while not (found := predicate()):
            bell = self._bell
            try:
                await asyncio.wait_for(bell.wait(), max(0.0, until - time.monotonic()))
            except TimeoutError:
                raise AssertionError(self._so_far(what or "what was waited for", within)) from None
        return found

    async def hears(self, chat: int, words: str = "", *, within: float = PATIENCE) -> Message:
        """Wait for a message with these words in it that answers the person's last act."""
        what = f"a message to {chat} with {words!r}"
        found = await self.wait_for(lambda: [m for m in self.since(chat) if words in m.text], what, within=within)
        return found[0]

    async def settled(self, *, within: float = PATIENCE) -> None:
        """Wait until the bot has confirmed every update."""
        await self.wait_for(lambda: not self.inbox.pending, "that all updates are confirmed", within=within)

    def _left(self, group: Chat) -> Json:
        return self._update("my_chat_member", people.membership(group, int(time.time()), "member", "left"))

    def _act(self, chat: int, language: str | None = None) -> tuple[Chat, int, int]:
        who, number = self.world.chat(chat), next(self.world.numbers)
        who.language, who.acted = language or who.language, number
        return who, number, int(time.time())

    def _update(self, kind: str, body: Json) -> Json:
        update: Json = {"update_id": next(self._ids), kind: body}
        self.updates.append(update)
        self.inbox.add(update)
        return update

    def _button(self, chat: int, wanted: str, number: int | None) -> tuple[Message, str]:
        messages = [m for m in reversed(self.to(chat)) if number in (None, m.number)]
        for message in messages:
            buttons = message.buttons if number is None else list(message.every_button())
            for key in ("text", "callback_data"):
                for button in buttons:
                    if button.get(key) == wanted and "callback_data" in button:
                        return message, button["callback_data"]
        there = [label for message in messages for label in message.labels]
        raise AssertionError(f"There is no button {wanted!r} in chat {chat}; there are {there}")

    def _so_far(self, what: str, within: float) -> str:
        lines = [f"  to {m.chat}: {m.text!r} {m.labels}" for m in self.sent[-8:]] or ["  nothing"]
        refused = [f"  {call.method}: {call.refusal}" for call in self.refused[-4:]]
        waiting = [f"  unconfirmed updates: {self.inbox.pending[:20]}"] if self.inbox.pending else []
        return "\n".join([f"Waited {within:g} s for {what}. The bot sent last:", *lines, *refused, *waiting])

    def _ring(self) -> None:
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()
