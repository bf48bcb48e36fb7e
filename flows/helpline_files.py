"""The files `safety/helplines/*.yaml` as values, and what is wrong with them.

Every number carries its named source and the day on which the text with it was read. A contact has one of two: `value`,
a number that works from anywhere (E.164, `+4989...`) or an https address; or `dial`, digits as they are typed within
the country, for short codes and free numbers that have no form for the rest of the world.
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
from flows.help_words import read_core_words
from flows.manuscript import Mapping
from flows.problems import Problem

FILE_KEYS = ("country", "emergency", "lines")
EMERGENCY_KEYS = ("numbers", "note", "source", "also", "source_date", "read_on")
LINE_KEYS = ("id", "name", "topics", "audience", "languages", "contacts", "note", "source", "also", "source_date",
             "read_on", "last_verified", "verified_by", "method", "status")  # fmt: skip
CONTACT_KEYS = ("kind", "value", "dial", "show", "send", "option", "hours", "tz", "free", "anonymous")
AUDIENCE_KEYS = ("min_age", "max_age", "regions")
KINDS = ("phone", "sms", "whatsapp", "chat")
TOPICS = (
    *("suicide", "any_distress", "self_harm", "harm_to_others", "violence", "child_protection", "youth", "emergency"),
    *("poison", "psychosis", "mania", "eating", "substances", "postpartum"),
)
STATUSES = ("active", "suspended", "closed")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ANYWHERE = re.compile(r"\+[1-9]\d{6,14}")  # E.164
WITHIN = re.compile(r"\*?\d{2,12}")  # as typed within the country
OPENING = re.compile(r"([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? (\d\d):(\d\d)-(\d\d):(\d\d)")


class Opening(msgspec.Struct, frozen=True):
    """Days (Monday is 0) and minutes of the day; `ends` at or before `begins` means the next day."""

    days: tuple[int, ...]
    begins: int
    ends: int


class Contact(msgspec.Struct, frozen=True):
    """One way to reach a line: what is dialled, what is shown, and when somebody answers.

    `within` says that `value` is dialled as it stands within the country and leads nowhere from outside.
    """

    kind: str
    value: str
    show: str
    send: str = ""  # sms: the word to send
    option: str = ""  # phone: the key to press when the call is taken
    within: bool = False
    always: bool = False
    hours: tuple[Opening, ...] = ()
    zone: str = ""
    free: bool = False
    anonymous: bool = False


class Helpline(msgspec.Struct, frozen=True):
    """`source_date`: what the text itself bears; `read_on`: when it was read; `last_verified`: by a person.

    `regions` is empty where a line serves the whole country.
    """

    id: str
    name: dict[str, str]
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    contacts: tuple[Contact, ...]
    source: str
    regions: tuple[str, ...] = ()
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
    """By country code; `words` are what is said around the numbers, `typed` what people write for help, by language.

    `signed`: the languages whose words a clinician has signed.
    """

    countries: dict[str, CountryHelp] = {}
    words: dict[str, dict[str, str]] = {}
    typed: dict[str, dict[str, tuple[str, ...]]] = {}
    signed: tuple[str, ...] = ()


def read_helplines(documents: Sequence[tuple[str, Mapping]]) -> tuple[Helplines, list[Problem]]:
    """(helplines, problems) of all files, given as (file, content); a file has `country` or `language` and `words`."""
    countries: dict[str, CountryHelp] = {}
    spoken = []
    problems: list[Problem] = []
    for file, content in documents:
        author = Author(file)
        if "words" in content or "language" in content:
            spoken.append(read_core_words(author, content))
        else:
            help_ = _country_help(author, author.known(content, FILE_KEYS, "a helpline file"))
            countries[help_.country] = help_
        problems += author.problems
    words, typed = ({each.language: getattr(each, part) for each in spoken} for part in ("words", "typed"))
    return Helplines(countries, words, typed, tuple(each.language for each in spoken if each.reviewer)), problems


def _country_help(author: Author, keys: Mapping) -> CountryHelp:
    country = author.text(keys.get("country"), "country", keys)
    if not re.fullmatch("[A-Z]{2}", country):
        author.report("wrong_shape", keys, key="country", wanted="two capital letters, like IE")
    emergency = author.known(keys.get("emergency") or _missing(author, keys, "emergency"), EMERGENCY_KEYS, "emergency")
    numbers = texts(emergency.get("numbers"))
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
        topics=_topics(author, keys, name),
        languages=texts(keys.get("languages")),
        contacts=contacts,
        source=author.text(keys.get("source"), "source", keys),
        regions=_regions(author, keys),
        read_on=_date(author, keys, "read_on"),
        source_date=_date(author, keys, "source_date"),
        last_verified=_date(author, keys, "last_verified"),
        verified_by=author.text(keys.get("verified_by"), "verified_by", keys),
        method=author.text(keys.get("method"), "method", keys),
        status=status,
    )


def _topics(author: Author, keys: Mapping, line: str) -> tuple[str, ...]:
    topics = texts(keys.get("topics"))
    if not topics or any(each not in TOPICS for each in topics):
        author.report("wrong_shape", keys, key=f"topics of {line}", wanted="some of: " + ", ".join(TOPICS))
    return topics


def _regions(author: Author, keys: Mapping) -> tuple[str, ...]:
    audience = author.known(keys["audience"], AUDIENCE_KEYS, "an audience") if "audience" in keys else {}
    return tuple(each for each in texts(audience.get("regions")) if each != "all")


def _contact(author: Author, value: Any, line: str) -> Contact:
    keys = author.known(value, CONTACT_KEYS, f"a contact of {line}")
    kind = author.text(keys.get("kind"), "kind", keys)
    number = _number(author, keys, kind, line)
    zone = author.text(keys.get("tz"), "tz", keys)
    if zone:
        check_zone(author, keys, zone)
    openings = _openings(author, keys, zone, line)
    return Contact(
        kind=kind,
        value=number,
        show=author.text(keys.get("show"), "show", keys) or number,
        send=author.text(keys.get("send"), "send", keys),
        option=author.text(keys.get("option"), "option", keys),
        within="dial" in keys,
        always=keys.get("hours") == "24/7",
        hours=openings if zone else (),
        zone=zone,
        free=keys.get("free") == "yes",
        anonymous=keys.get("anonymous") == "yes",
    )


def _number(author: Author, keys: Mapping, kind: str, line: str) -> str:
    """What is dialled or opened: exactly one of `value` and `dial`, in the form that belongs to it."""
    value, dial = (author.text(keys.get(key), key, keys) for key in ("value", "dial"))
    if kind not in KINDS:
        author.report("wrong_shape", keys, key=f"kind of {line}", wanted="one of: " + ", ".join(KINDS))
    elif kind == "chat":
        if not value.startswith("https://"):
            author.report("wrong_shape", keys, key=value or f"a chat of {line}", wanted="an https address as `value`")
    elif bool(value) == bool(dial):
        author.report("wrong_shape", keys, key=f"a contact of {line}", wanted="one of `value` and `dial`")
    elif value and not ANYWHERE.fullmatch(value):
        author.report("wrong_shape", keys, key=value, wanted="+ with country code and digits; a short code is a `dial`")
    elif dial and not WITHIN.fullmatch(dial):
        author.report("wrong_shape", keys, key=dial, wanted="2-12 digits as typed within the country")
    return value or dial


def _openings(author: Author, keys: Mapping, zone: str, line: str) -> tuple[Opening, ...]:
    hours = keys.get("hours")
    if hours in ("24/7", None, "unknown"):
        return ()
    if not zone:
        author.report("missing_key", keys, key="tz", where=f"a contact of {line}")
    return tuple(filter(None, (_opening(author, each, keys) for each in texts(hours))))


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


def check_zone(author: Author, at: Mapping, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        author.report("wrong_shape", at, key=zone, wanted="a time zone like Europe/Paris")


def texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (str(value),) if value else ()
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
