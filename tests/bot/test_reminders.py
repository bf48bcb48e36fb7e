"""Due rows become turns, once per date, and never at a bad moment."""

from __future__ import annotations

import asyncio
import datetime as dt
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from bot.channels import Arrival
from bot.reminders import name_of, rule, settle
from bot.store.due import Reminder
from flows.record import Consent, Frame, PlanEntry, Profile, Rating, Record, Run, SafetyPlan, SafetyState
from flows.turn import Turn, Utterance

HOUSE = Any  # the fixture of conftest.py
replace = msgspec.structs.replace


@pytest.fixture
async def reminded(house: HOUSE) -> HOUSE:
    """Somebody in London who wants a check-in at 18:00 and said so at noon."""
    profile = Profile(zone="Europe/London", reminders="on", reminder_time="18:00")
    honest = house.engine.respond

    def respond(library: Any, record: Any, utterance: Any, now: Any, seed: Any) -> Turn:
        return honest(library, replace(record, profile=profile), utterance, now, seed)

    house.engine = replace(house.engine, respond=respond)
    house.turns.tick.engine = house.engine
    await house.say("hello")
    return house


def due_times(house: HOUSE) -> dict[str, str]:
    rows = house.rows("SELECT kind, due_at FROM reminders WHERE kind = 'check_in'")
    return {kind: due_at[:16] for kind, due_at in rows}


async def ring(house: HOUSE, **later: float) -> list[str]:
    """Move the clock, ring what is due, and say what was said."""
    house.clock.forward(**later)
    before = len(house.channel.sent)
    await house.reminders.ring()
    await house.delivery.settled()
    return [message.text for message in house.channel.sent[before:]]


async def test_the_rows_follow_the_record_in_the_same_turn(reminded: HOUSE) -> None:
    assert due_times(reminded) == {"check_in": "2026-11-25T18:00"}


async def test_a_due_check_in_is_a_turn(reminded: HOUSE) -> None:
    assert await ring(reminded, hours=6) == ["due check_in"]


async def test_after_it_rang_the_next_is_tomorrow(reminded: HOUSE) -> None:
    await ring(reminded, hours=6)
    assert due_times(reminded) == {"check_in": "2026-11-26T18:00"}


async def test_nothing_rings_early(reminded: HOUSE) -> None:
    assert await ring(reminded, hours=5, minutes=59) == []


async def test_after_an_outage_one_comes_not_the_backlog(reminded: HOUSE) -> None:
    said = await ring(reminded, days=2, hours=8)
    said += await ring(reminded)
    assert said == ["due check_in"]


async def test_a_firing_that_two_workers_found_happens_once(reminded: HOUSE) -> None:
    reminded.clock.forward(hours=6)
    await asyncio.gather(reminded.reminders.ring(), reminded.reminders.ring())
    await reminded.delivery.settled()
    assert (reminded.channel.texts().count("due check_in"), due_times(reminded)) == (
        1,
        {"check_in": "2026-11-26T18:00"},
    )


async def test_somebody_who_wrote_within_half_an_hour_is_left_alone_for_two_hours(reminded: HOUSE) -> None:
    reminded.clock.forward(hours=5, minutes=50)
    await reminded.say("still here")
    said = await ring(reminded, minutes=10)
    assert (said, due_times(reminded)) == ([], {"check_in": "2026-11-25T20:00"})


async def test_what_was_put_off_comes_then(reminded: HOUSE) -> None:
    reminded.clock.forward(hours=5, minutes=50)
    await reminded.say("still here")
    await ring(reminded, minutes=10)
    assert await ring(reminded, hours=2) == ["due check_in"]


async def test_a_text_in_the_minute_it_is_due_does_not_lose_it(reminded: HOUSE) -> None:
    reminded.clock.forward(hours=6)
    await reminded.say("hello again")
    await ring(reminded)
    assert due_times(reminded) == {"check_in": "2026-11-25T20:00"}


