"""What became of a call to the Bot API: each error that can come, in one table, made an Outcome.

The reason never holds words of a message, only our own name for what happened. Descriptions are compared in lower case
by a piece that has been stable for years; an unknown one is `refused`: it is counted, and the person's line goes on.
"""

from __future__ import annotations

import datetime as dt
import secrets

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.channels import Outcome
from bot.channels.http import OutcomeUnknown

UNREACHABLE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found", "chat_id_invalid")
DONE = ("message is not modified", "query is too old", "query id is invalid")
GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
)
MARKUP = ("can't parse entities", "can't find end", "unsupported start tag")
FIRST_PAUSE = 1.0  # seconds before a send that certainly did not arrive is tried again; doubled per attempt
LONGEST_PAUSE = 60.0
REFUSED_TOKEN_PAUSE = 60.0


def outcome_of(error: TelegramError, attempts: int = 0) -> Outcome:
    """The Outcome for an error of a send; `attempts` counts the earlier ones and lengthens the pause."""
    if isinstance(error, RetryAfter):
        return Outcome("wait", seconds=seconds_of(error), reason="too many requests")
    if isinstance(error, Forbidden | ChatMigrated):
        return Outcome("unreachable", reason="forbidden")
    if isinstance(error, InvalidToken):
        return Outcome("wait", seconds=REFUSED_TOKEN_PAUSE, reason="the token was refused")
    if isinstance(error, BadRequest):
        return _refusal(error)
    if isinstance(error, OutcomeUnknown | TimedOut):
        return Outcome("unknown", reason="no answer")
    return Outcome(
        "wait", seconds=pause(attempts), reason="not reachable"
    )  # NotSent, or an answer of a server in trouble


def _refusal(error: BadRequest) -> Outcome:
    if says(error, DONE):
        return Outcome("sent", reason="it was so already")
    if says(error, UNREACHABLE):
        return Outcome("unreachable", reason="chat not found")
    if says(error, GONE):
        return Outcome("refused", reason="the message is gone")
    return Outcome("refused", reason="the markup was refused" if says(error, MARKUP) else "bad request")


def says(error: TelegramError, pieces: tuple[str, ...]) -> bool:
    """Does the description hold one of the pieces?"""
    description = error.message.lower()
    return any(piece in description for piece in pieces)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants us to wait; PTB gives a number or a timedelta."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, dt.timedelta) else float(after)


def pause(attempts: int) -> float:
    """Doubling, bounded, with a spread of a quarter so that many do not come back at once."""
    seconds: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempts, 10))
    return seconds * (0.75 + secrets.randbelow(1000) / 2000)
