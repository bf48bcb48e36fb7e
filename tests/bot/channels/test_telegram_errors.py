"""The table of what can come back from Telegram, and what becomes of the message."""

from __future__ import annotations

import datetime as dt

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.http import NotSent, OutcomeUnknown
from bot.channels.telegram.errors import LONGEST_PAUSE, outcome_of, pause

TABLE: tuple[tuple[TelegramError, str], ...] = (
    (RetryAfter(7), "wait"),
    (Forbidden("Forbidden: bot was blocked by the user"), "unreachable"),
    (Forbidden("Forbidden: user is deactivated"), "unreachable"),
    (Forbidden("Forbidden: bot can't initiate conversation with a user"), "unreachable"),
    (ChatMigrated(-1), "unreachable"),
    (BadRequest("Bad Request: chat not found"), "unreachable"),
    (BadRequest("Bad Request: message is not modified: specified new message content is the same"), "sent"),
    (BadRequest("Bad Request: query is too old and response timeout expired or query ID is invalid"), "sent"),
    (BadRequest("Bad Request: message to edit not found"), "refused"),
    (BadRequest("Bad Request: something that nobody has seen yet"), "refused"),
    (NotSent("ClientConnectorError"), "wait"),
    (NetworkError("Bad Gateway"), "wait"),
    (OutcomeUnknown("ServerDisconnectedError"), "unknown"),
    (TimedOut(), "unknown"),
    (InvalidToken("Unauthorized"), "wait"),
)


@pytest.mark.parametrize(("error", "kind"), TABLE, ids=lambda value: str(value)[:40])
def test_each_error_has_its_outcome(error: TelegramError, kind: str) -> None:
    assert outcome_of(error).kind == kind


@pytest.mark.parametrize("after", [7, dt.timedelta(seconds=7)])
def test_telegram_says_how_long_to_wait(after: int | dt.timedelta) -> None:
    assert outcome_of(RetryAfter(after)).seconds == 7


def test_a_reason_never_repeats_what_telegram_quotes() -> None:
    refused = outcome_of(BadRequest("Bad Request: can't parse entities in 'my own words'"))
    assert "my own words" not in refused.reason


def test_pauses_grow_and_have_an_end() -> None:
    assert pause(0) < 1.3
    assert 3 <= pause(2) <= 5
    assert pause(500) <= LONGEST_PAUSE * 1.25
