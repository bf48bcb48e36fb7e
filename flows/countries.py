"""The file `countries.yaml` as values: every country with its names and time zones."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from flows.authoring import Author
from flows.helpline_files import check_zone, texts
from flows.manuscript import Mapping
from flows.problems import Problem


class Country(msgspec.Struct, frozen=True):
    """A country with its time zones, the most used first."""

    code: str
    name: str
    zones: tuple[str, ...]
    also: tuple[str, ...] = ()  # other names that people type


def read_countries(documents: Sequence[tuple[str, Mapping]]) -> tuple[dict[str, Country], list[Problem]]:
    """All countries in the file's order: the first ones are offered as buttons."""
    countries: dict[str, Country] = {}
    problems: list[Problem] = []
    for file, content in documents:
        author = Author(file)
        for code, value in (content.get("countries") or {}).items():
            keys = author.known(value, ("name", "zones", "also"), f"country {code}")
            zones = texts(keys.get("zones"))
            for zone in zones:
                check_zone(author, keys, zone)
            countries[code] = Country(code, author.text(keys.get("name"), "name", keys), zones, texts(keys.get("also")))
        problems += author.problems
    return countries, problems
