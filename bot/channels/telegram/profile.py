"""What people see before they press Start: commands, description, short description, and a name if there is none.

Compared with what Telegram has and written only where it differs, at the start, in the background: a profile that could
not be set keeps nobody from talking.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

DESCRIPTION = 512  # characters, shown before Start
SHORT_DESCRIPTION = 120
COMMAND_DESCRIPTION = 256
DEFAULT_LANGUAGE = "en"

log = structlog.get_logger("bot.telegram")


class ProfileWords(msgspec.Struct, frozen=True):
    """The words of one language. `commands` are pairs of name and description, in the order of the menu."""

    name: str
    description: str
    short_description: str
    commands: tuple[tuple[str, str], ...]


async def update_profile(bot: Bot, words: Mapping[str, ProfileWords]) -> int:
    """Bring the profile up to date in every language; English is what all others see. Returns how much was written.

    Never raises: what Telegram refuses is logged and left.
    """
    written = 0
    for language, said in words.items():
        codes = (None, language) if language == DEFAULT_LANGUAGE else (language,)
        for code in codes:
            written += await _update_language(bot, code, said)
    if written:
        log.info("profile_updated", written=written)
    return written


async def _update_language(bot: Bot, code: str | None, words: ProfileWords) -> int:
    steps = (_commands, _description, _short_description, _name)
    written = 0
    for step in steps:
        try:
            written += await step(bot, code, words)
        except TelegramError as error:
            log.warning(
                "profile_not_updated", language=code or "default", part=step.__name__, failure=type(error).__name__
            )
    return written


async def _commands(bot: Bot, code: str | None, words: ProfileWords) -> bool:
    scope = BotCommandScopeAllPrivateChats()
    wanted = [BotCommand(name, text[:COMMAND_DESCRIPTION]) for name, text in words.commands]
    if list(await bot.get_my_commands(scope=scope, language_code=code)) == wanted:
        return False
    return await bot.set_my_commands(wanted, scope=scope, language_code=code)


async def _description(bot: Bot, code: str | None, words: ProfileWords) -> bool:
    wanted = words.description[:DESCRIPTION]
    if (await bot.get_my_description(language_code=code)).description == wanted:
        return False
    return await bot.set_my_description(wanted, language_code=code)


async def _short_description(bot: Bot, code: str | None, words: ProfileWords) -> bool:
    wanted = words.short_description[:SHORT_DESCRIPTION]
    if (await bot.get_my_short_description(language_code=code)).short_description == wanted:
        return False
    return await bot.set_my_short_description(wanted, language_code=code)


async def _name(bot: Bot, code: str | None, words: ProfileWords) -> bool:
    """The operator's own name for the bot stays; Telegram gives back that name for every language without one."""
    if (await bot.get_my_name(language_code=code)).name:
        return False
    return await bot.set_my_name(words.name, language_code=code)
