"""Receiving by webhook: one Starlette route that answers 200 only after the commit.

503 while the store is away and 500 for anything else: Telegram keeps the update and sends it again. Who does not know
the secret learns nothing; a body over 1 MB is not read.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot

from bot.channels.telegram.connection import until_answered
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.updates import ALLOWED
from bot.store.failures import StoreAway

SECRET_HEADER = "x-telegram-bot-api-secret-token"
LARGEST = 1024 * 1024  # bytes of one update; Telegram's own are a few kilobytes
CONNECTIONS = 40  # Telegram's default: how many updates it sends side by side

log = structlog.get_logger("bot.telegram")


class TooLarge(Exception):
    """The body is larger than any update of Telegram."""


class Webhook:
    """The receiver. `last_contact` is the monotonic time of the last accepted request, 0.0 before the first."""

    def __init__(self, bot: Bot, intake: Intake, url: str, secret: str) -> None:
        self.bot = bot
        self.intake = intake
        self.url = url
        self.secret = secret
        self.last_contact = 0.0

    def route(self) -> Route:
        """The route, at the path of the public address."""
        return Route(urlsplit(self.url).path or "/", self.receive, methods=["POST"])

    async def run(self) -> None:
        """Announce the address, then leave everything to the route; ends by cancellation."""
        await self.announce()
        await asyncio.Event().wait()

    async def announce(self) -> None:
        """Tell Telegram where to send, until it has heard; nothing that waits is dropped."""
        await until_answered("setWebhook", self._set)
        self.last_contact = time.monotonic()

    async def receive(self, request: Request) -> Response:
        """One update: 200 once it is committed."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return Response(status_code=403)
        try:
            update = json.loads(await _body(request))
        except TooLarge:
            return Response(status_code=413)
        except (ValueError, ClientDisconnect):
            return Response(status_code=400)
        if not isinstance(update, dict):
            return Response(status_code=400)
        return Response(status_code=await self._accept(update))

    async def _accept(self, update: dict[str, Any]) -> int:
        self.last_contact = time.monotonic()
        try:
            await self.intake.accept(update)
        except StoreAway:
            return 503
        except Exception:
            log.exception("update_not_committed", update=update.get("update_id"))
            return 500
        return 200

    async def _set(self) -> Any:
        arguments = {
            "url": self.url,
            "secret_token": self.secret,
            "allowed_updates": list(ALLOWED),
            "max_connections": CONNECTIONS,
        }
        return await self.bot.do_api_request("setwebhook", arguments)


async def _body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > LARGEST:
        raise TooLarge
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise TooLarge
    return bytes(body)
