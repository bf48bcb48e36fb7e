"""The days after a crisis step: notes only as agreed, no form while it burns, and no question twice in one contact."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from flows.aftercare import answered, denied, is_calm, measures_rest, neutral, notes_on
from flows.agenda import agenda
from flows.engine import respond
from flows.record import Consent, PlanEntry, Profile, Rating, Record, SafetyPlan, SafetyState, SignalMark, begin
from flows.replay import replay
from flows.transcript import parse
from flows.turn import Utterance

replace = msgspec.structs.replace
NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LINE = PlanEntry("e1", "alone", "music", NOON)
AGREED = replace(
    begin("p", "en", NOON),
    profile=Profile(zone="UTC", adult="yes", follow_ups="on"),
    consents={"processing": Consent(True, "0", "en", NOON)},
    safety=SafetyState(crisis_at=NOON, step="N3"),
)


def dues(record: Record, now: dt.datetime = NOON, served: dict[tuple[str, str], dt.date] | None = None) -> list[Any]:
    return [due for due in agenda(record, now, served) if due.kind in ("follow_up", "plan_review")]


def purposes(record: Record, now: dt.datetime = NOON) -> list[str]:
    return [due.purpose for due in dues(record, now)]


def with_profile(**fields: str) -> Record:
    return replace(AGREED, profile=replace(AGREED.profile, **fields))


def with_safety(**fields: Any) -> Record:
    return replace(AGREED, safety=replace(AGREED.safety, **fields))


# Notes


def test_the_notes_come_after_one_day_three_days_and_a_week() -> None:
    assert [due.due_at - NOON for due in dues(AGREED)] == [DAY, 3 * DAY, 7 * DAY]


def test_without_a_yes_no_note_comes() -> None:
    assert dues(with_profile(follow_ups="off")) == []


def test_without_a_crisis_no_note_comes() -> None:
    assert dues(with_safety(crisis_at=None)) == []


@pytest.mark.parametrize("given", [{}, {"processing": Consent(False, "0", "en", NOON)}])
def test_who_withdrew_gets_no_note(given: dict[str, Consent]) -> None:
    assert dues(replace(AGREED, consents=given)) == []


def test_who_is_a_minor_after_all_gets_no_note() -> None:
    assert dues(with_profile(adult="no")) == []


def test_who_blocked_the_chat_gets_no_note() -> None:
    assert dues(replace(AGREED, unreachable=True)) == []


def test_silence_does_not_end_notes_that_ask_nothing() -> None:
    assert purposes(replace(AGREED, unanswered=9)) == ["day1", "day3", "day7"]


def test_a_note_within_quiet_hours_comes_at_their_end() -> None:
    night = with_safety(crisis_at=NOON.replace(hour=23))
    assert dues(night)[0].due_at == dt.datetime(2026, 11, 27, 8, 0, tzinfo=dt.UTC)


def test_after_an_outage_only_the_note_that_is_due_comes() -> None:
    assert purposes(AGREED, NOON + 3 * DAY + HOUR) == ["day3", "day7"]


def test_a_note_that_could_not_go_for_a_day_goes_no_more() -> None:
    assert purposes(AGREED, NOON + 5 * DAY) == ["day7"]


def test_who_agrees_long_after_gets_nothing_late() -> None:
    assert purposes(AGREED, NOON + 20 * DAY) == []


def test_monthly_notes_end_by_themselves_after_a_year() -> None:
    monthly = with_profile(monthly_notes="on")
    months = [due for due in dues(monthly) if due.purpose.startswith("month")]
    assert (len(months), months[-1].due_at - NOON) == (12, 360 * DAY)


def test_a_note_that_was_said_is_not_due_again() -> None:
    said = {("follow_up", "day1"): (NOON + DAY).date()}
    assert [due.purpose for due in dues(AGREED, NOON + DAY, said)] == ["day3", "day7"]


def test_a_new_crisis_begins_the_notes_anew() -> None:
    said = {("follow_up", "day1"): (NOON + DAY).date()}
    again = with_safety(crisis_at=NOON + 2 * DAY)
    assert dues(again, NOON + 2 * DAY, said)[0].due_at == NOON + 3 * DAY


def test_the_look_at_the_plan_is_due_once_on_its_day() -> None:
    agreed = replace(AGREED, safety=SafetyState(), safety_plan=SafetyPlan((LINE,), review_at=NOON + 30 * DAY))
    assert [(due.kind, due.due_at - NOON) for due in dues(agreed)] == [("plan_review", 30 * DAY)]


def test_a_plan_without_a_line_is_not_looked_at() -> None:
    assert dues(replace(AGREED, safety=SafetyState(), safety_plan=SafetyPlan(review_at=NOON + DAY))) == []


@pytest.mark.parametrize(
    ("record", "on"),
    [
        (with_profile(follow_ups="off"), False),
        (AGREED, True),
        (with_profile(follow_ups="off", reminders="on"), True),
        (replace(with_profile(follow_ups="off"), safety_plan=SafetyPlan(review_at=NOON)), True),
    ],
)
def test_a_pause_can_switch_off_whatever_comes_unasked(record: Record, on: bool) -> None:
    assert notes_on(record) is on


# Calm


@pytest.mark.parametrize(
    ("record", "calm"),
    [
        (with_safety(crisis_at=NOON - 23 * HOUR), False),
        (with_safety(crisis_at=NOON - 25 * HOUR), True),
        (with_safety(crisis_at=None, asked_at=NOON - HOUR, asked_tier="urgent"), False),
        (with_safety(crisis_at=None, asked_at=NOON - HOUR, asked_tier="watch"), True),
        (replace(with_safety(crisis_at=None), ratings=(Rating("distress", 8, NOON - HOUR),)), False),
        (replace(with_safety(crisis_at=None), ratings=(Rating("distress", 7, NOON - HOUR),)), True),
        (replace(with_safety(crisis_at=None), ratings=(Rating("distress", 9, NOON - 25 * HOUR),)), True),
        (replace(with_safety(crisis_at=None), ratings=(Rating("mood", 9, NOON - HOUR),)), True),
    ],
)
def test_a_form_waits_while_it_burns(record: Record, calm: bool) -> None:
    assert is_calm(record, NOON) is calm


def test_the_newest_distress_counts() -> None:
    ratings = (Rating("distress", 9, NOON - 2 * HOUR), Rating("name_it.distress_post", 4, NOON - HOUR))
    assert is_calm(replace(with_safety(crisis_at=None), ratings=ratings), NOON)


def test_no_questionnaire_comes_for_seven_days() -> None:
    assert [measures_rest(AGREED, NOON + days * DAY) for days in (0, 6, 7)] == [True, True, False]


# What a No undoes


def test_a_no_that_is_believed_leaves_only_the_re_check() -> None:
    heard = replace(with_safety(return_after=NOON + HOUR), signals=(SignalMark("urgent", "suicide", ("r1",), NOON),))
    after = denied(heard, NOON)
    assert (after.crisis_at, after.return_after) == (None, None)


@pytest.mark.parametrize(
    "heard",
    [
        replace(AGREED, signals=(SignalMark("acute", "suicide", ("r1",), NOON),)),
        replace(
            AGREED,
            signals=tuple(
                SignalMark("watch", "suicide", (rule,), at) for rule, at in (("r1", NOON - HOUR), ("r2", NOON))
            ),
        ),
        with_safety(said_at=NOON - DAY),
    ],
    ids=["acute words", "a second hit", "a yes of yesterday"],
)
def test_a_no_does_not_undo_what_weighs_more(heard: Record) -> None:
    assert denied(heard, NOON) == heard.safety


def test_who_said_today_that_they_are_safe_is_asked_at_another_contact() -> None:
    after = answered(replace(AGREED.safety, return_after=NOON - HOUR, recheck_after=None), NOON)
    assert (after.return_after, after.recheck_after) == (NOON + 12 * HOUR, None)


@pytest.mark.parametrize(
    ("record", "quiet"),
    [
        (AGREED, False),
        (replace(AGREED, signals=(SignalMark("urgent", "violence", ("r1",), NOON - HOUR),)), True),
        (replace(AGREED, signals=(SignalMark("urgent", "violence", ("r1",), NOON - 2 * DAY),)), False),
        (with_safety(crisis_category="violence"), True),
        (replace(AGREED, flags={"violence": True}), True),
        (with_profile(phone="yes"), True),
    ],
)
def test_where_somebody_else_may_read_along_the_notes_say_nothing(record: Record, quiet: bool) -> None:
    assert neutral(record, NOON) is quiet


# The way back in


def played(chat: str, shipped: Any, presets: Any) -> Any:
    return replay(parse(chat), shipped, presets, round_trip=True)


CRISIS = """\
clock 2026-11-25 09:00
as plain
> I want to die
* Yes, but not now
* No
> /skip
- x
> /skip
* Stop for today
"""


def test_a_crisis_step_is_noted_with_its_time_and_kind(shipped, presets) -> None:
    safety = played(CRISIS, shipped, presets).record.safety
    assert (safety.crisis_category, safety.return_after - safety.crisis_at) == ("suicide", 12 * HOUR)


def flow_after(more: str, shipped: Any, presets: Any) -> str:
    runs = played(f"{CRISIS}{more}", shipped, presets).record.runs
    return runs[-1].flow if runs else ""


def test_the_way_back_is_not_offered_on_the_same_day_at_once(shipped, presets) -> None:
    assert flow_after(":later 3h\n> menu\n", shipped, presets) == "menu"


def test_the_way_back_is_offered_at_the_next_contact_half_a_day_later(shipped, presets) -> None:
    assert flow_after(":later 13h\n> menu\n", shipped, presets) == "re_entry"


@pytest.mark.parametrize(("word", "flow"), [("sos", "sos"), ("/plan", "safety_plan"), ("help", "help")])
def test_who_asks_for_help_gets_help_first(word: str, flow: str, shipped, presets) -> None:
    assert flow_after(f":later 13h\n> {word}\n", shipped, presets) == flow


def test_the_re_check_is_not_asked_beside_the_way_back(shipped) -> None:
    """Both are due: one contact asks about danger once."""
    due = replace(AGREED.safety, return_after=NOON, recheck_after=NOON)
    turn = respond(shipped, replace(AGREED, safety=due), Utterance(NOON + HOUR, text="hello"), NOON + HOUR, 0)
    assert (turn.record.runs[-1].flow, turn.record.safety.recheck_after) == ("re_entry", None)


@pytest.mark.parametrize("gone", [{"consents": {}}, {"profile": replace(AGREED.profile, adult="no")}])
def test_without_a_programme_to_come_back_to_no_way_back_is_offered(gone: dict[str, Any], shipped) -> None:
    due = replace(AGREED, safety=replace(AGREED.safety, return_after=NOON), **gone)
    turn = respond(shipped, due, Utterance(NOON + HOUR, text="hello"), NOON + HOUR, 0)
    assert turn.record.runs[-1].flow != "re_entry"


FALSE_ALARM = "clock 2026-11-25 09:00\nas plain\n> I want to die\n* No, something else\n"


def test_after_a_false_alarm_there_is_only_the_re_check(shipped, presets) -> None:
    safety = played(FALSE_ALARM, shipped, presets).record.safety
    assert (safety.return_after, safety.crisis_at, safety.recheck_after is not None) == (None, None, True)
