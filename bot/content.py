"""The library that a service works with: content/ as it is now, and the stored versions that open runs still name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import structlog

from bot.refusals import Refusal
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.store.store import Store
    from flows.clinic import Clinic
    from flows.library import Library
    from flows.problems import Problem

OVERLAY = "overlay"  # inside HOME
log = structlog.get_logger("bot.content")


class _Called(msgspec.Struct, frozen=True):
    """The part of a stored flow that names the versions of the parts it calls."""

    calls: dict[str, str] = {}


class _Stored(msgspec.Struct, frozen=True):
    flow: _Called


def read_library(settings: Settings, store: Store, now: dt.datetime, clinic: Clinic | None = None) -> Library | None:
    """Content and stored versions; new ones are stored. None, with the problems logged, if nothing can be offered.

    Raises Refusal if the clinic's overlay cannot be used as it is meant.
    """
    from bot.store import texts
    from flows.library import load_library, with_clinic

    overlay = overlay_of(settings)
    library, problems = load_library(settings.content, _open_versions(store), overlay)
    if library is None:
        library, problems = load_library(settings.content, overlay=overlay)
        if library is not None:
            log.error("stored_versions_unreadable")
    _refuse_wrong_overlay(problems)
    serious = [problem for problem in problems if library is None or problem.severity != "warn"]
    for problem in serious:
        log.error("content_problem", problem=str(problem))
    if library is not None:
        store.now(lambda connection: texts.keep(connection, library.stored(), now))
        return with_clinic(library, clinic)
    return None


def overlay_of(settings: Settings) -> Path | None:
    """The clinic's own folder that is laid over the content; None if there is none."""
    folder = settings.home / OVERLAY
    return folder if folder.is_dir() else None


def _refuse_wrong_overlay(problems: list[Problem]) -> None:
    """What a clinic added for safety must not be missing unnoticed. Stale words only fall back to the shipped ones."""
    wrong = [each for each in problems if each.severity == "stop" and each.file.startswith(f"{OVERLAY}/")]
    if wrong:
        more = f" There are {len(wrong) - 1} more: willow check --overlay {OVERLAY}" if len(wrong) > 1 else ""
        raise Refusal(f"{wrong[0]}{more}")


def needed_library(settings: Settings, store: Store, now: dt.datetime) -> Library:
    """The same for commands that cannot do without. Raises Refusal."""
    library = read_library(settings, store, now)
    if library is None:
        raise Refusal(f"The content in {settings.content} cannot be used. To see why, run: willow check")
    return library


def _open_versions(store: Store) -> list[bytes]:
    """The stored flows that open runs began with, and the parts that those call, directly or not."""
    from bot.store import texts

    needed = store.now(texts.needed)
    bodies = {(name, version): body for name, version, body in store.now(texts.stored)} if needed else {}
    found: dict[tuple[str, str], bytes] = {}
    waiting = [(name, version) for name, version, _ in needed]
    while waiting:
        key = waiting.pop()
        if key in bodies and key not in found:
            found[key] = bodies[key]
            waiting += msgspec.json.decode(bodies[key], type=_Stored).flow.calls.items()
    return list(found.values())
