"""Safety comes first, and what is kept of words: nothing from before consent, nothing to be discarded."""

import datetime as dt

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from flows import Utterance, apologise
from flows.named import NAMED
from flows.record import WORDING, Kept
from flows.room import fit, size
from flows.routing import Sight
from tests.flows.talk import Talk, consented, enter, to
from tests.flows.test_any_input import library_of
from tests.flows.wandering import ANSWERS, utterance_for


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


def test_when_a_turn_fails_the_person_gets_the_numbers_of_their_country():
    talk = consented(Talk(library_of("shipped")))
    profile = msgspec.structs.replace(talk.record.profile, country="GB")
    talk.record = msgspec.structs.replace(talk.record, profile=profile)
    utterance = Utterance(talk.now, text="7")
    talk.heard(apologise(talk.library, talk.record, utterance, talk.now, 1, "KeyError"))
    assert ("116 123" in talk.said[0], talk.labels) == (True, ["SOS: help now"])
