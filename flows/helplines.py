"""Who can help, by country: dated, sourced numbers, put in order and into plain words.

A number that no person has checked is shown with "please check". A country without a file gets the Find a Helpline
link, never another country's numbers. `now` is an argument; a line's hours count in its own time zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import msgspec

from flows.core import CORE
from flows.countries import Country, read_countries
from flows.helpline_files import Contact, CountryHelp, Helpline, Helplines, Opening, read_helplines
from flows.manuscript import Mapping
from flows.problems import Problem, problem
from flows.reach import BASE, Reach, Way, emergency

__all__ = [
    "Contact",
    "Country",
    "CountryHelp",
    "Helpline",
    "Helplines",
    "Opening",
    "age",
    "ageing_lines",
    "emergency_words",
    "helpline_lines",
    "old_lines",
    "ranked",
    "reach",
    "read_countries",
    "read_helplines",
    "words_in",
]

DIRECTORY = "https://findahelpline.com"
CRISIS = frozenset({"suicide", "any_distress"})
CHILD = frozenset({"child_protection", "youth"})
AFTER = (CRISIS, frozenset({"violence"}), CHILD, frozenset({"substances"}), frozenset({"eating"}))
SPECIAL: dict[str, tuple[frozenset[str], ...]] = {  # before AFTER; the names of signal categories, and `child`
    "self_harm": (frozenset({"self_harm"}),),
    "harm_to_others": (frozenset({"harm_to_others"}),),
    "violence": (frozenset({"violence"}),),
    "child": (frozenset({"child_protection"}), frozenset({"youth"}), frozenset({"violence"})),
    "medical": (frozenset({"emergency"}), frozenset({"poison"})),
    "psychosis": (frozenset({"psychosis"}),),
    "mania": (frozenset({"mania"}), frozenset({"psychosis"})),
    "eating": (frozenset({"eating"}),),
    "substances": (frozenset({"substances"}),),
    "postpartum": (frozenset({"postpartum"}),),
    "minor": (frozenset({"youth"}),),
}
LAUNCH = ("GB", "US", "IN", "ES", "MX", "DE", "FR", "PT", "BR", "IT", "UA", "RU", "EG")
"""Where most people speak one of the ten languages: what a release looks at, unless a clinic names others."""
MOST = 6  # lines shown to somebody who asks for help in general; working rule: README, Figures
LEAST = 2  # lines shown in a danger of a known kind, if fewer fit it; working rule: README, Figures
WAYS = 2  # said in one line
WARN = 90  # days: somebody should look; working rule: README, Figures
STALE = 180  # days: an entry older than this goes last, and no release has it; working rule: README, Figures


class Offer(msgspec.Struct, frozen=True):
    """A line with the ways to reach it that are alike: open at the same hours, free or not."""

    line: Helpline
    contacts: tuple[Contact, ...]
    open: bool | None


def emergency_words(country: str, helplines: Helplines, language: str = BASE) -> str:
    """The emergency number in words: `999`, `112 or 15`, or that there is a local one."""
    help_ = helplines.countries.get(country)
    return emergency(help_.emergency if help_ else (), words_in(helplines, language))


def helpline_lines(
    country: str, now: dt.datetime, helplines: Helplines, language: str, topic: str = "", minor: bool = False
) -> list[str]:
    """A line of text for each way to reach somebody, the best first; last, where to find more.

    `topic` is a signal's category, or `child` where a child is at risk; `minor`: the person is one.
    """
    words = words_in(helplines, language)
    help_ = helplines.countries.get(country)
    more = words["more"].replace("{address}", words["shown"].replace("{number}", DIRECTORY))
    if help_ is None:
        return [words["no_numbers" if country else "choose_country"], more]
    first = [words["danger"].replace("{emergency}", emergency(help_.emergency, words))] if topic == "medical" else []
    offers = ranked(help_, now, language, topic, minor)
    return [*first, *(reach(offer).say(words, language) for offer in offers), more]


def ranked(
    help_: CountryHelp, now: dt.datetime, language: str = BASE, topic: str = "", minor: bool = False
) -> list[Offer]:
    """What to offer, the best first: every line that fits, and others only as far as there is room.

    By topic, then open now, the person's language, day and night. What is closed is not offered first while anything
    else is open. A line that a person checked too long ago goes last, but is not hidden.
    """
    order = _order(topic, minor)
    offers = sorted(_offers(help_, now), key=lambda offer: _rank(offer, order, language, now.date()))
    if offers and offers[0].open is False and (opened := [each for each in offers if each.open]):
        offers = [opened[0], *(each for each in offers if each is not opened[0])]
    fitting = len(order) - len(AFTER) + 1
    room = LEAST if topic else MOST
    return [offer for at, offer in enumerate(offers) if at < room or _place(offer.line, order) < fitting]


def reach(offer: Offer) -> Reach:
    """An offer as it is said."""
    line, first = offer.line, offer.contacts[0]
    ways = tuple(Way(each.kind, each.show, each.send, each.option) for each in offer.contacts)  # type: ignore[arg-type]
    hours = "always" if first.always else {True: "open", False: "closed", None: ""}[offer.open]
    return Reach(
        line.name,
        line.languages,
        ways,
        hours,  # type: ignore[arg-type]
        first.free,
        line.regions,
        line.last_verified is not None,
    )


def laid_over(
    shipped: Helplines, problems: list[Problem], local: Iterable[tuple[str, Mapping]]
) -> tuple[Helplines, list[Problem]]:
    """The countries, those of an overlay in their place. One with a mistake or without a line stays as shipped."""
    countries, told = dict(shipped.countries), list(problems)
    for file, content in local:
        added, found = read_helplines([(file, content)])
        for code, help_ in added.countries.items():
            if not any(line.status == "active" for line in help_.lines):
                found.append(problem("overlay_empties", file, 1, what=f"the helplines of {code}"))
        told += found
        if not any(each.severity != "warn" for each in found):
            countries |= added.countries
    return msgspec.structs.replace(shipped, countries=countries), told


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
        for code, line in _active(helplines)
        if age(line, today) > STALE
    ]


def launch_gaps(helplines: Helplines, countries: Iterable[str]) -> list[Problem]:
    """What a country lacks of what it needs: an emergency number, a line at any hour, and one to write to.

    They are warnings: where a country has no such line at all, a person has to decide.
    """
    return [
        problem("launch_gap", f"safety/helplines/{code.lower()}.yaml", 1, country=code, what=what)
        for code in countries
        for what, there in _launch(helplines.countries.get(code)).items()
        if not there
    ]


def _launch(help_: CountryHelp | None) -> dict[str, bool]:
    lines = [line for line in help_.lines if line.status == "active"] if help_ else []
    crisis = [contact for line in lines if CRISIS.intersection(line.topics) for contact in line.contacts]
    return {
        "emergency number": bool(help_ and help_.emergency),
        "crisis line that answers day and night": any(each.always for each in crisis),
        "line to write to": any(each.kind != "phone" for line in lines for each in line.contacts),
    }


def ageing_lines(helplines: Helplines, today: dt.date) -> list[str]:
    """The ids of lines that should be looked at soon: older than WARN days, not yet STALE."""
    return [line.id for _, line in _active(helplines) if WARN < age(line, today) <= STALE]


def is_open(contact: Contact, now: dt.datetime) -> bool | None:
    """Whether somebody answers now; None where the hours are not known."""
    if contact.always:
        return True
    if not contact.hours:
        return None
    local = now.astimezone(ZoneInfo(contact.zone))
    minute = local.hour * 60 + local.minute
    return any(_within(opening, local.weekday(), minute) for opening in contact.hours)


def words_in(helplines: Helplines, language: str) -> dict[str, str]:
    """In the person's language; what it lacks in English; if even that cannot be read, as the frozen core has it."""
    english, own = (helplines.words.get(code, {}) for code in (BASE, language))
    return {**CORE.words[BASE], **english, **CORE.words.get(language, {}), **own}


