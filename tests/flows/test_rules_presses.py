"""Buttons, offers beside the open question, and what is typed in their place."""

import datetime as dt

import msgspec
import pytest

from flows.turn import Utterance
from tests.flows.talk import Talk, consented, enter, to


@pytest.fixture
def talk(library):
    return Talk(library)


def at_mood(talk):
    return to(talk, "/start", "=Yes", "Ann")


def press_of(talk, label):
    return next(press for each, press in reversed(talk.buttons) if each.removeprefix("✓ ") == label)


def with_offer(talk):
    """The open question, and beside it the offer of a check-in that fell due."""
    talk.due("check_in", dt.timedelta(hours=1))
    return talk


# marks


def test_pressing_the_same_copy_of_a_keyboard_twice_marks_once(talk):
    to(at_mood(talk), "7")
    press = press_of(talk, "Red")
    talk.press(press)
    talk.press(press)
    assert talk.record.runs[-1].asked.marks == ("red",)


def test_a_mark_is_taken_away_by_the_button_that_shows_it(talk):
    to(at_mood(talk), "7", "=Red", "=Red")
    assert talk.record.runs[-1].asked.marks == ()


def test_marks_answer_in_the_order_in_which_they_stand_whatever_was_pressed_first(talk):
    to(at_mood(talk), "7", "=Green", "=Red", "=Done")
    assert talk.record.runs[-1].frames[0].slots["colours"] == ["red", "green"]


def test_a_mark_leaves_an_offer_beside_it_open(talk):
    with_offer(to(at_mood(talk), "7"))
    to(talk, "=Red")
    assert talk.record.offer is not None


def test_a_press_without_a_wanted_mark_does_not_mark(talk):
    to(at_mood(talk), "7")
    talk.press(press_of(talk, "Red").rstrip("+"))
    assert (talk.record.runs[-1].asked.marks, talk.turn.reading) == ((), "stale press")


def test_a_press_with_a_mark_does_not_answer_where_one_is_chosen(talk):
    to(talk, "/start")
    talk.press(press_of(talk, "Yes") + "+")
    assert talk.place == "first:hello"


def test_a_second_done_is_only_acknowledged(talk):
    to(at_mood(talk), "7", "=Red")
    done = press_of(talk, "Done")
    talk.press(done)
    talk.press(done)
    assert ([each.kind for each in talk.turn.replies], talk.turn.replies[0].text) == (["acknowledge"], "")


# stale, double and forged


@pytest.mark.parametrize(("label", "steps"), [("7", ()), ("skip label", ("7", "=Red", "=Done"))])
def test_a_second_press_on_a_number_or_on_skip_is_only_acknowledged(talk, label, steps):
    to(at_mood(talk), *steps)
    press = press_of(talk, label)
    talk.press(press)
    talk.press(press)
    assert ([each.kind for each in talk.turn.replies], talk.turn.replies[0].text) == (["acknowledge"], "")


def test_a_press_on_what_was_typed_already_is_only_acknowledged(talk):
    to(at_mood(talk), "7")
    talk.press(press_of(talk, "7"))
    assert (talk.turn.reading, talk.place) == ("repeated press", "first:colours_ask")


def test_a_press_on_another_answer_than_the_one_given_gets_a_note(talk):
    to(at_mood(talk), "7")
    talk.press(press_of(talk, "6"))
    assert (talk.turn.replies[0].text, talk.record.ratings[-1].value) == ("stale press", 7)


def test_a_press_on_a_closed_digression_changes_nothing(talk):
    to(at_mood(talk), "menu")
    press = press_of(talk, "Tone")
    to(talk, "back")
    talk.press(press)
    assert (talk.place, talk.turn.replies[0].text) == ("first:mood_ask", "stale press")


def test_a_press_on_what_waits_beneath_a_digression_changes_nothing(talk):
    press = press_of(at_mood(talk), "7")
    to(talk, "menu")
    talk.press(press)
    assert (talk.place, talk.record.ratings) == ("home:home", ())


def test_skip_pressed_where_nothing_can_be_skipped_changes_nothing_and_says_why(talk):
    to(talk, "/start")
    talk.press(f"{talk.record.runs[-1].asked.number}.skip")
    assert (talk.place, talk.said[0]) == ("first:hello", "skip refused nothing is kept before you agree")


def test_a_question_that_comes_up_where_it_stands_closes_its_older_copy_once(talk):
    number = at_mood(talk).record.runs[-1].asked.number
    enter(talk, "first")
    assert talk.closed == [number]


def test_a_press_that_was_offered_and_is_not_any_more_gets_a_note_and_the_options_of_now(library, yard):
    talk = Talk(yard)
    to(talk, "/start", "=Yes", "Ann", "7", "=Done", "40", "/skip", "A day", "7:30", "=Enough")
    enter(talk, "yard")
    to(talk, "/skip")
    shown = talk.labels
    press = press_of(talk, "My card")
    talk.record = msgspec.structs.replace(talk.record, cards=())
    talk.press(press)
    assert ("My card" in shown, "My card" in talk.labels, talk.turn.reading) == (True, False, "stale press")


