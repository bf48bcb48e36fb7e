"""`willow doctor`: what an operator would want to know before people come, in plain sentences.

It looks; all that it may change is the version of an older database. Every finding is well, worth a look, or wrong, and
none shows a secret.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.refusals import sentence
from bot.settings import Settings, WrongSettings, unknown_settings

if TYPE_CHECKING:
    from flows.problems import Problem

LITTLE_SPACE = 200 * 1024 * 1024  # bytes
MARKS = {"well": "well ", "look": "look ", "wrong": "WRONG"}
PATIENCE = 10.0  # seconds for Telegram
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing."""

    level: Literal["well", "look", "wrong"]
    words: str

    def __str__(self) -> str:
        return f"{MARKS[self.level]}  {self.words}"


def examine(read: Callable[[], Settings]) -> list[Finding]:
    """Every finding, in the order in which an operator would mend them. `read` reads the settings."""
    try:
        settings = read()
    except WrongSettings as wrong:
        return [Finding("wrong", str(words)) for words in wrong.args]
    looks = (_home, _key, _content, _database, _clinic, _telegram)
    strangers = [Finding("look", words) for words in unknown_settings()]
    return [
        Finding("well", "The settings can be read."),
        *strangers,
        *(each for look in looks for each in look(settings)),
    ]


