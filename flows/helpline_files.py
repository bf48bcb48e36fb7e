"""The files `safety/helplines/*.yaml` and `countries.yaml` as values, and what is wrong with them.

Every number carries its named source and the day on which the text with it was read. Numbers for dialling are E.164
(`+4989...`) or, where a line has nothing else, the short code that works inside its country.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from flows.authoring import Author
from flows.manuscript import Mapping
from flows.problems import Problem

FILE_KEYS = ("country", "emergency", "lines", "language", "languages", "words")
EMERGENCY_KEYS = ("numbers", "note", "source", "source_date", "read_on")
LINE_KEYS = ("id", "name", "topics", "audience", "languages", "contacts", "note", "source", "also", "source_date",
             "read_on", "last_verified", "verified_by", "method", "status")  # fmt: skip
CONTACT_KEYS = ("kind", "value", "show", "send", "hours", "tz", "free", "anonymous")
KINDS = ("phone", "sms", "chat")
STATUSES = ("active", "suspended", "closed")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DIALLED = re.compile(r"\+[1-9]\d{6,14}|\d{3,6}")  # E.164, or a national short code
OPENING = re.compile(r"([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? (\d\d):(\d\d)-(\d\d):(\d\d)")


class Opening(msgspec.Struct, frozen=True):
    """Days (Monday is 0) and minutes of the day; `ends` at or before `begins` means the next day."""

    days: tuple[int, ...]
    begins: int
    ends: int


class Contact(msgspec.Struct, frozen=True):
    """One way to reach a line: what is dialled, what is shown, and when somebody answers."""

    kind: str
    value: str
    show: str
    send: str = ""  # sms: the word to send
    always: bool = False
    hours: tuple[Opening, ...] = ()
    zone: str = ""
    free: bool = False
    anonymous: bool = False


class Helpline(msgspec.Struct, frozen=True):
    """`source_date`: what the text itself bears; `read_on`: when it was read; `last_verified`: by a person."""

    id: str
    name: dict[str, str]
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    contacts: tuple[Contact, ...]
    source: str
    read_on: dt.date | None = None
    source_date: dt.date | None = None
    last_verified: dt.date | None = None
    verified_by: str = ""
    method: str = ""
    status: str = "active"


class CountryHelp(msgspec.Struct, frozen=True):
    country: str
    emergency: tuple[str, ...]
    lines: tuple[Helpline, ...]


class Helplines(msgspec.Struct, frozen=True):
    """By country code; `words` are what is said around the numbers, by language."""

    countries: dict[str, CountryHelp] = {}
    words: dict[str, dict[str, str]] = {}


class Country(msgspec.Struct, frozen=True):
    """A country with its time zones, the most used first."""

    code: str
    name: str
    zones: tuple[str, ...]
    also: tuple[str, ...] = ()  # other names that people type


def read_helplines(documents: Sequence[tuple[str, Mapping]]) -> tuple[Helplines, list[Problem]]:
    """(helplines, problems) of all files, given as (file, content); a file has `country` or `language` and `words`."""
    countries: dict[str, CountryHelp] = {}
    words: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for file, content in documents:
        author = Author(file)
        keys = author.known(content, FILE_KEYS, "a helpline file")
        if "words" in keys:
            words[str(keys.get("language") or "")] = _words(author, keys)
        else:
            help_ = _country_help(author, keys)
            countries[help_.country] = help_
        problems += author.problems
    return Helplines(countries, words), problems


def _words(author: Author, keys: Mapping) -> dict[str, str]:
    """What is said around the numbers; the names of languages under `language.CODE`."""
    said = author.known(keys.get("words"), tuple(keys.get("words") or ()), "words")
    names = author.known(keys["languages"], tuple(keys["languages"]), "languages") if "languages" in keys else {}
    named = {f"language.{code}": author.text(name, code, keys) for code, name in names.items()}
    return {**{key: author.text(each, key, keys) for key, each in said.items()}, **named}


def read_countries(documents: Sequence[tuple[str, Mapping]]) -> tuple[dict[str, Country], list[Problem]]:
    """All countries in the file's order: the first ones are offered as buttons."""
    countries: dict[str, Country] = {}
    problems: list[Problem] = []
    for file, content in documents:
        author = Author(file)
        for code, value in (content.get("countries") or {}).items():
            keys = author.known(value, ("name", "zones", "also"), f"country {code}")
            zones = _texts(keys.get("zones"))
            for zone in zones:
                _check_zone(author, keys, zone)
            countries[code] = Country(
                code, author.text(keys.get("name"), "name", keys), zones, _texts(keys.get("also"))
            )
        problems += author.problems
    return countries, problems


