"""Rules that raise at every text: the person is helped, and the service says it in every place an operator looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from bot.doctor import examine
from bot.screening import RECENT, ScreeningWatch, lacking_words
from bot.settings import Settings
from flows.library import Library, load_library
from flows.signals import Signals
from tests.bot.ward import MASTER, PERSON, Ward
from tests.fake_telegram import FakeTelegram

DANGER = "I want to kill myself, said the heron"
NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
BROKEN = Signals((None,), "broken")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def content(root: Path) -> Library:
    library, problems = load_library(root / "content")
    assert library is not None, problems
    return msgspec.structs.replace(library, signals=BROKEN)


@pytest.fixture
async def ward(tmp_path: Path, content: Library) -> AsyncIterator[Ward]:
    async with FakeTelegram() as telegram:
        ward = Ward(tmp_path, telegram, content, None)
        await ward.start()
        yield ward
        await ward.stop()


async def told(ward: Ward, text: str) -> None:
    ward.telegram.say(PERSON, text)
    await ward.telegram.settled()
    await ward.house.delivery.settled()


async def test_somebody_in_danger_gets_help_and_then_the_question(ward: Ward) -> None:
    await told(ward, DANGER)
    said = [message.text for message in ward.telegram.to(PERSON)]
    assert "local emergency number" in " ".join(said[:-1])
    assert "ending your life?" in said[-1]


async def test_the_row_of_the_decision_and_the_list_of_failures_name_the_exception(ward: Ward) -> None:
    await told(ward, "the bus was late")
    assert ward.rows("SELECT tier, failed FROM safety") == [("none", "AttributeError")]
    assert ward.rows("SELECT what, quarantined FROM failures") == [("screening: AttributeError", 0)]


async def test_readiness_tells_it_for_an_hour(ward: Ward) -> None:
    before = await ward.house.screening.trouble()
    await told(ward, DANGER)
    after = await ward.house.screening.trouble()
    ward.forward(hours=2)
    assert (before, "failed within the last hour" in after, await ward.house.screening.trouble()) == ("", True, "")


async def test_the_log_names_the_exception_and_never_the_text(ward: Ward) -> None:
    with capture_logs() as said:
        await told(ward, DANGER)
    found = [each for each in said if each["event"] == "screening_failed"]
    assert found == [{"event": "screening_failed", "failure": "AttributeError", "log_level": "error"}]
    assert "heron" not in repr(said)


async def test_the_doctor_counts_it(ward: Ward, root: Path) -> None:
    await told(ward, DANGER)
    settings = Settings(home=ward.home, master_key=MASTER.hex(), content=root / "content")
    [found] = [str(each) for each in examine(lambda: settings) if "because the rules failed" in each.words]
    assert found.startswith("WRONG  1 texts were screened by the frozen core within a week")


async def test_what_was_lacking_at_the_start_is_told_as_long_as_it_lacks() -> None:
    watch = ScreeningWatch(msgspec.structs.replace(BROKEN, lacking=("safety/signals.xx.yaml",)), lambda: NOW + RECENT)
    assert "safety/signals.xx.yaml" in await watch.trouble()


def test_without_rules_the_core_is_said_to_decide() -> None:
    assert lacking_words(Signals()).startswith("There are no rules")
