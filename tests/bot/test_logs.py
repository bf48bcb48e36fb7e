"""The log knows ids and counts. A canary goes through every way in, and must not come out."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import start_log

CANARY = "I told nobody but Willow"
TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz12345"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root, configuration = logging.getLogger(), structlog.get_config()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    start_log("INFO", secrets=("key-of-the-house",), stream=stream)
    yield stream
    root.handlers[:], root.level = before
    structlog.configure(**configuration)


def fail(words: str) -> None:
    hidden = words
    raise ValueError(hidden)


def test_what_happened_and_to_which_id_is_written(out: io.StringIO) -> None:
    structlog.get_logger("bot.turns").info("turn_taken", participant="a1b2", replies=3)
    assert "event=turn_taken logger=bot.turns participant=a1b2 replies=3" in out.getvalue()


def test_a_failure_says_its_type_and_place_and_none_of_its_words(out: io.StringIO) -> None:
    try:
        fail(CANARY)
    except ValueError as error:
        structlog.get_logger("bot.turns").exception("turn_failed", reason=error)
    assert "failure=ValueError" in out.getvalue()
    assert "test_logs.py:" in out.getvalue()
    assert CANARY not in out.getvalue()


@pytest.mark.parametrize(
    "name", ["bot.store", "aiohttp.client", "telegram.Bot", "asyncio", "sqlalchemy.engine", "root"]
)
def test_the_standard_logging_lets_no_words_through(name: str, out: io.StringIO) -> None:
    log = logging.getLogger(name)
    log.warning("said: %s", CANARY)
    try:
        fail(CANARY)
    except ValueError:
        log.exception("failed with %s", CANARY)
    assert out.getvalue().count("level=") == 2
    assert CANARY not in out.getvalue()


def test_a_line_of_another_library_is_only_a_place(out: io.StringIO) -> None:
    logging.getLogger("aiohttp.client").warning("said: " + CANARY)
    assert CANARY not in out.getvalue()


@pytest.mark.parametrize("name", ["httpx", "aiohttp.access", "telegram.ext"])
def test_libraries_that_print_addresses_are_quiet(name: str, out: io.StringIO) -> None:
    logging.getLogger(name).info("POST /bot%s/sendMessage", TOKEN)
    assert out.getvalue() == ""


def test_a_token_is_hidden_wherever_it_stands(out: io.StringIO) -> None:
    structlog.get_logger("bot").info("called", url=f"https://example.org/bot{TOKEN}/getMe", more={"token": TOKEN})
    assert "AAF-" not in out.getvalue()


def test_a_secret_without_the_shape_of_a_token_is_hidden_too(out: io.StringIO) -> None:
    structlog.get_logger("bot").info("called", header="key-of-the-house")
    assert "key-of-the-house" not in out.getvalue()
