"""The line to Telegram: the bot object, the first contact, and the pauses when it does not answer.

Telegram not being reachable is never a reason to end; a refused token and a second receiver are, and say so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.errors import pause, seconds_of

T = TypeVar("T")

log = structlog.get_logger("bot.telegram")


class TokenRefused(Exception):
    """Telegram refused WILLOW_TELEGRAM_TOKEN. Copy the token again from BotFather, or ask it for a new one."""


class SecondReceiver(Exception):
    """Another program receives the messages of this bot. Stop it, or give this one its own token from BotFather."""


async def until_answered(what: str, call: Callable[[], Awaitable[T]]) -> T:
    """Call until Telegram answers, with growing pauses. Raises what no waiting cures: TokenRefused, SecondReceiver."""
    failures = 0
    while True:
        try:
            answer = await call()
        except InvalidToken:
            raise TokenRefused from None
        except Conflict:
            raise SecondReceiver from None
        except TelegramError as error:
            seconds = seconds_of(error) if isinstance(error, RetryAfter) else pause(failures)
            log.warning("telegram_away", call=what, failures=failures + 1, seconds=round(seconds, 1))
            await asyncio.sleep(seconds)
            failures += 1
        else:
            if failures:
                log.info("telegram_back", call=what, failures=failures)
            return answer


async def connect(bot: Bot) -> None:
    """The first contact: is the token good, and what is the bot called?"""
    await until_answered("getMe", bot.initialize)