async def test_after_three_unanswered_there_is_silence(reminded: HOUSE) -> None:
    said = [text for day in range(6) for text in await ring(reminded, days=1, hours=6 if day == 0 else 0)]
    assert len(said) == 3


async def test_who_blocked_us_gets_no_reminder(reminded: HOUSE) -> None:
    blocked = Arrival("telegram", "7", "b1", Utterance(at=reminded.clock(), trigger="blocked"))
    await reminded.turns.take(blocked)
    assert due_times(reminded) == {}


async def test_a_row_that_every_turn_puts_off_is_only_moved_when_it_fires(reminded: HOUSE) -> None:
    """A return message is due three days after the last word; talking does not rewrite its row each time."""
    moved = "SELECT due_at, generation FROM reminders WHERE kind = 'return' AND purpose = '3'"
    [before] = reminded.rows(moved)
    reminded.clock.forward(days=1)
    await reminded.say("hello")
    [between] = reminded.rows(moved)
    await ring(reminded, days=2)
    [after] = reminded.rows(moved)
    assert (before == between, after[0][:10]) == (True, "2026-11-29")


async def test_a_firing_that_another_turn_of_the_same_moment_put_off_comes_at_its_time(reminded: HOUSE) -> None:
    """The check-in and the return message fire together; the turn of the first puts the second off."""
    reminded.clock.forward(days=1)
    await reminded.say("hello")
    early = await ring(reminded, days=2)
    assert ("due return" in early, "due return" in await ring(reminded, days=1)) == (False, True)


async def test_a_return_message_comes_three_days_after_the_last_word(reminded: HOUSE) -> None:
    reminded.store.now(lambda connection: connection.exec_driver_sql("DELETE FROM reminders WHERE kind = 'check_in'"))
    reminded.clock.forward(days=1)
    await reminded.say("hello")
    reminded.store.now(lambda connection: connection.exec_driver_sql("DELETE FROM reminders WHERE kind = 'check_in'"))
    early = await ring(reminded, days=2)
    reminded.store.now(lambda connection: connection.exec_driver_sql("DELETE FROM reminders WHERE kind = 'check_in'"))
    assert (early, await ring(reminded, days=1)) == ([], ["due return"])


async def test_the_loop_sleeps_until_the_next_is_due_and_can_be_woken(reminded: HOUSE, until: Any) -> None:
    loop = asyncio.create_task(reminded.reminders.run())
    await asyncio.sleep(0.02)
    reminded.clock.forward(hours=6)
    reminded.reminders.wake()
    await until(lambda: "due check_in" in reminded.channel.texts())
    loop.cancel()


NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
EVENING = NOON.replace(hour=18)
RECORD = Record("p", "en", NOON, profile=Profile(zone="UTC", reminders="on", reminder_time="18:00"))
NO_FLOWS = SimpleNamespace(flows={})
ROW = Reminder("p", "check_in", "", "18:00", "UTC", EVENING, EVENING.date())


def firing(row: Reminder, now: dt.datetime) -> Arrival:
    return Arrival("telegram", "7", name_of(row), Utterance(at=now, trigger="check_in", subject=row.purpose))


def judged(record: Record, row: Reminder, now: dt.datetime, library: Any = NO_FLOWS) -> Any:
    return rule(record, [row], firing(row, now), library, now)


def test_a_check_in_done_already_is_not_asked_for() -> None:
    done = replace(RECORD, ratings=(Rating("mood", 6, EVENING - dt.timedelta(hours=1)),))
    ruling = judged(done, ROW, EVENING)
    after = settle(done, [ROW], ruling, EVENING).changed[0]
    assert (ruling.goes, after.due_at, after.last_day) == (False, EVENING + dt.timedelta(days=1), EVENING.date())


def test_a_reminder_switched_off_meanwhile_is_not_said() -> None:
    off = replace(RECORD, profile=replace(RECORD.profile, reminders="off"))
    assert judged(off, ROW, EVENING).goes is False


