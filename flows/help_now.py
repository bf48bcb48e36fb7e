"""Help while the database is away: the core's words as replies, with buttons to choose a country if it is not known."""

from __future__ import annotations

from markupsafe import escape

from flows.core import CORE
from flows.turn import Button, Reply

PRESS = "country."  # followed by the country's code
COLUMNS = 2


def help_now(country: str | None) -> tuple[Reply, ...]:
    """One reply, from memory only. A country that the core does not know is treated like none: buttons to choose."""
    buttons = [Button(name, PRESS + code) for code, name in CORE.names.items()] if country not in CORE.emergency else []
    rows = tuple(tuple(buttons[start : start + COLUMNS]) for start in range(0, len(buttons), COLUMNS))
    return (Reply("say", str(escape(CORE.help(country))), buttons=rows, priority="safety", lasting=True),)
