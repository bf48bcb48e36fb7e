"""A small Telegram for tests: a Bot API server over real HTTP that checks what a bot sends as Telegram does.

    async with FakeTelegram() as telegram:
        telegram.say(5, "/start")                       # a person writes
        message = await telegram.hears(5, "Welcome")    # the bot's answer, as the person reads it
        telegram.press(5, "Yes", message.number)        # a button, by its label or its data
        telegram.next("sendMessage", too_many(2))       # trouble on order
        assert telegram.refused == []                   # nothing was sent that Telegram would not take

`python -m tests.fake_telegram --port N --journal FILE` runs it apart; `Remote(port)` then drives it.
"""

from tests.fake_telegram.chat import TOKEN, Chat, Message, Press
from tests.fake_telegram.control import Remote
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.faults import (
    Fault,
    bad_gateway,
    blocked,
    hang,
    refusal,
    reset_after,
    reset_before,
    too_many,
)
from tests.fake_telegram.inbox import SECRET_HEADER
from tests.fake_telegram.people import MEDIA
from tests.fake_telegram.server import Call

__all__ = [
    "MEDIA",
    "SECRET_HEADER",
    "TOKEN",
    "Call",
    "Chat",
    "FakeTelegram",
    "Fault",
    "Message",
    "Press",
    "Remote",
    "bad_gateway",
    "blocked",
    "hang",
    "refusal",
    "reset_after",
    "reset_before",
    "too_many",
]
