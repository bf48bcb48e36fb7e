"""The programme: which flows have which role, the modules and their sessions in order, flags, pace, quiet hours."""

from __future__ import annotations

from typing import Any

import msgspec

from flows.authoring import Author
from flows.manuscript import Mapping
from flows.problems import Problem

ROLES = (
    *("first", "home", "check_in", "return", "return_note", "practice", "adult_no"),
    *("sos", "help", "menu", "stop", "pause", "settings", "access", "hide"),
    *("safety_plan", "plan_review", "re_entry", "follow_ups"),
    *("ask_directly", "connect", "emergency", "recheck", "under_age", "alert_seen", "alert_unseen"),
)


class Module(msgspec.Struct, frozen=True):
    """One of the five themes: its sessions in order, core ones first by the authors' choice."""

    name: str
    title: str
    sessions: tuple[str, ...]


class Programme(msgspec.Struct, frozen=True):
    """`flows` says which flow plays which role; times are local `HH:MM`; `pace` is sessions a week."""

    flows: dict[str, str]
    modules: tuple[Module, ...] = ()
    comfort: tuple[str, ...] = ()  # sessions that only comfort, offered alone while the person wants it so
    flags: dict[str, str] = {}
    quiet_from: str = "22:00"
    quiet_until: str = "08:00"
    pace: int = 2


def read_programme(manuscript: Mapping, file: str) -> tuple[Programme, list[Problem]]:
    """The programme and what is wrong with its file; a role that is not named is a problem of the proof."""
    author = Author(file)
    keys = author.known(manuscript, ("flows", "modules", "comfort", "flags", "quiet_hours", "pace"), "the programme")
    flows = author.known(keys.get("flows") or _nothing(), ROLES, "flows")
    quiet = author.known(keys.get("quiet_hours") or _nothing(), ("from", "until"), "quiet_hours")
    flags = keys.get("flags") or {}
    programme = Programme(
        flows={role: str(name) for role, name in flows.items()},
        modules=tuple(_module(each, author) for each in keys.get("modules") or ()),
        comfort=tuple(str(each) for each in keys.get("comfort") or ()),
        flags={name: str(words) for name, words in flags.items()},
        quiet_from=str(quiet.get("from") or "22:00"),
        quiet_until=str(quiet.get("until") or "08:00"),
        pace=int(keys.get("pace") or 2) if str(keys.get("pace") or 2).isdecimal() else 2,
    )
    return programme, author.problems


def _module(value: Any, author: Author) -> Module:
    keys = author.known(value, ("name", "title", "sessions"), "module")
    return Module(
        str(keys.get("name") or ""),
        str(keys.get("title") or ""),
        tuple(str(each) for each in keys.get("sessions") or ()),
    )


def _nothing() -> Mapping:
    empty = Mapping()
    empty.lines = {}
    return empty