def _country_help(author: Author, keys: Mapping) -> CountryHelp:
    country = author.text(keys.get("country"), "country", keys)
    if not re.fullmatch("[A-Z]{2}", country):
        author.report("wrong_shape", keys, key="country", wanted="two capital letters, like IE")
    emergency = author.known(keys.get("emergency") or _missing(author, keys, "emergency"), EMERGENCY_KEYS, "emergency")
    numbers = _texts(emergency.get("numbers"))
    for number in numbers:
        if not re.fullmatch(r"\d{2,6}", number):
            author.report("wrong_shape", emergency, key="emergency number", wanted="digits only")
    _sourced(author, emergency, "emergency")
    lines = tuple(_line(author, each) for each in keys.get("lines") or ())
    return CountryHelp(country, numbers, lines)


def _missing(author: Author, keys: Mapping, key: str) -> Mapping:
    author.report("missing_key", keys, key=key, where="a helpline file")
    empty = Mapping()
    empty.lines = {}
    return empty


def _sourced(author: Author, keys: Mapping, where: str) -> None:
    """Every number has a named source and the day its text was read."""
    for key in ("source", "read_on"):
        if not keys.get(key):
            author.report("missing_key", keys, key=key, where=where)


def _line(author: Author, value: Any) -> Helpline:
    keys = author.known(value, LINE_KEYS, "a helpline")
    name = author.text(keys.get("id"), "id", keys)
    _sourced(author, keys, f"helpline {name}")
    names = keys.get("name") or {}
    if not isinstance(names, AnyMapping) or "en" not in names:
        author.report("wrong_shape", keys, key=f"name of {name}", wanted="a name by language, with `en` among them")
        names = {"en": name}
    status = str(keys.get("status") or "active")
    if status not in STATUSES:
        author.report("wrong_shape", keys, key=f"status of {name}", wanted="one of: " + ", ".join(STATUSES))
    contacts = tuple(_contact(author, each, name) for each in keys.get("contacts") or ())
    if not contacts:
        author.report("missing_key", keys, key="contacts", where=f"helpline {name}")
    return Helpline(
        id=name,
        name={language: str(said) for language, said in names.items()},
        topics=_texts(keys.get("topics")),
        languages=_texts(keys.get("languages")),
        contacts=contacts,
        source=author.text(keys.get("source"), "source", keys),
        read_on=_date(author, keys, "read_on"),
        source_date=_date(author, keys, "source_date"),
        last_verified=_date(author, keys, "last_verified"),
        verified_by=author.text(keys.get("verified_by"), "verified_by", keys),
        method=author.text(keys.get("method"), "method", keys),
        status=status,
    )


def _contact(author: Author, value: Any, line: str) -> Contact:
    keys = author.known(value, CONTACT_KEYS, f"a contact of {line}")
    kind, number = author.text(keys.get("kind"), "kind", keys), author.text(keys.get("value"), "value", keys)
    if kind not in KINDS:
        author.report("wrong_shape", keys, key=f"kind of {line}", wanted="one of: " + ", ".join(KINDS))
    elif kind == "chat" and not number.startswith("https://"):
        author.report("wrong_shape", keys, key=number, wanted="an https address")
    elif kind != "chat" and not DIALLED.fullmatch(number):
        author.report(
            "wrong_shape", keys, key=number, wanted="+ with country code and digits, or a short code of 3-6 digits"
        )
    hours = keys.get("hours")
    zone = author.text(keys.get("tz"), "tz", keys)
    if zone:
        _check_zone(author, keys, zone)
    always = hours == "24/7"
    openings = (
        () if always or hours in (None, "unknown") else tuple(_opening(author, each, keys) for each in _texts(hours))
    )
    if openings and not zone:
        author.report("missing_key", keys, key="tz", where=f"a contact of {line}")
    return Contact(
        kind=kind,
        value=number,
        show=author.text(keys.get("show"), "show", keys) or number,
        send=author.text(keys.get("send"), "send", keys),
        always=always,
        hours=tuple(filter(None, openings)) if zone else (),
        zone=zone,
        free=keys.get("free") == "yes",
        anonymous=keys.get("anonymous") == "yes",
    )


def _opening(author: Author, written: str, at: Mapping) -> Opening | None:
    match = OPENING.fullmatch(written)
    if not match or match[1] not in DAYS or (match[2] or match[1]) not in DAYS:
        author.report("wrong_shape", at, key="hours", wanted="24/7, unknown, or hours like `Mon-Fri 09:00-17:30`")
        return None
    first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
    days = tuple((first + step) % 7 for step in range((last - first) % 7 + 1))
    return Opening(days, int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6]))


def _date(author: Author, keys: Mapping, key: str) -> dt.date | None:
    written = author.text(keys.get(key), key, keys)
    if not written:
        return None
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        author.report("wrong_shape", keys, key=key, wanted="a date like 2026-03-02")
        return None


def _check_zone(author: Author, at: Mapping, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        author.report("wrong_shape", at, key=zone, wanted="a time zone like Europe/Paris")


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (str(value),) if value else ()
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
