"""The file `clinic.yaml` as a Clinic, and what is wrong with it: every mistake at once, with its line and its cure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flows.authoring import Author
from flows.clinic import ADULT, ORDERS, Clinic, Duty
from flows.helpline_files import DAYS, OPENING, Opening
from flows.manuscript import Mapping, read_manuscript
from flows.problems import Problem

STEPS = ("N2", "N3")
KEYS = ("name", "contact", "hours", "zone", "on_call", "escalation_minutes", "alert_from", "minimum_age", "countries",
        "retention", "caps")  # fmt: skip
NEEDED = {
    "name": "the clinic's name",
    "contact": "`phone` and `text`",
    "hours": "24/7, or a list like [Mon-Fri 09:00-17:00]",
    "zone": "a time zone like Europe/Paris",
    "on_call": "a list of {name: ..., order: first}",
}
LONGEST = {"name": 60, "phone": 40, "text": 200}  # characters
DUTY_NAME = re.compile(r"\w[\w .-]{0,39}")


def read_clinic(text: str, file: str) -> tuple[Clinic | None, list[Problem]]:
    """(clinic, problems) of the file's text; no clinic at all if anything in it is wrong."""
    manuscript, problems = read_manuscript(text, file)
    if problems:
        return None, problems
    author = Author(file)
    clinic = _clinic(author, manuscript)
    return (None if author.problems else clinic), author.problems


def _clinic(author: Author, keys: Mapping) -> Clinic:
    _known(author, keys, KEYS, "clinic.yaml")
    for key, wanted in NEEDED.items():
        if not keys.get(key):
            author.report("clinic_missing", keys, key=key, where="clinic.yaml", wanted=wanted)
    contact = _mapping(author, keys, "contact", ("phone", "text"), needed=True)
    retention = _mapping(author, keys, "retention", ("alerts_days", "decisions_days"))
    caps = _mapping(author, keys, "caps", ("participants",))
    return Clinic(
        name=_words(author, keys, "name"),
        phone=_words(author, contact, "phone"),
        reach=_words(author, contact, "text"),
        zone=_checked(author, keys, "zone", "", _is_zone, NEEDED["zone"]),
        on_call=_on_call(author, keys),
        always=keys.get("hours") == "24/7",
        hours=_hours(author, keys),
        escalation_minutes=_number(author, keys, "escalation_minutes", 15, 1, 1440),
        alert_from=_checked(author, keys, "alert_from", "N3", STEPS.__contains__, " or ".join(STEPS)),
        minimum_age=_number(author, keys, "minimum_age", ADULT, ADULT, 99),
        countries=_countries(author, keys),
        alerts_days=_number(author, retention, "alerts_days", 365, 30, 36_500),
        decisions_days=_number(author, retention, "decisions_days", 365, 30, 36_500),
        participants=_number(author, caps, "participants", 0, 1, 10_000_000),
    )


def _known(author: Author, keys: Mapping, known: tuple[str, ...], where: str) -> None:
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            nearest = near[0] if near else ", ".join(known)
            author.report("clinic_key", keys.lines[key], key=key, where=where, nearest=nearest)


def _mapping(author: Author, keys: Mapping, key: str, known: tuple[str, ...], needed: bool = False) -> Mapping:
    value = keys.get(key)
    if isinstance(value, Mapping):
        _known(author, value, known, key)
        for each in known if needed else ():
            if not value.get(each):
                author.report("clinic_missing", value, key=each, where=key, wanted="it out, in one line")
        return value
    if value:
        author.report("clinic_value", keys.lines[key], key=key, wanted=" and ".join(f"`{each}`" for each in known))
    empty = Mapping()
    empty.lines = {}
    return empty


def _words(author: Author, keys: Mapping, key: str) -> str:
    def fits(text: str) -> bool:
        return len(text) <= LONGEST[key] and text.isprintable()

    return _checked(author, keys, key, "", fits, f"one line of at most {LONGEST[key]} characters")


def _checked(author: Author, keys: Mapping, key: str, default: str, fits: Callable[[str], bool], wanted: str) -> str:
    """The text under a key, or the default; a problem if it does not fit."""
    value = keys.get(key)
    if value is None or value == "":
        return default
    if isinstance(value, str) and fits(text := str(value).strip()):
        return text
    author.report("clinic_value", keys.lines[key], key=key, wanted=wanted)
    return default


def _number(author: Author, keys: Mapping, key: str, default: int, low: int, high: int) -> int:
    def fits(text: str) -> bool:
        return text.isascii() and text.isdecimal() and len(text) < 10 and low <= int(text) <= high

    return int(_checked(author, keys, key, str(default), fits, f"a whole number from {low} to {high}"))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _hours(author: Author, keys: Mapping) -> tuple[Opening, ...]:
    value = keys.get("hours")
    if not value or value == "24/7":
        return ()
    openings = [_opening(str(each)) for each in (value if isinstance(value, list) else [value])]
    if None in openings:
        author.report("clinic_value", keys.lines["hours"], key="hours", wanted=NEEDED["hours"])
    return tuple(each for each in openings if each is not None)


def _opening(written: str) -> Opening | None:
    match = OPENING.fullmatch(written)
    if not match or match[1] not in DAYS or (match[2] or match[1]) not in DAYS:
        return None
    if any(int(match[at]) > 24 or int(match[at + 1]) > 59 for at in (3, 5)):
        return None
    begins, ends = (int(match[at]) * 60 + int(match[at + 1]) for at in (3, 5))
    first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
    days = tuple((first + step) % 7 for step in range((last - first) % 7 + 1))
    return Opening(days, begins, ends)


def _on_call(author: Author, keys: Mapping) -> tuple[Duty, ...]:
    value = keys.get("on_call")
    if not value:
        return ()
    if not isinstance(value, list):
        author.report("clinic_value", keys.lines["on_call"], key="on_call", wanted=NEEDED["on_call"])
        return ()
    found = [_duty(author, keys, each) for each in value]
    duties: dict[str, Duty] = {}
    for duty, each in zip(found, value, strict=True):
        if duty is not None and duties.setdefault(duty.name, duty) is not duty:
            author.report("clinic_twice", each, name=duty.name)
    if None not in found and not any(duty.order == "first" for duty in duties.values()):
        author.report("clinic_nobody", keys.lines["on_call"])
    return tuple(duties.values())


def _duty(author: Author, keys: Mapping, value: Any) -> Duty | None:
    if not isinstance(value, Mapping):
        author.report("clinic_value", keys.lines["on_call"], key="on_call", wanted=NEEDED["on_call"])
        return None
    _known(author, value, ("name", "order"), "on_call")
    before = len(author.problems)
    for key in ("name", "order"):
        if not value.get(key):
            author.report("clinic_missing", value, key=key, where="on_call", wanted=NEEDED["on_call"])
    name = _checked(author, value, "name", "", lambda text: bool(DUTY_NAME.fullmatch(text)), "a short name in letters")
    order = _checked(author, value, "order", "", ORDERS.__contains__, ", ".join(ORDERS))
    return Duty(name, order) if len(author.problems) == before else None


def _countries(author: Author, keys: Mapping) -> tuple[str, ...]:
    value = keys.get("countries") or []
    codes = tuple(str(each) for each in (value if isinstance(value, list) else [value]))
    if not all(re.fullmatch("[A-Z]{2}", code) for code in codes):
        author.report("clinic_value", keys.lines["countries"], key="countries", wanted="a list of codes like [IE, GB]")
    return codes
