"""What an operator is told once a day, in the log: helplines that somebody should look at again."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

import structlog

from flows.helplines import Helplines, ageing_lines, old_lines

DAY = 24 * 3600.0  # seconds
log = structlog.get_logger("bot.notices")


def tell_of_helplines(helplines: Helplines, today: dt.date) -> None:
    """One line, if there is anything to look at: how many are over half a year old, and how many over 90 days."""
    old, ageing = len(old_lines(helplines, today)), len(ageing_lines(helplines, today))
    if old or ageing:
        log.warning("helplines_ageing", over_180_days=old, over_90_days=ageing)


async def daily(helplines: Helplines, clock: Callable[[], dt.datetime], pause: float = DAY) -> None:
    """At once and then every day; ends by cancellation."""
    while True:
        tell_of_helplines(helplines, clock().date())
        await asyncio.sleep(pause)