# numbers and labels that are typed


def test_a_typed_number_means_the_option_that_was_shown_with_it(walker):
    to(walker, "Ann, Bo, Cy, Di, Ed, Flo", "6")
    assert walker.place == "kind:ask_kind"


def test_a_number_no_option_was_shown_with_is_not_understood(walker):
    to(walker, "Ann, Bo, Cy, Di, Ed, Flo", "7")
    assert (walker.place, walker.turn.reading) == ("yard:pick_ask", "unclear")


def test_the_words_of_an_element_without_a_button_can_be_typed(walker):
    to(walker, "Ann, Bo, Cy, Di, Ed, Flo", "Flo")
    assert walker.slots["picked"] == "5"


def test_at_most_six_buttons_stand_under_a_list(walker):
    to(walker, ", ".join("abcdefghij"))
    assert walker.labels == ["a", "b", "c", "d", "None of them", "Go through them"]


def test_a_number_keeps_its_meaning_when_an_option_before_it_is_gone(library, yard):
    talk = Talk(yard)
    to(talk, "/start", "=Yes", "Ann", "7", "=Done", "40", "/skip", "A day", "7:30", "=Enough")
    enter(talk, "yard")
    to(talk, "/skip")
    talk.record = msgspec.structs.replace(talk.record, cards=())
    assert to(talk, "2").place == "yard:secret_ask"


LONG = "my neighbour from the second floor who is tall"


def test_a_long_label_is_cut_on_its_button_only(walker):
    to(walker, f"{LONG}, Bo")
    button = walker.labels[0]
    to(walker, LONG)
    assert (len(button), button[-1], walker.slots["picked"]) == (24, "…", "0")


# offers


def test_an_offer_has_its_own_number_and_the_ask_keeps_its_own(talk):
    number = at_mood(talk).record.runs[-1].asked.number
    with_offer(talk)
    assert (talk.record.runs[-1].asked.number, talk.record.offer.number) == (number, number + 1)


@pytest.mark.parametrize("step", ["7", "=7", "menu", "back", "I want to kill myself"])
def test_an_offer_closes_when_its_question_is_no_longer_the_open_one(talk, step):
    to(with_offer(at_mood(talk)))
    number = talk.record.offer.number
    to(talk, step)
    assert (talk.record.offer, number in talk.closed) == (None, True)


def test_an_offer_stays_beside_a_question_that_was_only_said_again(talk):
    to(with_offer(at_mood(talk)), "blue whale")
    assert talk.record.offer is not None


def test_a_press_on_an_offer_that_is_gone_changes_nothing(talk):
    press = press_of(with_offer(at_mood(talk)), "check in label")
    to(talk, "7")
    talk.press(press)
    assert (talk.place, talk.turn.replies[0].text) == ("first:colours_ask", "stale press")


def test_a_typed_label_takes_an_offer(talk):
    assert to(with_offer(at_mood(talk)), "check in label").place == "daily:mood_today"


def test_a_label_of_an_offer_typed_before_the_question_was_seen_takes_nothing(talk):
    with_offer(at_mood(talk))
    talk.say("check in label", seen=False)
    assert (talk.place, talk.turn.reading) == ("first:mood_ask", "early")


def test_taking_the_check_in_closes_the_keyboard_of_what_waits(talk):
    number = at_mood(talk).record.runs[-1].asked.number
    to(with_offer(talk), "=check in label")
    assert number in talk.closed


def test_words_meant_for_a_text_do_not_answer_a_danger_question_through_an_old_offer(talk):
    to(at_mood(talk), "7", "=Done", "40", "/skip", "menu")
    press = press_of(talk, "answer label")
    to(talk, "I want to kill myself")
    talk.press(press)
    assert (talk.place, talk.turn.replies[0].text) == ("connect:numbers", "stale press")


def test_the_ask_again_follows_a_stale_press_only_if_it_is_not_the_last_message(talk):
    stale = press_of(to(talk, "/start"), "No")
    to(talk, "=Yes", "Ann")
    talk.press(stale)
    silent = len(talk.said)
    with_offer(talk)
    talk.press(stale)
    assert (silent, talk.said) == (0, ["How is your mood?"])


def test_a_check_in_is_left_when_the_next_one_is_due(talk):
    consented(talk)
    talk.due("check_in")
    first = talk.record.runs[-1].id
    talk.due("check_in", dt.timedelta(days=1))
    left = [fact.run for fact in talk.turn.runs if fact.status == "left"]
    assert (left, talk.place, len(talk.record.runs)) == ([first], "daily:mood_today", 1)


@pytest.mark.parametrize("kind", ["photo", "voice"])
def test_media_as_the_first_contact_begins_the_talk_and_says_that_only_text_is_read(talk, kind):
    talk.take(Utterance(talk.now, media=kind))
    assert (talk.place, talk.said[0]) == ("first:hello", f"media {kind}")
