"""What is typed: early, edited, in several lines, a command or an answer."""

import datetime as dt

import msgspec
import pytest

from flows.turn import Utterance
from tests.flows.talk import Talk, to


def playing(walker):
    """A timed list is being said: In at once, Out after 4 seconds, the ask after 6."""
    to(walker, "/skip", "=Right", "=done label")
    walker.now -= dt.timedelta(seconds=18)
    return walker


# early


def test_an_early_text_is_not_used_and_the_question_is_said_again_under_its_number(talk):
    number = talk.record.runs[-1].asked.number
    talk.say("Ann", seen=False)
    asks = [reply.ask for reply in talk.turn.replies if reply.kind == "ask"]
    assert (talk.said[0], asks, talk.record.profile.name) == ("early", [number], "")


def test_an_early_sos_opens_help(talk):
    talk.say("sos", seen=False)
    assert talk.place == "sos:numbers"


def test_an_early_text_is_looked_at_for_danger(talk):
    talk.say("I want to kill myself", seen=False)
    assert talk.turn.safety_step == "N3"


def test_a_label_typed_early_is_not_a_tap(library):
    talk = to(Talk(library), "/start")
    talk.say("No", seen=False)
    assert talk.place == "first:hello"


# a timed list


@pytest.mark.parametrize("seen", [True, False])
def test_what_is_typed_while_a_list_plays_is_a_remark_and_it_plays_on(walker, seen):
    playing(walker).say("this is calm", seen=seen)
    assert (walker.turn.replies, walker.turn.cancels, walker.place) == ((), False, "yard:breathe")


@pytest.mark.parametrize("seen", [True, False])
def test_done_ends_a_list_that_still_plays(walker, seen):
    playing(walker).say("done", seen=seen)
    assert (walker.place, walker.turn.cancels) == ("yard:story_ask", True)


def test_after_a_list_nobody_is_met_with_silence(walker):
    playing(walker).later(seconds=30)
    to(walker, "this is calm")
    assert walker.said == ["unclear timed", "Tap when you have had enough."]


def test_the_untimed_form_says_the_list_at_once(walker):
    profile = msgspec.structs.replace(walker.record.profile, untimed="yes")
    walker.record = msgspec.structs.replace(walker.record, profile=profile)
    to(playing(walker))
    assert [(each.text, each.after) for each in walker.turn.replies if each.kind in ("say", "ask")] == [
        ("In.\nOut.", 0.0),
        ("Tap when you have had enough.", 0.0),
    ]


def test_untimed_nobody_is_met_with_silence(walker):
    to(walker, "/skip", "=Right")
    walker.take(Utterance(walker.now, press=f"{walker.record.runs[-1].asked.number}.done", pushes=False))
    to(walker, "hello")
    assert walker.said[0] == "unclear timed"


def test_repeat_says_a_timed_list_again(walker):
    to(playing(walker), "repeat")
    assert [each.after for each in walker.turn.replies if each.kind in ("say", "ask")] == [0.0, 4.0, 6.0]


# several lines


def test_the_first_line_that_can_be_read_answers_even_beside_a_command(talk):
    to(talk, "Ann", "menu\n7")
    assert (talk.record.ratings[-1].value, talk.place) == (7, "first:colours_ask")


def test_a_command_on_a_line_of_its_own_counts_if_no_line_answers(talk):
    to(talk, "Ann", "hm\nmenu")
    assert talk.place == "home:home"


def test_help_on_a_line_wins_over_an_answer(talk):
    to(talk, "Ann", "7\nhelp")
    assert (talk.place, talk.record.ratings) == ("help:show", ())


def test_a_word_within_a_sentence_is_no_command(talk):
    to(talk, "please stop the noise")
    assert talk.record.profile.name == "please stop the noise"


def test_a_text_takes_lines_that_are_commands_too(walker):
    to(walker, "/skip", "=Left", "one\nmenu")
    assert walker.slots["secret"] == "one\nmenu"


@pytest.mark.parametrize("word", ["menu", "pause", "back", "repeat", "shorter", "why", "settings"])
def test_in_a_text_every_command_but_help_is_asked_about(talk, word):
    to(talk, word)
    assert (talk.turn.reading, talk.place) == ("command or answer", "first:name")


def test_skip_typed_under_a_skip_button_is_a_tap_on_it(talk):
    to(talk, "skip")
    assert (talk.turn.reading, talk.place) == ("skip", "first:mood_ask")


@pytest.mark.parametrize("word", ["help", "stop", "sos"])
def test_in_a_text_help_stop_and_sos_act_at_once(talk, word):
    assert to(talk, word).place.partition(":")[0] == word


# edits


def test_an_edit_is_offered_only_for_an_answer_that_was_typed(library):
    talk = to(Talk(library), "/start", "=Yes", "Ann", "=7")
    talk.say("8", edits="last")
    assert talk.record.offer is None


def test_an_edit_of_a_typed_answer_is_not_offered_once_something_else_was_tapped(talk):
    to(talk, "Ann", "7", "=Done")
    talk.say("8", edits="last")
    assert talk.record.offer is None


def test_an_edit_is_not_offered_after_a_way_back(talk):
    to(talk, "Ann", "7", "back")
    talk.say("8", edits="last")
    assert talk.record.offer is None


def test_an_edit_never_reaches_behind_a_consent(library):
    talk = to(Talk(library), "/start", "yes")
    talk.say("no", edits="last")
    assert (talk.record.offer, talk.record.consents["processing"].given) == (None, True)


def test_an_edit_that_was_offered_is_gone_after_the_next_answer(talk):
    to(talk, "Ann")
    talk.say("Anna", edits="last")
    to(talk, "7", "=edited use")
    assert (talk.record.profile.name, talk.place) == ("Ann", "first:colours_ask")


def test_an_answer_that_closed_a_digression_is_not_edited_into_what_waited(talk):
    to(talk, "Ann")
    talk.due("check_in", dt.timedelta(hours=1))
    to(talk, "=check in label", "4")
    talk.say("5", edits="last")
    assert (talk.place, talk.record.offer) == ("first:mood_ask", None)


def test_an_edit_that_was_offered_is_told_to_be_gone_when_there_is_no_way_back_any_more(talk):
    to(talk, "Ann")
    talk.say("Anna", edits="last")
    talk.later(days=29)
    to(talk, "=edited use")
    assert (talk.said[0], talk.record.profile.name) == ("edited gone", "Ann")


def test_the_edit_of_an_older_answer_changes_nothing(talk):
    to(talk, "Ann", "7")
    talk.say("Anna", edits="older")
    assert (talk.record.offer, talk.turn.replies) == (None, ())


def test_a_message_edited_into_sos_opens_help(talk):
    to(talk, "Ann")
    talk.say("sos", edits="last")
    assert talk.place == "sos:numbers"


def test_a_message_edited_into_danger_is_looked_at(talk):
    to(talk, "Ann")
    talk.say("I want to kill myself", edits="older")
    assert talk.turn.safety_step == "N3"


def test_an_edited_answer_takes_the_place_of_the_first(talk):
    to(talk, "Ann", "7")
    talk.say("2", edits="last")
    talk.tap("edited use")
    assert ([each.value for each in talk.record.ratings], talk.said[-2:]) == (
        [2],
        ["That is low.", "Which colours do you like?"],
    )


def test_a_turn_says_whether_it_answered_although_nothing_was_kept(walker):
    to(walker, "/skip")
    assert walker.turn.answered is True


def test_a_turn_that_only_looks_elsewhere_answers_nothing(talk):
    assert to(talk, "/menu").turn.answered is False
