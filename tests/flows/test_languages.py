"""A second language over the small library: words only, offered while fresh, gone back from as soon as stale."""

import shutil

import msgspec
import pytest

from flows import load_library
from tests.flows.talk import SMALL, Talk, small_library, to


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(SMALL, tmp_path / "content")
    return tmp_path / "content"


def spoil(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def german(library):
    talk = Talk(library)
    talk.record = msgspec.structs.replace(talk.record, language="de")
    return talk


def test_a_language_is_offered_when_its_words_are_there_and_fresh():
    assert small_library().languages == ("en", "de")


def test_the_same_conversation_reads_in_the_second_language():
    talk = to(german(small_library()), "/start", "ja", "Ann")
    assert talk.said == ["Schön, Ann.", "Wie ist die Stimmung?"]


def test_an_answer_keeps_the_name_of_a_choice_and_never_its_label():
    talk = to(german(small_library()), "/start", "ja", "Ann", "7", "Rot", "40", "Bo", "Ein Freund")
    slots = talk.record.runs[-1].frames[0].slots
    assert (slots["colours"], slots["people"][0]["kind"]) == (["red"], "friend")


def test_a_choice_made_in_one_language_is_read_out_in_the_other():
    talk = to(german(small_library()), "/start", "ja", "Ann", "7", "Rot, Blau", "40", "/skip", "Viel", "7:30")
    talk.record = msgspec.structs.replace(talk.record, language="en")
    to(talk, "=Genug")
    assert "Colours: Red and Blue." in talk.said


def test_a_global_word_of_any_language_counts():
    assert to(Talk(small_library()), "hilfe jetzt").place == "sos:numbers"


def test_a_changed_source_makes_its_translation_stale_and_the_language_is_held(copy):
    spoil(copy / "onboarding" / "first.yaml", "How is your mood?", "How are you?")
    library, problems = load_library(copy)
    assert (library.languages, [each.code for each in problems if each.severity == "hold"]) == (("en",), ["W801"])


def test_a_held_language_is_spoken_in_the_base_language_for_that_flow(copy):
    spoil(copy / "onboarding" / "first.yaml", "How is your mood?", "How are you?")
    library, _ = load_library(copy)
    talk = to(german(library), "/start", "ja", "Ann")
    assert talk.said[-1] == "How are you?"


def test_words_never_change_a_version_of_another_language(copy):
    before = small_library().flows["first"].version
    spoil(copy / "translations" / "de" / "onboarding" / "first.yaml", "Wie ist die Stimmung?", "Und die Stimmung?")
    library, _ = load_library(copy)
    assert (library.flows["first"].version, library.languages) == (before, ("en", "de"))
