"""The way back: through answers, parts, each, digressions and what a node opened."""

import datetime as dt

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from flows import Record, Utterance, respond
from flows.back import RECORD
from flows.journal import changed_fields
from flows.record import Entry, Frame, Undo
from tests.flows.talk import Talk, consented, enter, to
from tests.flows.test_any_input import library_of
from tests.flows.wandering import ANSWERS, utterance_for


def kept_of(record: Record):
    """What `back` puts back: the places and slots of all runs, and what the record keeps."""
    runs = [(run.id, run.frames, run.reached_plan, run.started_do) for run in record.runs]
    return runs, [getattr(record, name) for name in RECORD]


def test_back_takes_back_the_answer_that_opened_another_flow(walker):
    to(walker, "/skip")
    before = kept_of(walker.record)
    to(walker, "=Ask for help", "back")
    assert kept_of(walker.record) == before


def test_back_goes_through_each_and_parts_one_answer_at_a_time(walker):
    to(walker, "Ann, Bo")
    seen = [kept_of(walker.record)]
    for step in ("=Go through them", "=A friend", "=Family"):
        to(walker, step)
        seen.append(kept_of(walker.record))
    for wanted in reversed(seen[:-1]):
        to(walker, "back")
        assert kept_of(walker.record) == wanted


def test_after_a_check_in_from_an_offer_back_takes_the_check_in_back_first(talk):
    to(talk, "Ann")
    before = kept_of(talk.record)
    talk.due("check_in", dt.timedelta(hours=1))
    to(talk, "=check in label", "4")
    with_check_in = [each.value for each in talk.record.ratings]
    to(talk, "back")
    assert (with_check_in, kept_of(talk.record)) == ([4], before)


def test_back_after_a_screen_that_gave_way_to_another_takes_back_what_it_changed(talk):
    to(talk, "Ann", "settings", "menu", "=Tone", "=Brief", "menu", "settings", "=Close")
    tone = talk.record.profile.tone
    to(talk, "back")
    assert (tone, talk.record.profile.tone, talk.place) == ("brief", "warm", "first:mood_ask")


def test_back_takes_back_all_turns_of_a_digression_at_once(yard):
    talk = to(enter(consented(Talk(yard)), "tiny"), "=Start")
    profile = msgspec.structs.replace(talk.record.profile, name="Ann")
    talk.record = msgspec.structs.replace(talk.record, profile=profile)
    before = kept_of(talk.record)
    to(enter(talk, "yard"), "/skip", "=No name", "=Left", "x", "3", "=Nothing")
    name = talk.record.profile.name
    to(talk, "back")
    assert (name, kept_of(talk.record)) == ("", before)


def test_what_several_turns_overwrote_is_put_back_from_the_last_to_the_first(talk):
    to(talk, "Ann")
    changes = []
    for name in ("Bo", "Cy"):
        before = talk.record
        talk.record = msgspec.structs.replace(before, profile=msgspec.structs.replace(before.profile, name=name))
        changes.append(Undo({}, changed_fields(before, talk.record, RECORD)))
    run = msgspec.structs.replace(talk.record.runs[-1], journal=(Entry(tuple(changes)),))
    talk.record = msgspec.structs.replace(talk.record, runs=(run,))
    to(talk, "back")
    assert talk.record.profile.name == "Ann"


def test_looking_at_help_leaves_the_way_back_open(library):
    talk = to(Talk(library), "/start", "=Yes", "Ann", "help", "=Close", "back")
    assert talk.place == "first:name"


def test_back_never_goes_behind_a_safety_answer(talk):
    to(talk, "Ann", "7", "I want to kill myself", "=Yes")
    before = kept_of(talk.record)
    to(talk, "back")
    assert (kept_of(talk.record), talk.said[0]) == (before, "back nothing")


def test_back_does_not_leave_a_question_that_cannot_be_skipped(talk):
    to(talk, "Ann", "I want to kill myself", "back")
    assert (talk.place, talk.said[0]) == ("connect:numbers", "back nothing")


def test_back_behind_the_plan_takes_the_milestone_back_and_tells_the_world():
    talk = enter(consented(Talk(library_of("shipped"))), "name_it")
    run = talk.record.runs[-1]
    before = Frame(f"name_it@{run.version}:reflect")
    talk.record = msgspec.structs.replace(talk.record, runs=(msgspec.structs.replace(run, frames=(before,)),))
    to(talk, "nothing much yet")
    reached = [fact.reached_plan for fact in talk.turn.runs]
    to(talk, "/back")
    assert (reached, [fact.reached_plan for fact in talk.turn.runs], talk.record.done) == ([True], [False], {})


def test_a_run_that_comes_up_over_others_cannot_be_taken_back_into_the_time_before(talk):
    to(talk, "Ann")
    enter(talk, "tiny")
    to(talk, "=Start", "3")
    rated = [each.value for each in talk.record.ratings]
    enter(talk, "first")
    to(talk, "back")
    assert ([each.value for each in talk.record.ratings], talk.place) == (rated, "first:mood_ask")


@pytest.mark.parametrize("preset", ["new", "onboarded"])
@pytest.mark.parametrize("name", ["small", "shipped"])
@settings(max_examples=60)
@given(steps=st.lists(ANSWERS, min_size=3, max_size=40), flow=st.sampled_from(["", "name_it", "settle_body", "tiny"]))
def test_an_answer_and_back_leave_everything_as_it_was(name, preset, steps, flow):
    library = library_of(name)
    talk = Talk(library)
    if preset == "onboarded":
        consented(talk)
        flow = flow if flow in library.flows else library.programme.flows["home"]
        enter(talk, flow)
    for step in [("say", "/start"), *steps]:
        before = talk.record
        shown = [
            each.press for reply in (talk.turn.replies if talk.turn else ()) for row in reply.buttons for each in row
        ]
        turn = talk.take(utterance_for(step, before, [each for each in shown if each != "sos"], talk.now))
        if not can_be_taken_back(before, turn):
            continue
        taken = respond(library, talk.record, Utterance(talk.now, text="/back"), talk.now, 1)
        assert kept_of(taken.record) == kept_of(before)


def can_be_taken_back(before, turn):
    """It changed something, its run is still on top or beneath what it opened, and no wall was built."""
    runs = turn.record.runs
    if not (turn.answered and before.runs and runs) or kept_of(before) == kept_of(turn.record):
        return False
    own = next((run for run in runs[-2:] if run.id == before.runs[-1].id), None)
    on_top = own is runs[-1]
    return own is not None and bool(own.journal) and not own.journal[-1].wall and (on_top or own.asked is None)
