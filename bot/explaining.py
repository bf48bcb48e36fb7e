"""`willow explain`: why a text is taken as it is, and how often each rule was met. The text is never stored."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from bot.refusals import Refusal

if TYPE_CHECKING:
    from bot.settings import Settings
    from flows.library import Library

STDIN = ("", "-")


def explain_text(settings: Settings, text: str, language: str, country: str, *, json: bool) -> str:
    """The trace, for people or for programs. Without a text, what stands on standard input is taken."""
    from bot.explain_words import trace_lines
    from bot.house import now
    from flows.explaining import explain

    said = _typed() if text in STDIN else text
    found = explain(_library(settings), said, language, _country(country), now())
    return _json(found) if json else "\n".join(trace_lines(said, found))


def count_rules(settings: Settings, month: str, *, json: bool) -> str:
    """What screening decided, by month, rule and language; small numbers are masked."""
    from bot.counting import count_lines, counted, span
    from bot.database import open_store

    since, until = span(month)
    if not settings.database and not (settings.home / "willow.db").exists():
        raise Refusal("There is no database yet, so nothing was decided. The first start of `willow serve` makes it.")
    store = open_store(settings)
    try:
        found = store.now(lambda connection: counted(connection, store.vault, since, until))
    finally:
        store.close()
    return _json(found) if json else "\n".join(count_lines(found))


def _json(found: object) -> str:
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()


def _typed() -> str:
    if sys.stdin.isatty():
        raise Refusal("Name the text in quotation marks, or hand it in: echo TEXT | willow explain")
    return sys.stdin.buffer.read().decode("utf-8", "replace").removesuffix("\n")


def _library(settings: Settings) -> Library:
    from bot.content import overlay_of
    from flows.library import load_library

    library, _ = load_library(settings.content, overlay=overlay_of(settings))
    if library is None:
        raise Refusal(f"The content in {settings.content} cannot be used. To see why, run: willow check")
    return library


def _country(code: str) -> str:
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise Refusal("--country takes two letters, for example GB.")
    return code.upper()
