"""Who can help, by country: dated, sourced numbers, put in order and into plain words.

A number that no person has checked is shown with "please check". A country without a file gets the Find a Helpline
link, never another country's numbers. `now` is an argument; a line's hours count in its own time zone.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec

from flows.core import CORE
from flows.helpline_files import (
    Contact,
    Country,
    CountryHelp,
    Helpline,
    Helplines,
    Opening,
    read_countries,
    read_helplines,
)
from flows.problems import Problem, problem

__all__ = [
    "Contact",
    "Country",
    "CountryHelp",
    "Helpline",
    "Helplines",
    "Opening",
    "age",
    "emergency_words",
    "helpline_lines",
    "old_lines",
    "read_countries",
    "read_helplines",
]

DIRECTORY = "https://findahelpline.com"
BASE = "en"
FIRST_TOPICS = ("suicide", "any_distress")
ANYWHERE = "112"
SPOKEN = 3  # languages named at most
STALE = 180  # days: an entry older than this goes last


class _Offer(msgspec.Struct, frozen=True):
    """A line with the ways to reach it that are alike: open at the same hours, free or not."""

    line: Helpline
    contacts: tuple[Contact, ...]
    open: bool | None


def emergency_words(country: str, helplines: Helplines, language: str = BASE) -> str:
    """The emergency number in words: `999`, `112 or 15`, or that there is a local one."""
    help_ = helplines.countries.get(country)
    words = _words(helplines, language)
    if help_ is None or not help_.emergency:
        return words["local_emergency"]
    return f" {words['or']} ".join(help_.emergency)


def helpline_lines(country: str, now: dt.datetime, helplines: Helplines, language: str, topic: str = "") -> list[str]:
    """A line of text for each way to reach somebody, the best first; last, where to find more."""
    words = _words(helplines, language)
    help_ = helplines.countries.get(country)
    more = words["more"].replace("{address}", DIRECTORY)
    if help_ is None:
        return [words["no_numbers" if country else "choose_country"], more]
    offers = sorted(_offers(help_, now), key=lambda offer: _rank(offer, topic, language, now.date()))
    return [*(_line(offer, words, language) for offer in offers), more]


def age(line: Helpline, today: dt.date) -> int:
    """Days since a person checked the line; if nobody did, since the text with its number was written or read."""
    since = line.last_verified or line.source_date or line.read_on
    return (today - since).days if since else STALE + 1


def old_lines(helplines: Helplines, today: dt.date) -> list[Problem]:
    """Lines that nobody has looked at for so long that they may be wrong: fit for reading on, not for a release."""
    return [
        problem(
            "old_helpline", f"safety/helplines/{code.lower()}.yaml", 1, line=line.id, days=age(line, today), limit=STALE
        )
        for code, help_ in sorted(helplines.countries.items())
        for line in help_.lines
        if line.status == "active" and age(line, today) > STALE
    ]


def is_open(contact: Contact, now: dt.datetime) -> bool | None:
    """Whether somebody answers now; None where the hours are not known."""
    if contact.always:
        return True
    if not contact.hours:
        return None
    local = now.astimezone(ZoneInfo(contact.zone))
    minute = local.hour * 60 + local.minute
    return any(_within(opening, local.weekday(), minute) for opening in contact.hours)


def _within(opening: Opening, day: int, minute: int) -> bool:
    """Hours that end after midnight belong to the day on which they began."""
    if opening.begins < opening.ends:
        return day in opening.days and opening.begins <= minute < opening.ends
    return (day in opening.days and minute >= opening.begins) or (
        (day - 1) % 7 in opening.days and minute < opening.ends
    )


def _offers(help_: CountryHelp, now: dt.datetime) -> list[_Offer]:
    offers: dict[tuple[object, ...], _Offer] = {}
    for line in help_.lines:
        for contact in line.contacts if line.status == "active" else ():
            key = (line.id, contact.always, is_open(contact, now), contact.free)
            contacts = offers[key].contacts if key in offers else ()
            offers[key] = _Offer(line, (*contacts, contact), is_open(contact, now))
    return list(offers.values())


def _rank(offer: _Offer, topic: str, language: str, today: dt.date) -> tuple[bool, ...]:
    """Topic, open now, the person's language, 24/7; a line that a person checked too long ago goes last."""
    line = offer.line
    return (
        line.last_verified is not None and age(line, today) > STALE,
        topic not in line.topics if topic else not any(each in line.topics for each in FIRST_TOPICS),
        offer.open is False,
        language not in line.languages,
        not offer.contacts[0].always,
        offer.contacts[0].kind != "phone",
    )


def _line(offer: _Offer, words: dict[str, str], language: str) -> str:
    """`Samaritans: call 116 123. Day and night, free. Please check.`"""
    line = offer.line
    name = line.name.get(language) or line.name[BASE]
    ways = f" {words['or']} ".join(_way(contact, words) for contact in offer.contacts)
    remarks = [_hours(offer, words), words["free"] if offer.contacts[0].free else ""]
    if language not in line.languages:
        names = [words.get(f"language.{code}", code) for code in line.languages[:SPOKEN]]
        remarks.append(words["answers"].replace("{languages}", ", ".join(names)))
    said = ", ".join(filter(None, remarks))
    check = "" if line.last_verified else words["check"]
    return " ".join(filter(None, [f"{name}: {ways}.", f"{said[:1].upper()}{said[1:]}." if said else "", check]))


def _way(contact: Contact, words: dict[str, str]) -> str:
    said = words["text_word" if contact.kind == "sms" and contact.send else contact.kind]
    return said.replace("{number}", contact.show).replace("{word}", contact.send).replace("{address}", contact.show)


def _hours(offer: _Offer, words: dict[str, str]) -> str:
    if offer.contacts[0].always:
        return words["always"]
    return {True: words["open"], False: words["closed"], None: ""}[offer.open]


def _words(helplines: Helplines, language: str) -> dict[str, str]:
    """In the person's language; else in English; if even that cannot be read, as the frozen core has it."""
    return helplines.words.get(language) or helplines.words.get(BASE) or CORE.words
