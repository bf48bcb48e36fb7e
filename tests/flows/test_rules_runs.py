"""Runs, digressions, the way back, safety, and what is kept."""

import datetime as dt

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from flows import Record, Utterance, respond
from flows.back import RECORD
from flows.journal import changed_fields
from flows.record import RUNS, WORDING, Entry, Frame, Kept, Undo, fit, size
from flows.routing import NAMED, Sight
from tests.flows.talk import Talk, consented, enter, small_library, to, yard_library
from tests.flows.test_any_input import library_of


@pytest.fixture(scope="module")
def library():
    return small_library()


@pytest.fixture(scope="module")
def yard(tmp_path_factory):
    return yard_library(tmp_path_factory.mktemp("content"))


@pytest.fixture
def talk(library):
    return to(Talk(library), "/start", "=Yes")


@pytest.fixture
def walker(yard):
    return enter(consented(Talk(yard)), "yard")


def left(talk):
    return [(fact.flow, fact.status) for fact in talk.turn.runs if fact.status != "ended"]


# the way back


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


def utterance_for(step, record, buttons, now):
    kind, what = step
    if kind == "tap" and buttons:
        return Utterance(now, press=buttons[what % len(buttons)])
    return Utterance(now, text=what if kind == "say" else "7")


ANSWERS = st.one_of(
    st.integers(0, 12).map(lambda index: ("tap", index)),
    st.sampled_from(["7", "2", "1", "Ann, Bo", "8:30", "skip", "/skip", "menu", "help", "a plain day", "ok"]).map(
        lambda text: ("say", text)
    ),
)


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


# runs


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


# each, and empty values


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


# safety


def test_a_recheck_comes_at_the_first_contact_after_twelve_hours_be_it_a_tap(talk):
    to(talk, "Ann")
    safety = msgspec.structs.replace(talk.record.safety, recheck_after=talk.now + dt.timedelta(hours=12))
    talk.record = msgspec.structs.replace(talk.record, safety=safety)
    talk.later(hours=13)
    to(talk, "=7")
    assert (talk.place, talk.record.ratings, talk.record.safety.recheck_after) == ("recheck:numbers", (), None)


@pytest.mark.parametrize("word", ["menu", "/start", "hello"])
def test_a_recheck_comes_before_whatever_else_is_wanted(talk, word):
    safety = msgspec.structs.replace(talk.record.safety, recheck_after=talk.now)
    talk.record = msgspec.structs.replace(talk.record, safety=safety)
    assert to(talk, word).place == "recheck:numbers"


@pytest.mark.parametrize("word", ["sos", "help", "stop"])
def test_nothing_comes_before_help(talk, word):
    safety = msgspec.structs.replace(talk.record.safety, recheck_after=talk.now)
    talk.record = msgspec.structs.replace(talk.record, safety=safety)
    assert to(talk, word).place.partition(":")[0] == word


def test_a_recheck_does_not_come_before_its_time(talk):
    safety = msgspec.structs.replace(talk.record.safety, recheck_after=talk.now + dt.timedelta(hours=12))
    talk.record = msgspec.structs.replace(talk.record, safety=safety)
    assert to(talk, "Ann").place == "first:mood_ask"


def test_silence_counts_only_once_its_time_has_come(talk):
    to(talk, "I want to kill myself")
    talk.due("silence", dt.timedelta(minutes=5))
    assert (talk.place, talk.turn.answers) == ("connect:numbers", ())


# what is kept


def test_before_consent_an_edit_is_kept_nowhere():
    talk = to(Talk(library_of("shipped")), "/start", "ok")
    talk.say("my secret", edits="last")
    assert b"secret" not in msgspec.json.encode(talk.turn)


def test_words_to_be_discarded_are_not_in_the_answers_of_the_turn(walker):
    to(walker, "/skip", "=Left", "my secret")
    assert [(each.slot, each.keep, each.value) for each in walker.turn.answers] == [("secret", "discard", None)]


def test_what_was_chosen_is_in_the_answers_of_the_turn(walker):
    to(walker, "/skip", "=Right")
    assert [each.value for each in walker.turn.answers] == ["right"]


MARK = "zqxv"


@settings(max_examples=40)
@given(steps=st.lists(ANSWERS, max_size=25), said=st.sampled_from([MARK, f"{MARK}\nmenu", f"/{MARK}"]))
def test_before_consent_no_word_that_was_typed_is_kept(steps, said):
    talk = Talk(library_of("shipped"))
    for step in [("say", "/start"), *steps]:
        shown = [
            each.press for reply in (talk.turn.replies if talk.turn else ()) for row in reply.buttons for each in row
        ]
        talk.take(utterance_for(step, talk.record, shown, talk.now))
        if "processing" in talk.record.consents:
            return
        talk.say(said)
        talk.say(said, edits="last")
        talk.say(said, seen=False)
        kept = msgspec.json.encode([talk.record, talk.turn.answers, talk.turn.steps, talk.turn.runs])
        assert MARK.encode() not in kept


def test_a_record_that_had_to_grow_smaller_offers_no_way_back_into_what_fell_away(talk):
    to(talk, "Ann", "7")
    words = tuple(Kept("x" * 500, talk.now, "a@b:c") for _ in range(20))
    full = msgspec.structs.replace(talk.record, turns=4, kept={f"slot{index}": words for index in range(6)})
    small = fit(full)
    assert (size(full) > size(small), [run.journal[-1].wall for run in small.runs]) == (True, [True])


def test_a_consent_nobody_was_asked_for_yet_is_no_in_every_text():
    talk = enter(consented(Talk(library_of("shipped"))), "settings")
    sight = Sight(talk.library, talk.record, talk.now)
    assert NAMED["consents"].value(sight) == {"processing": True, "research": False}


def test_of_the_texts_whose_variants_were_used_the_newest_are_remembered(library):
    talk = Talk(library)
    talk.record = msgspec.structs.replace(talk.record, wording={f"old{index}": 1 for index in range(WORDING)})
    to(talk, "/start")
    assert (len(talk.record.wording), "old0" in talk.record.wording) == (WORDING, False)
