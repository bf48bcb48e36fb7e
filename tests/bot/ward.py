"""A whole service at a clinic, on a fake Telegram, with a clock that can be moved; killed and started again at will."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bot.channels.telegram import TelegramDoor
from bot.desk import Desk
from bot.house import House, compose, lived_in
from bot.running import end
from bot.settings import Settings
from bot.store import on_call
from bot.store.store import Store
from bot.store.vault import Vault
from flows.clinic import Clinic, Duty
from flows.library import Library, with_clinic
from tests.fake_telegram import TOKEN, FakeTelegram

MASTER = bytes(range(32))
PERSON, DESK, LEADS = 7, -1001, 9001  # a participant, a group, a private chat
CLINIC = Clinic(
    "Riverside Clinic",
    "555 0100",
    "Ask for the duty desk.",
    "UTC",
    (Duty("duty desk", "first"), Duty("leads", "second")),
    always=True,
)
DANGER = "I am going to kill myself tonight"


class Clock:
    """The real time, and what was added to it."""

    def __init__(self) -> None:
        self.later = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.later


class Ward:
    """`telegram` is the world; `house` is the service of this life."""

    def __init__(self, home: Path, telegram: FakeTelegram, library: Library, clinic: Clinic | None = CLINIC) -> None:
        self.home, self.telegram, self.clock = home, telegram, Clock()
        self.library = with_clinic(library, clinic)
        self._ends = AsyncExitStack()

    async def start(self) -> None:
        settings = Settings(home=self.home, pace=0.0)
        self.store = Store(f"sqlite:///{self.home / 'willow.db'}", Vault(MASTER))
        self.store.migrate()
        self.house: House = compose(settings, self.store, self.library, pushing=["telegram"], clock=self.clock)
        self.door = TelegramDoor(TOKEN, self.telegram.base_url, self.telegram.base_url)
        self.house.channels["telegram"] = self.door.channel
        self.door.lead_to(self.house.turns.take, self.clock, "Willow leaves.", self._desk())
        self._ends = AsyncExitStack()
        self._ends.push_async_callback(self.door.close)
        await self._ends.enter_async_context(lived_in(self.house))
        self._running = asyncio.ensure_future(self.door.run({}))

    def _desk(self) -> Desk | None:
        watch, clinic = self.house.watch, self.house.library.clinic
        return Desk(self.store, self.house.channels, self.clock, clinic, watch.wake) if watch and clinic else None

    async def stop(self) -> None:
        await end([self._running])
        await self._ends.aclose()

    async def again(self) -> None:
        """The next life, after an end in order."""
        await self.stop()
        await self.start()

    def forward(self, **time: float) -> None:
        """Let time pass."""
        self.clock.later += dt.timedelta(**time)
        if self.house.watch:
            self.house.watch.wake()

    def code(self, name: str) -> str:
        return self.store.now(lambda connection: on_call.new_code(connection, self.store.vault, name, self.clock()))

    async def register(self, chat: int, name: str) -> None:
        """Somebody writes the code into a chat, and the bot confirms."""
        self.telegram.world.chat(chat, type="private" if chat > 0 else "supergroup")
        self.telegram.say(chat, f"/oncall {self.code(name)}")
        await self.telegram.hears(chat, "is registered")

    async def agree(self, person: int = PERSON) -> None:
        """The person switches alerts on."""
        self.telegram.say(person, "/access")
        await self.telegram.hears(person, "Shall alerts be on?")
        self.telegram.press(person, "Yes, switch them on")
        await self.telegram.hears(person, "Alerts are on.")

    async def lines(self, chat: int, count: int) -> list[Any]:
        """Wait until so many lines of alerts stand in an on-call chat."""
        await self.telegram.wait_for(lambda: len(self.standing(chat)) >= count, f"{count} lines in {chat}")
        return self.standing(chat)

    def standing(self, chat: int) -> list[Any]:
        """The lines of alerts in a chat, as they read now."""
        return [message for message in self.telegram.to(chat) if "The person" in message.text]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.store.transaction() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    async def holds(self, sql: str, wanted: list[tuple[Any, ...]]) -> None:
        """Wait until the rows are so."""
        async with asyncio.timeout(10):
            while self.rows(sql) != wanted:  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.02)
