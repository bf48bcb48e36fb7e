"""The core sentences in ten languages: complete, in their own script, and the same numbers in each."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from flows.core import CORE
from flows.help_now import core_reply, core_words, help_now, spoken
from flows.help_words import TYPED, WORDS
from flows.helplines import helpline_lines, read_helplines
from flows.manuscript import Mapping, read_manuscript

CONTENT = Path(__file__).resolve().parents[2] / "content"
LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "it", "pt", "ru", "uk")
OTHERS = tuple(each for each in LANGUAGES if each != "en")
SCRIPTS = {"ar": "\u0600-\u06ff", "hi": "\u0900-\u097f", "ru": "\u0400-\u04ff", "uk": "\u0400-\u04ff"}
NOW = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
ISOLATED = re.compile(r"\u2066[^\u2066\u2069]*\u2069")


def document(text: str, file: str) -> tuple[str, Mapping]:
    return file, read_manuscript(text, file)[0]


HELPLINES = read_helplines(
    [document(file.read_text("utf-8"), file.name) for file in sorted(CONTENT.glob("safety/helplines/*.yaml"))]
)[0]


def test_there_are_core_sentences_in_ten_languages() -> None:
    assert (tuple(sorted(CORE.words)), tuple(sorted(HELPLINES.words))) == (LANGUAGES, LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence_and_words_for_sos_stop_yes_and_no(language: str) -> None:
    assert [key for key in WORDS if not HELPLINES.words[language].get(key)] == []
    assert [key for key in TYPED if not HELPLINES.typed[language].get(key)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_in_which_somebody_answers_has_a_name(language: str) -> None:
    answered = {each for help_ in HELPLINES.countries.values() for line in help_.lines for each in line.languages[:3]}
    assert [each for each in sorted(answered) if f"language.{each}" not in HELPLINES.words[language]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_in_the_same_numbers_and_words_as_english(language: str) -> None:
    differing = [
        key
        for key in WORDS
        if set(re.findall(r"{\w+}", HELPLINES.words[language][key]))
        != set(re.findall(r"{\w+}", HELPLINES.words["en"][key]))
    ]
    assert differing == []


@pytest.mark.parametrize(("language", "script"), SCRIPTS.items())
def test_the_sentences_are_written_in_the_languages_own_script(language: str, script: str) -> None:
    for key in ("danger", "ask_country", "person_near", "program", "unsure", "cannot_answer"):
        assert re.search(f"[{script}]", CORE.words[language][key]), key


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_left_in_english(language: str) -> None:
    english, own = CORE.words["en"], CORE.words[language]
    same = [key for key in WORDS if len(english[key].split()) > 2 and english[key] == own[key]]
    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("country", [None, "GB", "BR", "UA", "EG", "IN"])
def test_the_core_sentences_have_at_most_twelve_words_in_every_language(language: str, country: str | None) -> None:
    said = re.sub(r"(?<=\d)[ -](?=\d)", "", CORE.help(country, language))  # a number is one word
    assert [each for each in re.split(r"[.?:।؟]\s", said) if len(each.split()) > 12] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_are_the_same_in_every_language(language: str) -> None:
    said = CORE.help("UA", language)
    assert ("112" in said, "7333" in said, "findahelpline.com" in said) == (True, True, True)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_without_rules_of_its_own_says_that_danger_may_go_unnoticed(language: str) -> None:
    assert CORE.words[language]["unsure"] in CORE.help("DE", language)


def test_english_says_nothing_of_it_because_there_are_rules() -> None:
    assert CORE.words["en"]["unsure"] not in CORE.help("GB")


@pytest.mark.parametrize("country", [None, "EG", "SA"])
def test_in_arabic_every_number_and_address_keeps_its_order(country: str | None) -> None:
    said = [*CORE.sentences(country, "ar"), *helpline_lines(country or "", NOW, HELPLINES, "ar", "medical")]
    outside = ISOLATED.sub("", "\n".join(said))
    assert (re.findall(r"\d+|https", outside), outside.count("\u2066")) == ([], 0)


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("ayuda", "sos"),
        ("HILFE!", "sos"),
        ("socorro", "sos"),
        ("aiuto", "sos"),
        ("допоможіть", "sos"),
        ("помогите", "sos"),
        ("النجدة", "sos"),
        ("मदद", "sos"),
        ("au secours", "sos"),
        ("стоп", "stop"),
        ("توقف", "stop"),
        ("help", "help"),
        ("my friend needs help", ""),
        ("", ""),
    ],
)
def test_somebody_can_ask_for_help_or_a_stop_in_their_own_language(typed: str, command: str) -> None:
    assert CORE.command(typed) == command


def test_the_language_hint_of_a_channel_is_understood() -> None:
    assert [spoken(each) for each in ("pt-BR", "zh_Hant", "DE", "")] == ["pt", "zh", "de", "en"]


@pytest.mark.parametrize("language", ["de", "de-AT"])
def test_help_without_the_store_comes_in_the_persons_language(language: str) -> None:
    (reply,) = help_now("DE", language)
    assert "Ruf 112 an." in reply.text


def test_a_language_without_core_words_gets_english() -> None:
    assert (core_words("ja"), help_now("JP", "ja")[0].text.splitlines()[1]) == (
        core_words("en"),
        "In danger now? Call 119 or 110.",
    )


def test_the_core_sentences_as_one_reply_go_first_and_are_never_cancelled() -> None:
    reply = core_reply("ES", "es")
    assert (reply.priority, reply.lasting, reply.text.splitlines()[0]) == (
        "safety",
        True,
        "¿Hay peligro ahora? Llama al 112.",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_with_hours_and_regions_are_said_in_every_language(language: str) -> None:
    said = helpline_lines("GB", NOW, HELPLINES, language)
    assert (len(said) > 4, "{" in "".join(said), HELPLINES.words[language]["check"] in said[0]) == (True, False, True)


def test_no_words_are_signed_before_a_clinician_writes_their_name() -> None:
    assert HELPLINES.signed == ()


def test_a_sentence_that_is_missing_is_a_problem() -> None:
    text = (CONTENT / "safety/helplines/words.es.yaml").read_text("utf-8")
    without = re.sub(r"(?m)^  danger: .*\n", "", text)
    told = "\n".join(map(str, read_helplines([document(without, "words.es.yaml")])[1]))
    assert (without != text, "'danger' is missing in the core words" in told) == (True, True)
