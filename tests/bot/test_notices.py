"""Once a day the log says how many helplines somebody should look at again."""

from __future__ import annotations

import asyncio
import datetime as dt

import msgspec
from structlog.testing import capture_logs

from bot.notices import daily, tell_of_helplines
from bot.running import end
from flows.helpline_files import Contact, CountryHelp, Helpline, Helplines

TODAY = dt.date(2026, 11, 25)
LINE = Helpline(
    "gb-line", {"en": "A line"}, ("suicide",), ("en",), (Contact("phone", "1", "1", always=True),), "source"
)


def helplines(*ages: int) -> Helplines:
    lines = tuple(msgspec.structs.replace(LINE, read_on=TODAY - dt.timedelta(days=age)) for age in ages)
    return Helplines({"GB": CountryHelp("GB", ("999",), lines)})


def test_the_old_and_the_ageing_are_counted_apart() -> None:
    with capture_logs() as said:
        tell_of_helplines(helplines(10, 91, 100, 181), TODAY)
    assert said == [{"event": "helplines_ageing", "log_level": "warning", "over_180_days": 1, "over_90_days": 2}]


def test_where_nothing_is_old_nothing_is_said() -> None:
    with capture_logs() as said:
        tell_of_helplines(helplines(10, 90), TODAY)
    assert said == []


async def test_it_is_said_at_the_start_and_again() -> None:
    noon = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
    with capture_logs() as said:
        telling = asyncio.ensure_future(daily(helplines(181), lambda: noon, pause=0.001))
        async with asyncio.timeout(5):
            while len(said) < 2:  # noqa: ASYNC110 - the log tells nobody
                await asyncio.sleep(0.002)
        await end([telling])
    assert {each["event"] for each in said} == {"helplines_ageing"}
