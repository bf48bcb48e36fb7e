"""The text of `core.py`, made from content. `willow check --write-core` writes it; a test holds the file equal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from flows.frozen import Statement
from flows.helpline_files import Country, Helplines
from flows.helplines import BASE, DIRECTORY, emergency_words, helpline_lines
from flows.phrases import ALWAYS, Phrases
from flows.signals import Signals
from flows.tokens import words_of

LINES = 3  # per country, the ones that answer at any hour

HEAD = '''"""The frozen core: clearest statements, help words and numbers, for when nothing else can be read.

Made from content/ by `willow check --write-core`; not written by hand. A test holds it equal to content/.
"""

# ruff: noqa: E501
# fmt: off

from flows.frozen import Core, Statement

CORE = Core(
'''
FOOT = """)

core_screen = CORE.screen
core_help = CORE.help
"""


def core_source(signals: Signals, helplines: Helplines, phrases: Phrases, countries: Mapping[str, Country]) -> str:
    """`phrases` are those of the base language; countries give the names for the buttons."""
    always = _lasting(helplines)
    known = sorted(helplines.countries)
    now = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    words = {**helplines.words.get(BASE, {})}
    words["more_core"] = words.get("more", "").replace("{address}", DIRECTORY)
    fields = {
        "ruleset": signals.hash,
        "statements": _statements(signals),
        "help_words": {word: command for word, command in sorted(phrases.commands.items()) if command in ALWAYS},
        "emergency": {code: emergency_words(code, helplines) for code in known},
        "lines": {code: tuple(helpline_lines(code, now, always, BASE)[:-1][:LINES]) for code in known},
        "names": {code: countries[code].name if code in countries else code for code in known},
        "words": dict(sorted(words.items())),
    }
    return HEAD + "".join(_field(name, value) for name, value in fields.items()) + FOOT


def _lasting(helplines: Helplines) -> Helplines:
    """Only ways that are open at any hour: the core has no clock."""
    replace = msgspec.structs.replace
    countries = {}
    for code, help_ in helplines.countries.items():
        lines = [replace(line, contacts=tuple(each for each in line.contacts if each.always)) for line in help_.lines]
        countries[code] = replace(help_, lines=tuple(line for line in lines if line.contacts))
    return replace(helplines, countries=countries)


def _statements(signals: Signals) -> tuple[Statement, ...]:
    """Of every rule that has a core list, in the rules' order."""
    return tuple(
        Statement(f" {' '.join(words_of(said))} ", rule.category, rule.tier, rule.acute)
        for language in signals.languages
        for rule in language.rules
        for said in rule.core
    )


def _field(name: str, value: object) -> str:
    if isinstance(value, dict):
        return f"    {name}={{\n" + "".join(f"        {key!r}: {each!r},\n" for key, each in value.items()) + "    },\n"
    if isinstance(value, tuple):
        return f"    {name}=(\n" + "".join(f"        {each!r},\n" for each in value) + "    ),\n"
    return f"    {name}={value!r},\n"
