"""The neutral screen: what it shows, what leads anywhere from it, and when it comes by itself."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from flows.phrases import COMMANDS
from tests.flows.talk import Talk, consented

replace = msgspec.structs.replace
NEUTRAL = "Hello. What would you like to do?"


@pytest.fixture
def person(shipped) -> Talk:
    talk = consented(Talk(shipped))
    profile = replace(talk.record.profile, country="GB", zone="Europe/London", adult="yes")
    talk.record = replace(talk.record, profile=profile, runs=(), last_utterance=talk.now)
    return talk


def everything(talk: Talk) -> str:
    return "\n".join([*(reply.text for reply in talk.turn.replies), *talk.labels])


@pytest.mark.parametrize("word", sorted(set(COMMANDS) - {"sos", "help"}))
def test_no_word_but_sos_and_help_leads_anywhere_while_hidden(person: Talk, word: str) -> None:
    person.say("menu")
    person.say("hide")
    person.say(f"/{word}")
    assert person.said == [NEUTRAL]


@pytest.mark.parametrize("word", sorted(set(COMMANDS) - {"sos", "help"}))
def test_nor_from_the_help_screen_above_it(person: Talk, word: str) -> None:
    person.say("hide")
    person.say("help")
    person.say(f"/{word}")
    assert person.said[-1] == NEUTRAL


def test_the_neutral_screen_has_no_help_button_that_tells_of_danger(person: Talk) -> None:
    person.say("I want to kill myself")
    person.say("hide")
    person.say("something that fits nothing")
    person.say("something else that fits nothing")
    assert "SOS" not in everything(person)


def test_help_while_hidden_shows_no_kind_of_danger_first(person: Talk) -> None:
    person.say("sos")
    usual = person.said[0]
    person.say("he hits me")
    person.say("hide")
    person.say("sos")
    assert person.said[0] == usual


def test_danger_written_while_hidden_is_answered(person: Talk) -> None:
    person.say("hide")
    person.say("I want to kill myself")
    assert person.turn.safety_step == "N3"


def test_an_old_button_shows_nothing_while_hidden(person: Talk) -> None:
    person.say("menu")
    press = person.buttons[0][1]
    person.say("hide")
    person.press(press)
    assert [text for text in person.said if text != NEUTRAL] == []


def test_the_place_is_there_again_by_choice(person: Talk) -> None:
    person.say("menu")
    before = person.place
    person.say("hide")
    person.tap("Go on where I was")
    assert person.place == before


def test_a_check_in_that_falls_due_says_nothing_while_hidden(person: Talk) -> None:
    person.say("hide")
    person.due("check_in")
    assert person.turn.replies == ()


def test_silence_after_a_question_about_violence_lights_up_only_the_neutral_screen(person: Talk) -> None:
    person.say("he hits me")
    person.due("silence", dt.timedelta(minutes=16))
    assert (everything(person).split("\n")[-4:], person.turn.answers[0].value) == (
        [NEUTRAL, "Rest your eyes", "Help", "Go on where I was"],
        "not_sure",
    )


def test_silence_after_another_question_brings_help(person: Talk) -> None:
    person.say("I wish I was dead")
    person.due("silence", dt.timedelta(minutes=16))
    assert "Samaritans" in everything(person)


@pytest.mark.parametrize(("minutes", "hidden"), [(29, False), (31, True)])
def test_a_return_after_half_an_hour_is_neutral_once_violence_was_written_of(
    person: Talk, minutes: int, hidden: bool
) -> None:
    person.say("he hits me")
    person.tap("No, something else")
    person.tap("Go on")
    person.later(minutes=minutes).say("hello")
    assert (person.said == [NEUTRAL]) is hidden


def test_the_flag_alone_makes_returns_neutral(person: Talk) -> None:
    person.record = replace(person.record, flags={"violence": True})
    person.later(days=5).say("hello")
    assert person.said == [NEUTRAL]


def test_help_comes_before_the_neutral_screen(person: Talk) -> None:
    person.record = replace(person.record, flags={"violence": True})
    person.later(days=5).say("sos")
    assert "Samaritans" in everything(person)


def test_where_words_are_awaited_hide_is_not_asked_about(talk: Talk) -> None:
    talk.say("hide")
    assert talk.place == "hide:hello"
