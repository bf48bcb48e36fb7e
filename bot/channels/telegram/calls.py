"""One thin call to the Bot API, for what is sent with every turn.

`Bot.do_api_request` looks through each value for files, objects and dates before it sends; our values are plain JSON
already, and looking took as long as all the rest of a call. Errors are those of PTB.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec
from telegram import Bot
from telegram.request import RequestData


class Plain(msgspec.Struct, frozen=True):
    """What a request reads of a `RequestData` without files."""

    parameters: dict[str, Any]
    contains_files: bool = False


async def call(bot: Bot, method: str, arguments: dict[str, Any]) -> Any:
    """The result of a method named in lower case. Arguments that are None are left out. Raises TelegramError."""
    plain = Plain({name: value for name, value in arguments.items() if value is not None})
    return await bot.request.post(f"{bot.base_url}/{method}", cast(RequestData, plain))
