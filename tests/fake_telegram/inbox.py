"""Updates on their way to the bot, as Telegram keeps them: unconfirmed ones come again, by polling or by webhook.

Polling: an update is forgotten only when a later call names a higher offset. Webhook: it is forgotten at a 2xx; else it
is sent again, with the same id, after a pause that doubles. Messages wait per chat, presses per person in another lane.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import aiohttp

from tests.fake_telegram.rules import Json, Params, Refusal, refused

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5  # seconds; Telegram starts at about one
ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}  # sent only when asked for
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
Order = Callable[[list[Json]], Iterable[Json]]


@dataclass(slots=True)
class Entry:
    """An update that waits. `again`: a repetition or a late-comer, sent even if the bot has already passed its id."""

    update: Json
    again: bool = False
    delivered: int = 0

    @property
    def id(self) -> int:
        return int(self.update["update_id"])

    @property
    def lane(self) -> tuple[str, int]:
        if press := self.update.get("callback_query"):
            return "press", int(press["from"]["id"])
        body = next(value for key, value in self.update.items() if key != "update_id")
        return "chat", int(body["chat"]["id"])


@dataclass(slots=True)
class Webhook:
    url: str = ""
    secret: str = ""
    connections: int = 40
    error: str = ""
    error_date: int = 0
    refused: int = 0  # answers that were not 2xx


class Inbox:
    """`ring` is called whenever something changed."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self.entries: list[Entry] = []
        self.allowed: list[str] = []
        self.webhook = Webhook()
        self.held: list[Json] | None = None
        self._ring, self._news = ring, asyncio.Event()
        self._poller: object = None
        self.polls = 0  # long polls that wait at this moment
        self._tasks: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._client: aiohttp.ClientSession | None = None

    @property
    def pending(self) -> list[int]:
        """The ids that the bot has not confirmed."""
        return [entry.id for entry in self.entries]

    def add(self, update: Json, *, again: bool = False) -> None:
        """Put an update in line, unless the bot did not ask for its kind."""
        kind = next(key for key in update if key != "update_id")
        if (kind not in self.allowed) if self.allowed else (kind in ON_REQUEST):
            return
        if self.held is not None:
            self.held.append(update)
            return
        self.entries.append(Entry(update, again))
        self.stir()

    def hold(self) -> None:
        """Keep what comes now aside, until `release`."""
        self.held = []

    def release(self, order: Order) -> None:
        held, self.held = self.held or [], None
        for update in order(held):
            self.add(update, again=True)

    async def get_updates(self, params: Params) -> list[Json]:
        """A long poll. A second one ends the first with 409."""
        if self.webhook.url:
            raise Refusal(409, WEBHOOK_ACTIVE)
        self._allow(params)
        self._confirm(params.number("offset"))
        me = self._poller = object()
        self.stir()
        until = time.monotonic() + max(0, params.number("timeout"))
        limit = min(max(params.number("limit", 100), 1), 100)
        while not self._due(params.number("offset")) and (left := until - time.monotonic()) > 0:
            if not await self._wait(left):
                break
            if self._poller is not me:
                raise Refusal(409, OTHER_POLLER)
            if self.webhook.url:
                raise Refusal(409, "Conflict: terminated by setWebhook request")
        return [self._hand_out(entry) for entry in self._due(params.number("offset"))[:limit]]

    def set_webhook(self, params: Params) -> bool:
        url, secret = params.text("url"), params.text("secret_token")
        if url and not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise refused("bad webhook: An HTTPS URL must be provided for webhook")
        self._allow(params)
        self._drop(params)
        self.webhook = Webhook(url, secret, params.number("max_connections", 40))
        self.stir()
        return True

    def delete_webhook(self, params: Params) -> bool:
        self._drop(params)
        self.webhook = Webhook()
        return True

    def webhook_info(self, _: Params) -> Json:
        hook = self.webhook
        info: Json = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(self.entries)}
        info |= {"max_connections": hook.connections, "allowed_updates": self.allowed}
        if hook.error:
            info |= {"last_error_date": hook.error_date, "last_error_message": hook.error}
        return info

    def stir(self) -> None:
        """Wake whoever waits, and start the lanes of the webhook."""
        news, self._news = self._news, asyncio.Event()
        news.set()
        self._ring()
        if self.webhook.url:
            for lane in dict.fromkeys(entry.lane for entry in self.entries):
                if lane not in self._tasks and len(self._tasks) < self.webhook.connections:
                    self._tasks[lane] = asyncio.create_task(self._run(lane))

    async def close(self) -> None:
        for task in (tasks := list(self._tasks.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client:
            await self._client.close()

    async def _wait(self, seconds: float) -> bool:
        """False when nothing happened in that time."""
        news, self.polls = self._news, self.polls + 1
        self._ring()
        try:
            await asyncio.wait_for(news.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            self.polls -= 1
        return True

    def _allow(self, params: Params) -> None:
        if (allowed := params.json("allowed_updates")) is not None:
            self.allowed = list(allowed)

    def _drop(self, params: Params) -> None:
        if params.flag("drop_pending_updates"):
            self.entries.clear()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            del self.entries[:offset]
        elif offset:
            self.entries = [e for e in self.entries if e.id >= offset or (e.again and not e.delivered)]

    def _due(self, offset: int) -> list[Entry]:
        return [entry for entry in self.entries if entry.id >= offset or entry.again]

    def _hand_out(self, entry: Entry) -> Json:
        entry.delivered += 1
        return entry.update

    async def _run(self, lane: tuple[str, int]) -> None:
        pause = FIRST_PAUSE
        try:
            while self.webhook.url and (entry := next((e for e in self.entries if e.lane == lane), None)):
                if await self._push(entry):
                    self.entries = [other for other in self.entries if other is not entry]
                    self._ring()
                    pause = FIRST_PAUSE
                else:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            self._tasks.pop(lane, None)
        self.stir()

    async def _push(self, entry: Entry) -> bool:
        hook = self.webhook
        self._client = self._client or aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        headers = {SECRET_HEADER: hook.secret} if hook.secret else {}
        entry.delivered += 1
        try:
            async with self._client.post(hook.url, json=entry.update, headers=headers) as answer:
                if 200 <= answer.status <= 299:
                    return True
                hook.error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, OSError, TimeoutError):
            hook.error = "Connection refused"
        hook.refused, hook.error_date = hook.refused + 1, int(time.time())
        self._ring()
        return False
