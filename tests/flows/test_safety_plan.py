"""The safety plan: the person's own lines, which stay until the person removes them."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from flows.record import ENTRIES, ENTRY, PLAN_STEPS, Kept, Profile, Record, SafetyPlan, begin
from flows.replay import replay
from flows.room import fit, size
from flows.safety_plan import entries_of, plan_text, review_date, with_entry, without_entry
from flows.transcript import parse

replace = msgspec.structs.replace
NOW = dt.datetime(2026, 11, 25, 23, 30, tzinfo=dt.UTC)


def plan(*lines: tuple[str, str]) -> SafetyPlan:
    made = SafetyPlan()
    for number, (step, text) in enumerate(lines):
        made = with_entry(replace(made, step=step), f"e{number}", text, NOW)
    return made


def having(made: SafetyPlan, **profile: str) -> Record:
    return replace(begin("p", "en", NOW), safety_plan=made, profile=Profile(**profile))


def test_without_a_line_there_is_no_plan_to_show(shipped) -> None:
    assert plan_text(shipped, having(SafetyPlan())) == ""


def test_the_steps_stand_in_their_order_whatever_was_written_first(shipped) -> None:
    text = plan_text(shipped, having(plan(("pros", "My doctor"), ("signs", "I sleep badly"))))
    assert text == "Signs that it gets hard:\n• I sleep badly\n\nProfessionals and lines I can call:\n• My doctor"


def test_a_step_holds_three_lines_and_a_fourth_changes_nothing() -> None:
    full = plan(*[("alone", f"thing {number}") for number in range(ENTRIES)])
    assert with_entry(replace(full, step="alone"), "e9", "one more", NOW).entries == full.entries


@pytest.mark.parametrize("step", ["", "done", "elsewhere"])
def test_a_line_needs_a_step_of_the_plan(step: str) -> None:
    assert plan((step, "a line")).entries == ()


def test_a_line_never_outgrows_its_bound() -> None:
    assert len(plan(("alone", "x" * 500)).entries[0].text) == ENTRY


def test_taking_out_a_line_leaves_the_others() -> None:
    left = without_entry(plan(("alone", "music"), ("people", "my sister")), "e0")
    assert [entry.text for entry in left.entries] == ["my sister"]


def test_each_step_is_read_on_its_own() -> None:
    made = plan(("alone", "music"), ("people", "my sister"))
    assert [entry.text for entry in entries_of(made, "alone")] == ["music"]


def test_the_day_of_the_next_look_is_said_on_the_persons_own_calendar(shipped) -> None:
    made = replace(SafetyPlan(), review_at=NOW)
    days = [review_date(shipped, having(made, zone=zone), NOW) for zone in ("Europe/London", "Asia/Tokyo")]
    assert days == ["25 November", "26 November"]


def test_before_a_day_is_agreed_the_one_a_month_from_now_is_named(shipped) -> None:
    assert review_date(shipped, having(SafetyPlan()), NOW) == "25 December"


def test_nothing_of_the_plan_falls_away_when_a_record_has_to_be_made_small() -> None:
    made = plan(*[(step, f"{number} " + "🙂" * 100) for step in PLAN_STEPS for number in range(ENTRIES)])
    heavy = {f"s{number}": (Kept("x" * 500, NOW, "s"),) * 20 for number in range(20)}
    small = fit(replace(having(made), turns=4, kept=heavy))
    assert (small.safety_plan, size(small) < size(replace(having(made), kept=heavy))) == (made, True)


MAKING = """\
clock 2026-11-25 09:00
as plain
> /plan
* Yes, let us begin
* I sleep badly
"""


def lines_after(chat: str, shipped, presets) -> list[str]:
    record = replay(parse(chat), shipped, presets, round_trip=True).record
    return [entry.text for entry in record.safety_plan.entries]


def test_what_was_written_is_saved_at_once(shipped, presets) -> None:
    assert lines_after(MAKING, shipped, presets) == ["I sleep badly"]


def test_back_takes_the_last_line_out_again(shipped, presets) -> None:
    assert lines_after(f"{MAKING}> /back\n", shipped, presets) == []


def test_words_that_sound_like_danger_are_answered_and_never_become_a_line(shipped, presets) -> None:
    played = replay(parse(f"{MAKING}> I want to kill myself\n"), shipped, presets, round_trip=True)
    top = played.record.runs[-1].flow
    assert ([entry.text for entry in played.record.safety_plan.entries], top) == (["I sleep badly"], "connect")
