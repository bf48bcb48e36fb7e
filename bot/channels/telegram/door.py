"""Telegram's door as one thing: the bot, the channel out, and the receiver in, by polling or by webhook."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from starlette.routing import Route
from telegram import Bot

from bot.channels import Desk
from bot.channels.http import AiohttpRequest
from bot.channels.telegram.connection import connect
from bot.channels.telegram.intake import Clock, Intake, Take
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.profile import ProfileWords, update_profile
from bot.channels.telegram.sender import TelegramChannel
from bot.channels.telegram.webhook import Webhook

SILENCE = 120.0  # seconds without a word from Telegram after which something is not well; a poll lasts at most 65


class TelegramDoor:
    """Closed until `run`. `webhook_url` empty means polling; `secret` is what Telegram shows at the webhook."""

    def __init__(self, token: str, api: str, files: str, *, webhook_url: str = "", secret: str = "") -> None:
        request = AiohttpRequest()
        self.bot = Bot(token, base_url=api, base_file_url=files, request=request, get_updates_request=request)
        self.channel = TelegramChannel(self.bot)
        self.webhook_url = webhook_url
        self.secret = secret
        self.receiver: Polling | Webhook | None = None
        self._since = time.monotonic()

    def lead_to(self, take: Take, clock: Clock, group_words: str, desk: Desk | None = None) -> None:
        """Say where what comes in is handed over; before `run` and `routes`. `desk`: for a clinic's on-call chats."""
        intake = Intake(take, self.bot, clock, group_words, desk)
        if self.webhook_url:
            self.receiver = Webhook(self.bot, intake, self.webhook_url, self.secret)
        else:
            self.receiver = Polling(self.bot, intake)

    def routes(self) -> list[Route]:
        """What the web server must serve for it: the webhook, or nothing."""
        return [self.receiver.route()] if isinstance(self.receiver, Webhook) else []

    async def run(self, profile: Mapping[str, ProfileWords]) -> None:
        """Receive for ever. Raises TokenRefused or SecondReceiver."""
        assert self.receiver is not None
        await connect(self.bot)
        await asyncio.gather(self.receiver.run(), update_profile(self.bot, profile))

    async def trouble(self) -> str:
        """For /readyz: empty, or that Telegram is silent. A webhook is silent while nobody writes."""
        last = self.receiver.last_contact if self.receiver else 0.0
        quiet = time.monotonic() - max(last, self._since)
        if quiet < SILENCE or (last and self.webhook_url):
            return ""
        return f"Telegram has not answered for {quiet:.0f} seconds."

    async def close(self) -> None:
        """Close the connections, after the last send."""
        await self.bot.shutdown()
