"""The words that work everywhere: why, repeat and shorter, in parts and digressions; and another language."""

import datetime as dt

import msgspec
import pytest

from tests.flows.talk import Talk, consented, enter, to


def test_why_of_an_ask_names_the_session_and_the_step(talk):
    to(talk, "Ann", "why")
    assert talk.said[0].startswith("why The first talk mood ask")


def test_why_in_a_part_names_the_session_and_the_step_of_the_part(walker):
    to(walker, "Ann", "=Go through them", "why")
    assert talk_words(walker) == ["why", "The", "yard", "ask", "kind", walker.library.flows["yard"].version]


def talk_words(talk):
    return talk.said[0].split()[:6]


def test_why_of_a_safety_message_names_its_flow(talk):
    to(talk, "I want to kill myself", "why")
    assert talk.said[0].startswith("why connect numbers")


def test_why_of_a_reminder_says_that_it_was_one(talk):
    to(talk, "Ann")
    talk.due("check_in", dt.timedelta(hours=1))
    to(talk, "why")
    assert talk.said[0] == f"why reminder {talk.library.hash}"


def test_why_after_the_last_words_of_a_talk_names_these(walker):
    to(walker, "/skip", "=Left", "x", "3", "=Nothing", "why")
    assert talk_words(walker)[:5] == ["why", "The", "yard", "story", "ask"]


def test_why_before_anything_was_said_says_so(library):
    assert to(Talk(library), "why").said[0] == "why nothing"


def test_repeat_in_a_part_says_its_question_again(walker):
    to(walker, "Ann", "=Go through them", "repeat")
    assert (walker.said, walker.place) == (["What is Ann to you?"], "kind:ask_kind")


def test_repeat_in_a_digression_repeats_the_digression(talk):
    to(talk, "Ann", "help", "repeat")
    assert talk.said == ["This is help.", "What now?"]


def in_session(talk):
    return to(enter(consented(talk), "tiny"))


def test_shorter_leads_to_the_short_form_before_the_exercise(library):
    assert to(in_session(Talk(library)), "=Start", "shorter").place == "tiny:act_short"


@pytest.mark.parametrize("steps", [("=Start", "3", "=It fits"), ("=Start", "3", "=It fits", "=Tried"), ("=Short",)])
def test_shorter_leads_nowhere_once_the_exercise_has_begun_or_in_the_short_form(library, steps):
    talk = to(in_session(Talk(library)), *steps)
    place = talk.place
    to(talk, "shorter")
    assert (talk.said[0], talk.place) == ("shorter none", place)


def test_shorter_in_a_digression_does_not_touch_the_session_beneath(library):
    talk = to(in_session(Talk(library)), "=Start", "menu", "shorter")
    assert (talk.said[0], talk.place) == ("shorter none", "home:home")


# another language


def test_the_language_can_change_in_the_middle(talk):
    to(talk, "Ann")
    talk.record = msgspec.structs.replace(talk.record, language="de")
    to(talk, "7")
    assert (talk.said[-1], talk.labels[:3]) == ("Welche Farben magst du?", ["Rot", "Blau", "Grün"])


def test_a_button_of_the_language_before_still_counts(library):
    talk = to(Talk(library), "/start")
    talk.record = msgspec.structs.replace(talk.record, language="de")
    assert to(talk, "=Yes").place == "first:name"
