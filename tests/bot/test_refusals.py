"""Whatever ends a command is one sentence: never a stack trace, never a value."""

from __future__ import annotations

import errno

import pytest

from bot.channels.telegram import SecondReceiver
from bot.refusals import Refusal, sentence
from bot.settings import WrongSettings
from bot.store.failures import StoreFull


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001  to have a place
        return caught


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Refusal("Do this."), "Do this."),
        (SecondReceiver(), "Another program receives the messages of this bot."),
        (StoreFull(), "The disk is full; make room, and Willow goes on by itself."),
        (WrongSettings("WILLOW_PACE: no.", "WILLOW_HOME: no."), "WILLOW_PACE: no.\nWILLOW_HOME: no."),
        (OSError(errno.ENOSPC, "No space left"), "The disk is full."),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/willow"), "No permission (/srv/willow)."),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "a.yaml"), "No such file or directory (a.yaml)."),
    ],
)
def test_each_error_has_its_sentence(error: BaseException, words: str) -> None:
    assert sentence(error).startswith(words)


def test_a_mistake_of_ours_names_its_place_and_no_value() -> None:
    told = sentence(raised(ValueError("canary")))
    assert told.startswith("A mistake inside Willow: ValueError at test_refusals.py:")
    assert "canary" not in told
