"""Runs: opened, waiting, left, taken up again, withdrawn; each, and empty values."""

import datetime as dt

import msgspec
import pytest

from flows import Record
from flows.record import RUNS
from tests.flows.talk import Talk, consented, enter, to


def left(talk):
    return [(fact.flow, fact.status) for fact in talk.turn.runs if fact.status != "ended"]


def test_at_the_bound_the_oldest_run_is_left_and_the_world_is_told(library):
    talk = consented(Talk(library))
    for flow in ("first", "tiny", "daily", "home", "practice", "welcome_back"):
        enter(talk, flow)
    enter(talk, "settings")
    assert (len(talk.record.runs), left(talk)) == (RUNS, [("first", "left"), ("settings", "open")])


def test_a_session_that_waits_below_comes_up_where_it_stood(library):
    talk = to(enter(consented(Talk(library)), "tiny"), "=Start", "menu", "=Tiny")
    assert (talk.place, [run.flow for run in talk.record.runs]) == ("tiny:pre", ["tiny"])


def test_a_screen_that_waits_below_is_begun_anew(library):
    talk = consented(Talk(library))
    enter(enter(talk, "practice"), "daily")
    enter(talk, "practice")
    assert ([run.flow for run in talk.record.runs], left(talk)[0]) == (["daily", "practice"], ("practice", "left"))


def opened(walker):
    return to(walker, "/skip", "=Ask for help")


def test_what_was_opened_and_ends_goes_on_behind_the_node_that_opened_it(walker):
    assert to(opened(walker), "=Close").place == "yard:colours_ask"


def test_what_was_opened_and_is_closed_ends_what_is_beneath_too(walker):
    to(opened(walker), "=Leave it")
    assert (walker.record.runs, left(walker)) == ((), [("yard", "left")])


@pytest.mark.parametrize(("end", "runs"), [("today", 1), ("over", 0), ("closed", 0), ("done", 1)])
def test_each_end_of_what_was_opened_does_what_it_says(yard, walker, end, runs):
    opened(walker)
    place = yard.places[walker.record.runs[-1].frames[-1].state]
    done = next(name for name, node in place.flow.nodes.items() if node.end)
    node = msgspec.structs.replace(place.flow.nodes[done], end=end)
    state = place.state.rpartition(":")[0] + f":{done}"
    compiled = yard.places[state].node
    yard.places[state].node = node
    try:
        to(walker, "=Close" if done == "done" else "=Leave it")
    finally:
        yard.places[state].node = compiled
    assert len(walker.record.runs) == runs


def test_a_run_is_left_after_seven_days_by_whatever_turn_notices(talk):
    to(talk, "Ann").later(days=8)
    to(talk, "hi")
    assert left(talk)[0] == ("first", "left")


def test_a_run_that_was_left_is_open_again_when_it_is_taken_up(talk):
    to(talk, "Ann")
    talk.due("left", dt.timedelta(days=7))
    talk.later(days=1)
    to(talk, "=7")
    assert (left(talk), talk.record.runs[-1].left, talk.place) == ([("first", "open")], False, "first:colours_ask")


def test_it_can_be_left_a_second_time(talk):
    to(talk, "Ann")
    talk.due("left", dt.timedelta(days=7))
    to(talk, "=7")
    talk.due("left", dt.timedelta(days=7))
    assert left(talk) == [("first", "left")]


@pytest.mark.parametrize(("days", "place"), [(27, "first:mood_ask"), (29, "first:colours_ask")])
def test_the_way_back_lasts_twenty_eight_days_and_the_place_for_longer(talk, days, place):
    to(talk, "Ann", "7").later(days=days)
    to(talk, "back")
    assert talk.place == place


def test_what_is_typed_for_a_run_that_was_withdrawn_does_not_answer_the_one_beneath(library):
    talk = enter(to(Talk(library), "/start", "=Yes", "Ann"), "daily")
    flows = {**library.flows, "daily": msgspec.structs.replace(library.flows["daily"], withdrawn="stale")}
    talk.library = msgspec.structs.replace(library, flows=flows)
    to(talk, "3")
    assert (talk.said[0], talk.place, talk.record.ratings) == ("withdrawn Daily check-in", "first:mood_ask", ())


def test_a_run_whose_caller_is_nowhere_any_more_is_left_with_a_kind_sentence(walker):
    to(walker, "Ann", "=Go through them")
    run = walker.record.runs[-1]
    frames = (msgspec.structs.replace(run.frames[0], state="yard@gone:sort"), *run.frames[1:])
    walker.record = msgspec.structs.replace(walker.record, runs=(msgspec.structs.replace(run, frames=frames),))
    to(walker, "=A friend")
    assert walker.said[0] == "withdrawn The yard"


def test_an_each_that_is_visited_twice_asks_again_from_the_first(walker):
    to(walker, "Ann, Bo", "=Go through them", "=A friend", "=Family", "=Go through them", "=Family", "=A friend")
    assert [each["kind"] for each in walker.slots["people"]] == ["family", "friend"]


def test_an_empty_value_leaves_a_number_of_the_profile_as_it_was(walker):
    to(walker, "/skip", "=No pace")
    again = msgspec.json.decode(msgspec.json.encode(walker.record), type=Record)
    assert again.profile.pace == 2


def test_an_empty_value_empties_a_text_of_the_profile(walker):
    to(walker, "/skip", "=No name")
    again = msgspec.json.decode(msgspec.json.encode(walker.record), type=Record)
    assert again.profile.name == ""
