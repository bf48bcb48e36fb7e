"""What follows an answer about danger: flags, false alarms, ages, and help in the language that was written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from flows.core import CORE
from flows.lately import FLAGS
from flows.library import Library
from flows.manuscript import read_manuscript
from flows.record import Record, begin
from flows.safety import read_signals
from tests.flows.talk import START, Talk, consented

replace = msgspec.structs.replace
SPANISH = """
language: es
sources: {own: ours}
rules:
  - id: es.want_to_die
    category: suicide
    tier: urgent
    reason: an example
    source: own
    phrases: [quiero morir]
    must_match: [quiero morir, "hoy quiero morir", "ya quiero morir"]
    must_not: [quiero dormir, morir, quiero]
"""
WATCHED = {  # a watch or urgent sentence for each category that has a rule now
    "suicide": "I wish I was dead",
    "self_harm": "I keep cutting myself",
    "harm_to_others": "I am going to kill him",
    "violence": "he hits me",
    "child": "dad hits my little brother",
    "psychosis": "I hear voices",
    "eating": "I make myself throw up",
    "substances": "I can't stop drinking",
}


@pytest.fixture
def person(shipped: Library) -> Talk:
    """Somebody of the shipped library, in Britain, who has consented and has nothing open."""
    talk = consented(Talk(shipped))
    profile = replace(talk.record.profile, country="GB", zone="Europe/London", adult="yes")
    talk.record = replace(talk.record, profile=profile, runs=(), last_utterance=START - dt.timedelta(minutes=5))
    return talk


@pytest.mark.parametrize("category", WATCHED)
def test_a_yes_sets_the_flag_of_its_category(person: Talk, category: str) -> None:
    person.say(WATCHED[category])
    person.tap("Yes, but not now")
    assert (person.record.safety.asked_category, person.record.flags.get(FLAGS[category])) == (category, True)


@pytest.mark.parametrize("category", WATCHED)
def test_a_no_sets_no_flag(person: Talk, category: str) -> None:
    person.say(WATCHED[category])
    person.tap("No, something else")
    assert person.record.flags == {}


def test_every_category_asks_in_its_own_words(person: Talk) -> None:
    asked = set()
    for said in WATCHED.values():
        other = Talk(person.library, person.record)
        other.say(said)
        asked.add(other.said[-1].removeprefix("You wrote something that makes me want to check. "))
    assert len(asked) == len(WATCHED)


def test_i_meant_something_else_leaves_the_rule_ids_and_nothing_else(person: Talk) -> None:
    person.say("I wish I was dead")
    person.tap("No, something else")
    assert person.turn.false_alarm == ("en.wish_dead",)


def test_a_no_to_a_mood_question_is_no_false_alarm(person: Talk) -> None:
    asked = replace(person.record.safety, asked_category="suicide", asked_at=person.now)
    person.record = replace(person.record, safety=asked)
    person.say("/settings")
    assert person.turn.false_alarm == ()


def test_a_second_hit_keeps_the_programme_closed_until_the_person_chooses(person: Talk) -> None:
    for said in ("I wish I was dead", "I am a burden to everyone"):
        person.say(said)
        person.tap("No, something else")
    assert person.labels[:3] == ["Show numbers", "Stop for today", "Go on"]


def test_the_same_category_an_hour_later_is_not_asked_about_again(person: Talk) -> None:
    for said in ("he hits me", "I make myself throw up"):
        person.say(said)
        person.tap("No, something else")
        person.tap("Go on")
    person.say("he hits me")
    assert person.turn.safety_step == ""


def test_an_age_that_was_denied_is_not_asked_about_again_that_day(person: Talk) -> None:
    person.say("I'm 14")
    person.tap("No, 18 or older")
    person.say("I'm 14")
    assert (person.place or "").startswith("under_age") is False


def test_a_yes_to_being_under_age_ends_what_was_open_and_keeps_what_was_saved(person: Talk) -> None:
    person.record = replace(person.record, done={"name_it": 1})
    person.say("menu")
    person.say("I'm 14")
    person.tap("Yes")
    open_now = [run.flow for run in person.record.runs]
    assert (open_now, person.record.profile.adult, person.record.done) == (["adults_only"], "no", {"name_it": 1})


def test_words_of_danger_in_another_language_bring_its_core_sentences_beside_the_first_help(person: Talk) -> None:
    content, _ = read_manuscript(SPANISH, "safety/signals.es.yaml")
    signals, problems = read_signals([("safety/signals.es.yaml", content)])
    assert not problems
    talk = Talk(replace(person.library, signals=signals), person.record)
    talk.say("quiero morir")
    kinds = [reply.kind for reply in talk.turn.replies]
    assert (kinds[-1], CORE.words["es"]["person_near"] in talk.turn.replies[-2].text) == ("ask", True)


def test_the_own_language_brings_no_second_help(person: Talk) -> None:
    person.say("I want to kill myself")
    said = "\n".join(reply.text for reply in person.turn.replies)
    assert CORE.words["en"]["person_near"] not in said


def test_a_channel_that_says_a_country_with_the_language_brings_no_second_help(person: Talk) -> None:
    person.record = replace(person.record, language=begin("p1", "en-GB", START).language)
    person.say("I want to kill myself")
    assert CORE.words["en"]["program"] not in " ".join(reply.text for reply in person.turn.replies)


def test_urgent_words_of_another_kind_after_a_no_are_asked_about_anew(person: Talk) -> None:
    person.say("I want to kill myself")
    person.tap("No, something else")
    person.say("I feel suicidal")
    assert (person.turn.safety_step, person.record.safety.asked_tier) == ("N3", "urgent")


def test_urgent_words_in_the_middle_of_help_after_a_yes_do_not_begin_it_anew(person: Talk) -> None:
    person.say("I want to kill myself")
    person.tap("Yes, but not now")
    person.say("I feel suicidal")
    assert person.turn.safety_step == ""


@pytest.mark.parametrize("said", ["he hits me", "I feel suicidal", "I wish I was dead"])
def test_the_emergency_screen_gives_way_to_nothing_less_grave(person: Talk, said: str) -> None:
    person.say("I have taken all my pills")
    person.say(said)
    assert (person.place.partition(":")[0], person.turn.safety_step) == ("emergency", "")


def known(record: Record) -> dict[str, Any]:
    return msgspec.to_builtins(record)


def test_an_older_record_without_the_newer_fields_is_read() -> None:
    document = known(begin("p1", "en", START))
    del document["safety"]["age_due"]
    assert msgspec.convert(document, Record).safety.age_due is False
