"""Whether danger is noticed as it should be: what `/readyz` and the log say when it is not. Never words of a person.

When the rules fail, or a file of theirs cannot be read, the frozen core decides: people still get help, and an operator
has to know that less is noticed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog

from flows.signals import Signals

RECENT = dt.timedelta(hours=1)  # so long is a failure told
log = structlog.get_logger("bot.screening")


def lacking_words(signals: Signals) -> str:
    """What is wrong with the rules as they were read, in a sentence; empty when all is well."""
    if not signals.languages:
        return "There are no rules that notice danger; the frozen core screens instead. To see why, run: willow check"
    if signals.lacking:
        files = ", ".join(signals.lacking)
        return f"Not all of what notices danger can be used ({files}); the frozen core helps. Run: willow check"
    return ""


class ScreeningWatch:
    """Remembers when screening failed last. One for a whole service."""

    def __init__(self, signals: Signals, clock: Callable[[], dt.datetime]) -> None:
        self.signals = signals
        self.clock = clock
        self._failed: dt.datetime | None = None
        if words := lacking_words(signals):
            log.error("rules_lacking", words=words)

    def note(self, failure: str) -> None:
        """The rules raised this exception at somebody's text; the frozen core decided."""
        self._failed = self.clock()
        log.error("screening_failed", failure=failure)

    async def trouble(self) -> str:
        """For /readyz: empty when the rules do what they should."""
        if self._failed is not None and self.clock() - self._failed < RECENT:
            return "The rules that notice danger failed within the last hour; the frozen core decided. See the log."
        return lacking_words(self.signals)