def _home(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    if not home.exists():
        yield Finding("look", f"The folder {home} is not there yet; the first start makes it.")
        return
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding("wrong", f"WILLOW_HOME: this account may not write to {home}. Give it the right to.")
    elif _others_may(home):
        yield Finding("look", f"Other accounts of this machine can look into {home}. Close it: chmod 700 {home}")
    else:
        yield Finding("well", f"The folder {home} is there, and only this account can look into it.")
    if shutil.disk_usage(home).free < LITTLE_SPACE:
        yield Finding("look", f"There is little space left on the disk of {home}. Free some before it is full.")


def _others_may(path: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _key(settings: Settings) -> Iterator[Finding]:
    from bot.store.master_key import read_master_key

    if settings.master_key is None and not settings.key_file.exists():
        yield _no_key(settings)
        return
    try:
        read_master_key(settings.master_key.get_secret_value() if settings.master_key else settings.key_file)
    except Exception as error:  # noqa: BLE001  the sentence of whatever it is
        yield Finding("wrong", sentence(error))
        return
    if settings.master_key is None and _others_may(settings.key_file):
        yield Finding("wrong", f"Other accounts can read the key. Close it: chmod 600 {settings.key_file}")
    if settings.master_key is None and settings.key_file.is_relative_to(settings.home):
        yield Finding("look", _beside(settings))
    else:
        yield Finding("well", "The master key lies apart from the database.")


def _no_key(settings: Settings) -> Finding:
    if settings.master_key_file or (settings.home / "willow.db").exists():
        return Finding("wrong", f"WILLOW_MASTER_KEY_FILE: {settings.key_file} is not there; put the key back there.")
    return Finding("look", f"There is no master key yet; the first start makes one in {settings.key_file}.")


def _beside(settings: Settings) -> str:
    return (
        f"The master key lies beside the database ({settings.key_file}): who copies the folder can read everything. "
        "Move it elsewhere, set WILLOW_MASTER_KEY_FILE, and keep a copy in a safe place."
    )


def _content(settings: Settings) -> Iterator[Finding]:
    from bot.content import OVERLAY, overlay_of
    from bot.house import now
    from bot.screening import lacking_words
    from flows.helplines import ageing_lines, old_lines
    from flows.library import load_library

    if not settings.content.is_dir():
        yield Finding("wrong", f"WILLOW_CONTENT: {settings.content} is no folder.")
        return
    library, every = load_library(settings.content, overlay=overlay_of(settings))
    local = [problem for problem in every if problem.file.startswith(f"{OVERLAY}/")]
    serious = sum(problem.severity != "warn" for problem in every if problem not in local)
    if library is None:
        yield Finding("wrong", f"The content in {settings.content} cannot be used; `willow check` says why.")
    elif serious:
        yield Finding(
            "wrong", f"The content has {serious} problems that hold something back; `willow check` lists them."
        )
    else:
        yield Finding("well", f"The content can be read, in {len(library.languages)} languages.")
    if library is not None and (words := lacking_words(library.signals)):
        yield Finding("wrong", words)
    yield from _overlay(settings, local)
    if library is not None and (old := len(old_lines(library.helplines, now().date()))):
        yield Finding(
            "look", f"{old} helplines were not looked at for half a year; `willow check --release` lists them."
        )
    if library is not None and (ageing := len(ageing_lines(library.helplines, now().date()))):
        yield Finding("look", f"{ageing} helplines were last looked at over 90 days ago; look at them again.")


def _overlay(settings: Settings, problems: list[Problem]) -> Iterator[Finding]:
    from bot.content import OVERLAY, overlay_of

    if overlay_of(settings) is None:
        return
    serious = [problem for problem in problems if problem.severity != "warn"]
    if serious:
        more = f" `willow check --overlay` tells all {len(serious)}." if len(serious) > 1 else ""
        yield Finding("wrong", f"{serious[0]}{more}")
    else:
        yield Finding("well", f"{settings.home / OVERLAY} is laid over the content.")


def _database(settings: Settings) -> Iterator[Finding]:
    from bot.database import look_at_database

    try:
        yield Finding("well", look_at_database(settings))
        yield from _failures(settings)
    except Exception as error:  # noqa: BLE001  the sentence of whatever it is
        yield Finding("wrong", sentence(error))


def _failures(settings: Settings) -> Iterator[Finding]:
    """Turns that went wrong within a week, and texts that only the frozen core screened."""
    from bot.database import open_store
    from bot.house import now
    from bot.store import updates

    if not settings.database and not (settings.home / "willow.db").exists():
        return
    store = open_store(settings)
    try:
        turns, screening = store.now(lambda connection: updates.wrong_since(connection, now() - WEEK))
    finally:
        store.close()
    if turns:
        yield Finding("look", f"{turns} turns went wrong within a week and were answered with an apology. See the log.")
    if screening:
        words = "texts were screened by the frozen core within a week, because the rules failed. Please report it."
        yield Finding("wrong", f"{screening} {words}")


def _clinic(settings: Settings) -> Iterator[Finding]:
    from bot.clinic_findings import look_at_clinic

    for level, words in look_at_clinic(settings):
        yield Finding(level, words)


def _telegram(settings: Settings) -> Iterator[Finding]:
    if not settings.token:
        yield Finding("look", "WILLOW_TELEGRAM_TOKEN is not set; `willow serve` needs one from BotFather.")
        return
    yield from asyncio.run(_ask_telegram(settings))


async def _ask_telegram(settings: Settings) -> list[Finding]:
    from telegram.error import InvalidToken, TelegramError

    from bot.channels.http import AiohttpRequest

    request = AiohttpRequest()
    await request.initialize()
    try:
        me = await _call(request, settings, "getMe")
        webhook = await _call(request, settings, "getWebhookInfo")
    except InvalidToken:
        return [Finding("wrong", "WILLOW_TELEGRAM_TOKEN: Telegram refused it. Copy it again from BotFather.")]
    except TelegramError:
        return [Finding("wrong", "Telegram cannot be reached from here. Look at the network and WILLOW_TELEGRAM_API.")]
    finally:
        await request.shutdown()
    return [Finding("well", f"The token is good: the bot is @{me.get('username', '?')}."), *_webhook(settings, webhook)]


async def _call(request: Any, settings: Settings, method: str) -> dict[str, Any]:
    address = f"{settings.telegram_api}{settings.token}/{method}"
    answer: dict[str, Any] = await request.post(address, read_timeout=PATIENCE)
    return answer


def _webhook(settings: Settings, info: dict[str, Any]) -> list[Finding]:
    url, waiting = info.get("url", ""), info.get("pending_update_count", 0)
    findings = [_address(settings.webhook_url or "", url)]
    if waiting:
        findings.append(Finding("look", f"{waiting} updates wait at Telegram; they are answered once `serve` runs."))
    if url and info.get("last_error_message"):
        findings.append(Finding("look", f"Telegram could not deliver to the webhook: {info['last_error_message']}."))
    return findings


def _address(wanted: str, known: str) -> Finding:
    if wanted == known:
        return Finding("well", f"Telegram sends to {known}." if known else "Telegram is asked for updates (polling).")
    if known and not wanted:
        return Finding("look", f"Telegram still sends to {known}; `serve` without WILLOW_WEBHOOK_URL ends that.")
    return Finding("look", f"Telegram does not know WILLOW_WEBHOOK_URL ({wanted}) yet; `serve` tells it at its start.")
