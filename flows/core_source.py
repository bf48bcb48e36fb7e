"""The text of `core.py`, made from content. `willow check --write-core` writes it; a test holds the file equal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from flows.countries import Country
from flows.frozen import Statement
from flows.helpline_files import CountryHelp, Helplines
from flows.helplines import DIRECTORY, ranked, reach
from flows.phrases import ALWAYS, Phrases
from flows.reach import Reach, shown
from flows.signals import Signals
from flows.tokens import words_of

LINES = 3  # per country, the ones that answer at any hour
COMMANDS = ("sos", "stop")  # of the words that people type, those that need no question before them

HEAD = '''"""The frozen core: clearest statements, core sentences and numbers, for when nothing else can be read.

Made from content/ by `willow check --write-core`; not written by hand. A test holds it equal to content/.
"""

# ruff: noqa: E501
# fmt: off

from flows.frozen import Core, Statement
from flows.reach import Reach, Way

CORE = Core(
'''
FOOT = """)

core_screen = CORE.screen
core_help = CORE.help
"""


def core_source(signals: Signals, helplines: Helplines, phrases: Phrases, countries: Mapping[str, Country]) -> str:
    """`phrases` are those of the base language; countries give the names for the buttons, and their order."""
    known = [code for code in countries if code in helplines.countries]
    fields = {
        "ruleset": signals.hash.partition(".")[0],
        "statements": _statements(signals),
        "help_words": _help_words(helplines, phrases),
        "emergency": {code: helplines.countries[code].emergency for code in sorted(known)},
        "lines": {code: _lasting(helplines.countries[code]) for code in sorted(known)},
        "names": {code: countries[code].name for code in known},
        "words": {language: _words(words) for language, words in sorted(helplines.words.items())},
    }
    return HEAD + "".join(_field(name, value) for name, value in fields.items()) + FOOT


def _lasting(help_: CountryHelp) -> tuple[Reach, ...]:
    """The best ways that are open at any hour: the core has no clock. Without any, others, and nothing of hours."""
    now = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    replace = msgspec.structs.replace
    for lasting in (True, False):
        lines = tuple(
            replace(line, contacts=tuple(replace(each, hours=()) for each in line.contacts if each.always == lasting))
            for line in help_.lines
        )
        offers = ranked(replace(help_, lines=lines), now)[:LINES]
        if offers:
            return tuple(map(reach, offers))
    return ()


def _words(words: Mapping[str, str]) -> dict[str, str]:
    more = words.get("more", "").replace("{address}", shown(DIRECTORY, words))
    return dict(sorted({**words, "more_core": more}.items()))


def _help_words(helplines: Helplines, phrases: Phrases) -> dict[str, str]:
    """In all languages. A word of the base language keeps its meaning there."""
    own = {word: command for word, command in phrases.commands.items() if command in ALWAYS}
    typed = {
        " ".join(words_of(word)): command
        for typed in helplines.typed.values()
        for command in COMMANDS
        for word in typed.get(command, ())
    }
    return dict(sorted({**typed, **own}.items()))


def _statements(signals: Signals) -> tuple[Statement, ...]:
    """Of every rule that has a core list, in the rules' order."""
    return tuple(
        Statement(f" {' '.join(words_of(said))} ", rule.category, rule.tier, language.code, rule.acute)
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
