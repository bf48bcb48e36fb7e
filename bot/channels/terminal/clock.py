"""The time in the talk: an author lives through days in a minute.

Where somebody sits at the terminal it runs; piped, it stands still between the lines, so that nothing hangs on how fast
the machine is. Either way `:later` lets it go on.
"""

from __future__ import annotations

import datetime as dt
import re
import time

UNITS = {
    "m": dt.timedelta(minutes=1),
    "h": dt.timedelta(hours=1),
    "d": dt.timedelta(days=1),
    "w": dt.timedelta(weeks=1),
}
SPAN = re.compile(r"(\d{1,4})\s*([mhdw])")


class NoTime(Exception):
    """--clock takes a time like 2026-03-02T09:00."""


class TalkClock:
    """UTC. `running`: seconds pass by themselves; else only `move_to` moves it. Never back."""

    def __init__(self, start: dt.datetime, *, running: bool = False) -> None:
        self._base = start
        self._since = time.monotonic()
        self._running = running

    def __call__(self) -> dt.datetime:
        passed = time.monotonic() - self._since if self._running else 0.0
        return self._base + dt.timedelta(seconds=passed)

    def move_to(self, moment: dt.datetime) -> None:
        """It is `moment` now, unless it is later already."""
        self._base, self._since = max(moment, self()), time.monotonic()


def clock_from(text: str) -> dt.datetime:
    """`2026-03-02T09:00`, taken as UTC unless it names an offset. Raises NoTime."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise NoTime from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def span_from(text: str) -> dt.timedelta | None:
    """`20m`, `6h`, `3d`, `1w`; None for anything else."""
    found = SPAN.fullmatch(text.strip())
    return int(found[1]) * UNITS[found[2]] if found else None
