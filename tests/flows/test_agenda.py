"""What falls due, worked out from the record: daylight saving both ways, quiet hours, bounds on how often."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.agenda import Due, after_quiet, agenda, in_quiet, moment
from flows.record import Asked, Frame, Plan, Profile, Record, Run, SafetyState

replace = msgspec.structs.replace
NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PROFILE = Profile(zone="Europe/London", reminders="on", reminder_time="18:00")
RECORD = Record("p", "en", NOON, profile=PROFILE, last_utterance=NOON)


def kinds(record: Record, now: dt.datetime = NOON) -> list[str]:
    return [f"{due.kind} {due.purpose}".strip() for due in agenda(record, now)]


def only(
    record: Record, kind: str, now: dt.datetime, served: dict[tuple[str, str], dt.date] | None = None
) -> list[Due]:
    return [due for due in agenda(record, now, served) if due.kind == kind]


def test_the_check_in_comes_at_the_chosen_local_time() -> None:
    summer = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)
    assert only(RECORD, "check_in", summer)[0].due_at == summer.replace(hour=17)


def test_a_time_that_is_past_today_is_tomorrow() -> None:
    assert only(RECORD, "check_in", NOON.replace(hour=18))[0].due_at == NOON.replace(hour=18) + DAY


def test_a_time_in_the_hour_that_spring_skips_moves_on_by_it() -> None:
    assert moment(dt.date(2026, 3, 29), "01:30", "Europe/London") == dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)


def test_a_time_in_the_hour_that_autumn_repeats_is_its_first_pass() -> None:
    assert moment(dt.date(2026, 10, 25), "01:30", "Europe/London") == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


def test_a_check_in_within_quiet_hours_moves_to_their_end() -> None:
    late = replace(RECORD, profile=replace(PROFILE, reminder_time="23:30"))
    due = only(late, "check_in", NOON)[0]
    assert (due.due_at, due.day) == (dt.datetime(2026, 11, 26, 8, 0, tzinfo=dt.UTC), dt.date(2026, 11, 25))


def test_quiet_hours_that_end_in_the_repeated_hour_end_with_its_second_pass_for_who_is_in_it() -> None:
    profile = Profile(zone="Europe/London", quiet_from="22:00", quiet_until="01:30")
    second_pass = dt.datetime(2026, 10, 25, 1, 10, tzinfo=dt.UTC)  # 01:10 local, for the second time
    assert after_quiet(second_pass, profile) == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("spoilt", ["", "soon", "25:00", "7", "18:0x"])
def test_what_is_no_time_rings_never(spoilt: str) -> None:
    assert only(replace(RECORD, profile=replace(PROFILE, reminder_time=spoilt)), "check_in", NOON) == []


def test_a_zone_that_nobody_knows_is_read_as_utc() -> None:
    lost = replace(RECORD, profile=replace(PROFILE, zone="Mars/Olympus"))
    assert only(lost, "check_in", NOON)[0].due_at == NOON.replace(hour=18)


def test_switched_off_means_no_reminder_of_any_kind() -> None:
    off = replace(RECORD, profile=replace(PROFILE, reminders="off"), plans=(Plan("1", "ER1", NOON, when="19:00"),))
    assert kinds(off) == []


@pytest.mark.parametrize("silent", [{"unreachable": True}, {"unanswered": 3}])
def test_who_is_gone_or_does_not_answer_is_left_in_peace(silent: dict[str, int]) -> None:
    assert kinds(replace(RECORD, **silent)) == []


def test_a_practice_is_asked_after_on_three_days_at_most() -> None:
    record = replace(RECORD, plans=(Plan("p1", "ER1", NOON, when="19:00"),))
    served: dict[tuple[str, str], dt.date] = {}
    days, now = [], NOON
    for _ in range(6):
        for due in only(record, "practice", now, served):
            days.append(due.day.day)
            served[("practice", "p1")] = due.day
        now += DAY
    assert days == [25, 26, 27]


def test_a_reviewed_practice_is_not_asked_after() -> None:
    assert only(replace(RECORD, plans=(Plan("p1", "ER1", NOON, when="19:00", status="done"),)), "practice", NOON) == []


def asked_run(asked_at: dt.datetime, started: dt.datetime = NOON) -> Run:
    return Run(
        "r1",
        "ask",
        "v",
        (Frame("ask@v:q"),),
        started,
        started,
        Asked(4, at=asked_at, silence_at=asked_at + dt.timedelta(minutes=15)),
    )


def test_a_direct_question_is_silent_after_fifteen_minutes_even_at_night() -> None:
    night = NOON.replace(hour=23)
    record = replace(RECORD, safety=SafetyState(asked_at=night), runs=(asked_run(night, night),), unreachable=True)
    assert only(record, "silence", night)[0].due_at == night + dt.timedelta(minutes=15)


def test_no_silence_is_waited_for_once_the_run_is_over() -> None:
    record = replace(RECORD, safety=SafetyState(asked_at=NOON), runs=())
    assert only(record, "silence", NOON) == []


def test_a_silence_that_was_handled_is_not_handled_again() -> None:
    record = replace(RECORD, safety=SafetyState(asked_at=NOON), runs=(asked_run(NOON),))
    assert only(record, "silence", NOON, {("silence", "4"): NOON.date()}) == []


def test_a_run_without_an_answer_is_left_after_a_week() -> None:
    assert only(replace(RECORD, runs=(asked_run(NOON),)), "left", NOON)[0].due_at == NOON + 7 * DAY


def test_a_run_that_was_left_is_not_left_again() -> None:
    assert only(replace(RECORD, runs=(replace(asked_run(NOON), left=True),)), "left", NOON) == []


def test_after_three_and_eight_days_of_silence_one_message_each() -> None:
    assert [(due.purpose, due.due_at - NOON) for due in only(RECORD, "return", NOON)] == [
        ("3", 3 * DAY),
        ("8", 8 * DAY),
    ]


def test_of_two_missed_return_messages_only_the_later_comes() -> None:
    assert [due.purpose for due in only(RECORD, "return", NOON + 10 * DAY)] == ["8"]


def test_after_four_weeks_nothing_calls_back() -> None:
    assert only(RECORD, "return", NOON + 29 * DAY) == []


zones = st.sampled_from(sorted(available_timezones()))
minutes = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
moments = st.integers(0, 4 * 365 * 24 * 3600).map(lambda seconds: START + dt.timedelta(seconds=seconds))


@given(zones, minutes, minutes, minutes, moments)
@settings(max_examples=150)
def test_a_reminder_is_never_in_quiet_hours(zone: str, at: str, start: str, end: str, now: dt.datetime) -> None:
    profile = Profile(zone=zone, reminders="on", reminder_time=at, quiet_from=start, quiet_until=end)
    due = only(replace(RECORD, profile=profile), "check_in", now)[0]
    assert due.due_at > now
    assert not in_quiet(due.due_at, profile)


@given(zones, minutes, moments)
@settings(max_examples=100)
def test_every_local_date_is_served_once(zone: str, at: str, now: dt.datetime) -> None:
    record = replace(
        RECORD, profile=Profile(zone=zone, reminders="on", reminder_time=at, quiet_from="00:00", quiet_until="00:00")
    )
    served: dict[tuple[str, str], dt.date] = {}
    days = []
    for _ in range(8):
        due = only(record, "check_in", now, served)[0]
        days.append(due.day)
        served[("check_in", "")], now = due.day, due.due_at
    assert days == [days[0] + n * DAY for n in range(8)]


@given(zones, minutes, st.dates(dt.date(2024, 1, 1), dt.date(2028, 1, 1)))
@settings(max_examples=150)
def test_a_moment_reads_as_its_rule_or_lies_in_a_gap(zone: str, at: str, day: dt.date) -> None:
    local = moment(day, at, zone).astimezone(ZoneInfo(zone))
    read = f"{local:%H:%M}"
    wall = dt.datetime.combine(day, dt.time.fromisoformat(at), ZoneInfo(zone))
    in_a_gap = wall.utcoffset() != wall.replace(fold=1).utcoffset()
    assert read == at or in_a_gap


@given(zones, minutes, minutes, moments)
@settings(max_examples=150)
def test_quiet_hours_only_ever_delay_and_by_less_than_two_days(
    zone: str, start: str, end: str, at: dt.datetime
) -> None:
    moved = after_quiet(at, Profile(zone=zone, quiet_from=start, quiet_until=end))
    assert at <= moved < at + 2 * DAY
