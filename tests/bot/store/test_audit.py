"""The audit over the real path: what was decided and answered stands there, sealed, and never a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.counting import Counts, count_lines, counted, masked, span
from bot.refusals import Refusal
from bot.store import audit, tidy
from bot.store.audit import Answered, Decision
from flows.library import Library, load_library
from tests.bot.ward import PERSON, Ward
from tests.fake_telegram import FakeTelegram

WATCH, URGENT = "I wish I was dead", "I want to kill myself"
DENIED = "I don't want to die"
ALL = span("")


@pytest.fixture(scope="module")
def content(root: Path) -> Library:
    library, problems = load_library(root / "content")
    assert library is not None, problems
    return library


@pytest.fixture
async def ward(tmp_path: Path, content: Library) -> AsyncIterator[Ward]:
    async with FakeTelegram() as telegram:
        ward = Ward(tmp_path, telegram, content, None)
        await ward.start()
        yield ward
        await ward.stop()


def files(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())


async def told(ward: Ward, *words: str, person: int = PERSON) -> None:
    for text in words:
        ward.telegram.say(person, text)
        await ward.telegram.settled()
        await ward.house.delivery.settled()


async def pressed(ward: Ward, label: str, person: int = PERSON) -> None:
    ward.telegram.press(person, label)
    await ward.telegram.settled()
    await ward.house.delivery.settled()


def decisions(ward: Ward) -> list[Decision]:
    return ward.store.now(lambda connection: list(audit.decisions(connection, ward.store.vault, *ALL)))


def answers(ward: Ward) -> list[Answered]:
    return ward.store.now(lambda connection: list(audit.answers(connection, ward.store.vault, *ALL)))


def counts(ward: Ward, month: str = "") -> Counts:
    return ward.store.now(lambda connection: counted(connection, ward.store.vault, *span(month)))


async def test_a_decision_stands_with_its_rules_places_and_step(ward: Ward) -> None:
    await told(ward, URGENT)
    [decision] = decisions(ward)
    hits = {(hit.rule, hit.start, hit.end) for hit in decision.signal.hits}
    assert (decision.turn, decision.step, decision.signal.tier) == (1, "N3", "urgent")
    assert ("en.kill_myself", 10, 21) in hits


async def test_what_was_taken_back_stands_too_and_what_was_never_met_does_not(ward: Ward) -> None:
    await told(ward, "the bus was late", DENIED)
    [decision] = decisions(ward)
    assert (decision.turn, decision.signal.hits) == (2, ())
    assert [(hit.rule, hit.modifiers) for hit in decision.signal.taken_back] == [("en.want_to_die", ("negation",))]


async def test_the_row_names_the_rules_the_version_and_the_time_it_took(ward: Ward, content: Library) -> None:
    await told(ward, URGENT)
    [(ruleset, app, latency, failed)] = ward.rows("SELECT ruleset, app, latency, failed FROM safety")
    assert (ruleset, app, failed) == (content.signals.hash, audit.app_version(), "")
    assert 0 < latency < 60_000_000


async def test_the_button_pressed_later_is_a_row_of_its_own_and_names_the_turn_that_asked(ward: Ward) -> None:
    await told(ward, WATCH)
    await pressed(ward, "Yes, but not now")
    [answered] = answers(ward)
    assert (answered.about, answered.pressed.buttons, answered.pressed.false_alarm) == (1, ("yes_not_now",), ())
    assert decisions(ward)[0].turn == 1


async def test_something_else_names_the_rules_behind_the_false_alarm(ward: Ward) -> None:
    await told(ward, WATCH)
    await pressed(ward, "No, something else")
    [answered] = answers(ward)
    rules = {hit.rule for hit in decisions(ward)[0].signal.hits}
    assert (answered.pressed.buttons, set(answered.pressed.false_alarm)) == (("no",), rules)


async def test_neither_words_nor_rule_ids_nor_buttons_stand_plain_in_the_files(ward: Ward, tmp_path: Path) -> None:
    await told(ward, URGENT, "the heron stands in the canal")
    await pressed(ward, "No, something else")
    await ward.stop()
    raw = files(tmp_path)
    secret = (b"kill_myself", b"suicide", b"yes_not_now", b"heron", b"kill myself")
    found = [word for word in secret if word in raw]
    await ward.start()
    assert found == []


async def test_texts_are_counted_by_day_and_hint_whoever_wrote_them(ward: Ward) -> None:
    await told(ward, "one", "two")
    await told(ward, "three", person=8)
    await ward.again()
    await told(ward, "four")
    found = ward.store.now(lambda connection: audit.texts(connection, dt.date(2000, 1, 1), dt.date(9000, 1, 1)))
    assert [count for _, _, count in found] == [4]


async def test_old_decisions_go_and_newer_ones_stay(ward: Ward) -> None:
    await told(ward, WATCH)
    await pressed(ward, "Yes, but not now")
    later = ward.clock() + dt.timedelta(days=90)
    tables = ("safety", "safety_answers", "screened")
    for days, left in ((91, True), (89, False)):
        ward.store.now(lambda connection, days=days: tidy.tidy(connection, later, days))  # type: ignore[misc]
        assert [bool(ward.rows(f"SELECT * FROM {table}")) for table in tables] == [left] * 3


async def test_of_somebody_erased_nothing_is_counted(ward: Ward) -> None:
    await told(ward, URGENT)
    with ward.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM keys")
    assert decisions(ward) == []


async def test_counts_say_what_was_met_asked_and_answered_and_mask_what_is_small(ward: Ward) -> None:
    for person in range(101, 107):
        await told(ward, WATCH, person=person)
    await pressed(ward, "No, something else", person=101)
    [row] = counts(ward).rules
    assert (row.hits, row.asked, row.answers["no"], row.answers["yes_now"], row.false_alarms) == (6, 6, "<5", 0, "<5")


async def test_counts_are_of_the_month_that_was_asked_for(ward: Ward) -> None:
    await told(ward, URGENT)
    now = ward.clock()
    assert [bool(counts(ward, month).rules) for month in (f"{now:%Y-%m}", "2001-01")] == [True, False]


async def test_the_table_for_people_holds_what_was_counted(ward: Ward) -> None:
    await told(ward, URGENT)
    lines = list(count_lines(counts(ward)))
    assert any("en.kill_myself" in line and "<5" in line for line in lines)
    assert "No rule was met in this time." in count_lines(Counts((), ()))


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, "<5"), (4, "<5"), (5, 5), (400, 400)])
def test_a_small_number_is_masked(count: int, shown: Any) -> None:
    assert masked(count) == shown


@pytest.mark.parametrize("month", ["soon", "2026", "2026-13", "26-1-1"])
def test_what_is_no_month_is_told(month: str) -> None:
    with pytest.raises(Refusal, match="takes a month like 2026-11"):
        span(month)
