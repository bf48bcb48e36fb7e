"""What Telegram would not take is refused in its words, and remembered."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from telegram import Bot, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, InvalidToken
from telegram.warnings import PTBUserWarning

from bot.channels.http import AiohttpRequest
from tests.fake_telegram import (
    FakeTelegram,
)

CHAT = 5


async def raw(bot: Bot, method: str, **given: Any) -> Any:
    """A call that the library's own methods would not let through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBUserWarning)
        return await bot.do_api_request(method, given)


async def write(bot: Bot, text: str, **more: Any) -> Message:
    return await bot.send_message(CHAT, text, parse_mode=ParseMode.HTML, **more)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" ", "Message text is empty"),
        ("<b> </b>", "Text must be non-empty"),
        ("x" * 4097, "Message is too long"),
        ("🌿" * 2049, "Message is too long"),
        ("<p>x</p>", "Can't parse entities: unsupported start tag"),
    ],
)
async def test_a_text_telegram_would_not_take_is_refused_and_remembered(
    telegram: FakeTelegram, bot: Bot, text: str, why: str
) -> None:
    telegram.say(CHAT, "/start")
    with pytest.raises(BadRequest, match=why):
        await write(bot, text)
    assert (telegram.sent, [call.method for call in telegram.refused]) == ([], ["sendMessage"])


async def test_4096_units_after_parsing_are_taken(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.say(CHAT, "/start")
    await write(bot, "<b>" + "&amp;" * 4096 + "</b>")
    assert telegram.sent[0].text == "&" * 4096


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ({"inline_keyboard": [[{"text": "A", "callback_data": "x" * 65}]]}, "Button_data_invalid"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": "é" * 33}]]}, "Button_data_invalid"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": ""}]]}, "Button_data_invalid"),
        ({"inline_keyboard": [[{"text": "A"}]]}, "Text buttons are unallowed"),
        ({"inline_keyboard": [[{"text": " ", "callback_data": "x"}]]}, "must be non-empty"),
        ({"inline_keyboard": [[{"callback_data": "x"}]]}, "must be of type String"),
        ({"inline_keyboard": [{"text": "A", "callback_data": "x"}]}, "must be of type Array"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": "x"}] * 101]}, "Reply markup is too long"),
        (["A"], "Object expected as reply markup"),
        ({"buttons": []}, "Can't parse reply markup"),
    ],
)
async def test_a_keyboard_telegram_would_not_take_is_refused(
    telegram: FakeTelegram, bot: Bot, markup: Any, why: str
) -> None:
    telegram.say(CHAT, "/start")
    with pytest.raises(BadRequest, match=f"(?i){why}"):
        await raw(bot, "sendMessage", chat_id=CHAT, text="x", reply_markup=markup)


async def test_nobody_hears_from_a_bot_they_never_wrote_to(telegram: FakeTelegram, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await write(bot, "hello")


async def test_another_token_and_an_unknown_method_are_refused(telegram: FakeTelegram, bot: Bot) -> None:
    async with AiohttpRequest() as request:
        with pytest.raises(InvalidToken):
            await Bot("1:other", base_url=telegram.base_url, request=request).get_me()
    with pytest.raises(InvalidToken):
        await raw(bot, "sendRichMessage", chat_id=CHAT)