def test_quiet_hours_hold_after_an_outage() -> None:
    night = NOON.replace(hour=23)
    assert judged(RECORD, ROW, night).until == dt.datetime(2026, 11, 26, 8, 0, tzinfo=dt.UTC)


def test_a_time_changed_after_it_rang_rings_tomorrow() -> None:
    rung = settle(RECORD, [ROW], judged(RECORD, ROW, EVENING), EVENING).changed[0]
    later = replace(RECORD, profile=replace(RECORD.profile, reminder_time="21:00"))
    assert settle(later, [rung], None, EVENING).changed[0].due_at == dt.datetime(2026, 11, 26, 21, 0, tzinfo=dt.UTC)


def test_switching_off_and_on_does_not_ring_twice_on_one_date() -> None:
    rung = settle(RECORD, [ROW], judged(RECORD, ROW, EVENING), EVENING).changed[0]
    off = replace(RECORD, profile=replace(RECORD.profile, reminders="off"))
    silent = settle(off, [rung], None, EVENING).changed[0]
    again = replace(RECORD, profile=replace(RECORD.profile, reminder_time="20:00"))
    assert settle(again, [silent], None, EVENING).changed[0].day == EVENING.date() + dt.timedelta(days=1)


def test_an_open_safety_flow_comes_first() -> None:
    run = Run("r", "ask", "v", (Frame("ask@v:q"),), NOON, NOON)
    library = SimpleNamespace(flows={"ask": SimpleNamespace(kind="safety")})
    ruling = judged(replace(RECORD, runs=(run,)), ROW, EVENING, library)
    assert ruling.until == EVENING + dt.timedelta(hours=2)


def test_a_firing_of_an_older_generation_changes_nothing() -> None:
    newer = replace(ROW, generation=1)
    ruling = rule(RECORD, [newer], firing(ROW, EVENING), NO_FLOWS, EVENING)
    assert settle(RECORD, [newer], ruling, NOON).changed == []


# Notes after a hard time, and the agreed look at the safety plan


LINE = PlanEntry("e1", "alone", "music", NOON)
AGREED = replace(
    Record("p", "en", NOON),
    profile=Profile(zone="UTC", adult="yes", follow_ups="on"),
    consents={"processing": Consent(True, "0", "en", NOON)},
    safety=SafetyState(crisis_at=NOON),
    safety_plan=SafetyPlan((LINE,)),
)


@pytest.fixture
async def agreed(house: HOUSE) -> HOUSE:
    """Somebody who agreed to notes, and had a hard noon; `house.record` may be changed between turns."""
    honest = house.engine.respond
    house.record = AGREED

    def respond(library: Any, record: Any, utterance: Any, now: Any, seed: Any) -> Turn:
        fields = ("profile", "consents", "safety", "safety_plan")
        kept = {name: getattr(house.record, name) for name in fields}
        return honest(library, replace(record, **kept), utterance, now, seed)

    house.engine = replace(house.engine, respond=respond)
    house.turns.tick.engine = house.engine
    await house.say("hello")
    return house


def notes(house: HOUSE) -> dict[str, str]:
    rows = house.rows("SELECT purpose, due_at FROM reminders WHERE kind = 'follow_up' AND due_at IS NOT NULL")
    return {purpose: due_at[:16] for purpose, due_at in rows}


async def test_the_notes_that_were_agreed_to_are_rows_of_the_same_turn(agreed: HOUSE) -> None:
    assert notes(agreed) == {"day1": "2026-11-26T12:00", "day3": "2026-11-28T12:00", "day7": "2026-12-02T12:00"}


async def test_a_note_comes_once(agreed: HOUSE) -> None:
    said = [*await ring(agreed, days=1), *await ring(agreed), *await ring(agreed, hours=1)]
    assert said == ["due follow_up"]


async def test_each_note_comes_though_nobody_answers(agreed: HOUSE) -> None:
    said = [text for _ in range(10) for text in await ring(agreed, days=1)]
    assert (said.count("due follow_up"), notes(agreed)) == (3, {})


