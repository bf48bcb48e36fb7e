"""The core's sentences as replies: help while the database is away, and words for somebody whose language has no more.

From memory only. Every language with core words gets its own; any other gets English.
"""

from __future__ import annotations

from markupsafe import escape

from flows.core import CORE
from flows.turn import Button, Reply

PRESS = "country."  # followed by the country's code, or by MORE
MORE = "more"
COLUMNS = 2
FEW = 8  # countries offered before somebody asks for more


def help_now(country: str | None, language: str = "en") -> tuple[Reply, ...]:
    """One reply. A country that the core does not know is treated like none: buttons to choose, more of them on demand.

    `language` is the person's, or the hint of the channel (`es`, `pt-br`).
    """
    language = spoken(language)
    known = country in CORE.emergency
    buttons = [] if known else _countries(language, all_=country == MORE)
    rows = tuple(tuple(buttons[start : start + COLUMNS]) for start in range(0, len(buttons), COLUMNS))
    text = CORE.help(country if country != MORE else None, language)
    return (Reply("say", str(escape(text)), buttons=rows, priority="safety", lasting=True),)


def core_words(language: str) -> dict[str, str]:
    """The core sentences of a language by name (`danger`, `person_near`, `program`, `unsure` ...), else in English."""
    return CORE.words_in(spoken(language))


def core_reply(country: str | None, language: str) -> Reply:
    """The core sentences as one bubble: for danger written of in a language that Willow is not offered in."""
    text = "\n".join(CORE.sentences(country or None, spoken(language)))
    return Reply("say", str(escape(text)), priority="safety", lasting=True)


def spoken(language: str) -> str:
    """`pt-BR` is pt. A language without core words stays what it is, and gets English."""
    return language.replace("_", "-").split("-")[0].lower() or "en"


def _countries(language: str, all_: bool) -> list[Button]:
    """Those where somebody answers in this language first; the rest behind one button."""
    codes = sorted(CORE.names, key=lambda code: _distance(code, language))
    shown = codes[FEW:] if all_ else codes[:FEW]
    more = [] if all_ else [Button(CORE.words_in(language)["more_countries"], PRESS + MORE)]
    return [*(Button(CORE.names[code], PRESS + code) for code in shown), *more]


def _distance(code: str, language: str) -> int:
    """0 where it is one of the first two languages of a line, 1 where somebody speaks it, 2 where nobody does."""
    spoken_there = [line.languages for line in CORE.lines[code]]
    if any(language in each[:2] for each in spoken_there):
        return 0
    return 1 if any(language in each for each in spoken_there) else 2