def _active(helplines: Helplines) -> Iterator[tuple[str, Helpline]]:
    for code, help_ in sorted(helplines.countries.items()):
        yield from ((code, line) for line in help_.lines if line.status == "active")


def _within(opening: Opening, day: int, minute: int) -> bool:
    """Hours that end after midnight belong to the day on which they began."""
    if opening.begins < opening.ends:
        return day in opening.days and opening.begins <= minute < opening.ends
    return (day in opening.days and minute >= opening.begins) or (
        (day - 1) % 7 in opening.days and minute < opening.ends
    )


def _order(topic: str, minor: bool) -> tuple[frozenset[str], ...]:
    """Topics, the most fitting first. A minor in violence is a child at risk; else young people's lines come first."""
    if minor and topic in ("violence", "child"):
        return (*SPECIAL["child"], *AFTER)
    return (*(SPECIAL["minor"] if minor else ()), *SPECIAL.get(topic, ()), *AFTER)


def _place(line: Helpline, order: Iterable[frozenset[str]]) -> int:
    places = [at for at, topics in enumerate(order) if topics.intersection(line.topics)]
    return places[0] if places else len(tuple(order))


def _offers(help_: CountryHelp, now: dt.datetime) -> list[Offer]:
    alike: dict[tuple[object, ...], tuple[Helpline, list[Contact]]] = {}
    for line in help_.lines:
        for contact in line.contacts if line.status == "active" else ():
            key = (line.id, contact.always, is_open(contact, now), contact.free)
            alike.setdefault(key, (line, []))[1].append(contact)
    return [
        Offer(line, tuple(contacts[start : start + WAYS]), is_open(contacts[0], now))
        for line, contacts in alike.values()
        for start in range(0, len(contacts), WAYS)
    ]


def _rank(offer: Offer, order: tuple[frozenset[str], ...], language: str, today: dt.date) -> tuple[int, ...]:
    line = offer.line
    return (
        line.last_verified is not None and age(line, today) > STALE,
        _place(line, order),
        bool(line.regions),
        (True, None, False).index(offer.open),
        language not in line.languages,
        not offer.contacts[0].always,
        offer.contacts[0].kind != "phone",
    )
