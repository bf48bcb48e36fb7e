"""Telegram's door: updates in, messages out.

`TelegramDoor` is all of it. Inside, `Polling` or `Webhook` receive, `Intake` hands over and waits for the commit,
`TelegramChannel` sends, and `update_profile` keeps what people see before they press Start.
"""

from bot.channels.telegram.connection import SecondReceiver, TokenRefused, connect
from bot.channels.telegram.door import TelegramDoor
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.profile import ProfileWords, update_profile
from bot.channels.telegram.sender import TelegramChannel
from bot.channels.telegram.webhook import Webhook

__all__ = [
    "Intake",
    "Polling",
    "ProfileWords",
    "SecondReceiver",
    "TelegramChannel",
    "TelegramDoor",
    "TokenRefused",
    "Webhook",
    "connect",
    "update_profile",
]