async def test_after_an_outage_the_newest_note_comes_alone(agreed: HOUSE) -> None:
    said = [*await ring(agreed, days=3, hours=2), *await ring(agreed)]
    assert said == ["due follow_up"]


async def test_who_pauses_the_notes_has_no_row_of_them_left(agreed: HOUSE) -> None:
    agreed.record = replace(AGREED, profile=replace(AGREED.profile, follow_ups="off"))
    await agreed.say("pause")
    assert notes(agreed) == {}


async def test_who_withdraws_has_no_row_of_them_left(agreed: HOUSE) -> None:
    agreed.record = replace(AGREED, consents={"processing": Consent(False, "0", "en", NOON)})
    await agreed.say("withdraw")
    assert notes(agreed) == {}


async def test_a_second_crisis_within_the_week_has_a_note_of_its_own(agreed: HOUSE) -> None:
    first = await ring(agreed, days=1)
    await ring(agreed, days=2)
    await ring(agreed, days=1)
    agreed.record = replace(AGREED, safety=SafetyState(crisis_at=agreed.clock()))
    await agreed.say("again")
    second = await ring(agreed, days=1)
    assert (first.count("due follow_up"), second.count("due follow_up")) == (1, 1)


async def test_the_look_at_the_plan_comes_once_on_its_day(agreed: HOUSE) -> None:
    agreed.record = replace(
        AGREED, safety=SafetyState(), safety_plan=replace(AGREED.safety_plan, review_at=NOON + dt.timedelta(days=30))
    )
    await agreed.say("agreed")
    said = [text for _ in range(40) for text in await ring(agreed, days=1)]
    assert said.count("due plan_review") == 1


SAFETY_FLOW = SimpleNamespace(flows={"connect": SimpleNamespace(kind="safety")})


def note_row(kind: str, at: dt.datetime) -> Reminder:
    return Reminder("p", kind, "day1" if kind == "follow_up" else "", "once", "UTC", at, at.date())


def fallen_silent(**fields: Any) -> Record:
    """In the middle of a safety flow, hours ago."""
    run = Run("r1", "connect", "v", (Frame("connect@v:question"),), NOON, NOON)
    return replace(AGREED, runs=(run,), last_utterance=NOON, **fields)


def ruled(record: Record, row: Reminder, now: dt.datetime) -> Any:
    arrival = Arrival("telegram", "7", name_of(row), Utterance(at=now, trigger=row.kind, subject=row.purpose))  # type: ignore[arg-type]
    return rule(record, [row], arrival, SAFETY_FLOW, now)


def test_a_note_reaches_somebody_who_fell_silent_in_the_middle_of_the_help() -> None:
    later = NOON + dt.timedelta(days=1)
    assert ruled(fallen_silent(), note_row("follow_up", later), later).goes


def test_the_look_at_the_plan_waits_while_help_is_open() -> None:
    later = NOON + dt.timedelta(days=30)
    record = fallen_silent(safety_plan=replace(AGREED.safety_plan, review_at=later))
    assert ruled(record, note_row("plan_review", later), later).until == later + dt.timedelta(hours=2)


def test_a_note_waits_for_the_end_of_the_quiet_hours_after_an_outage() -> None:
    night = NOON.replace(day=26, hour=23)
    ruling = ruled(fallen_silent(), note_row("follow_up", NOON + dt.timedelta(days=1)), night)
    assert (ruling.goes, ruling.until) == (False, dt.datetime(2026, 11, 27, 8, 0, tzinfo=dt.UTC))


def test_a_note_to_somebody_who_is_writing_waits_two_hours() -> None:
    later = NOON + dt.timedelta(days=1)
    record = replace(fallen_silent(), last_utterance=later - dt.timedelta(minutes=5))
    assert ruled(record, note_row("follow_up", later), later).until == later + dt.timedelta(hours=2)
