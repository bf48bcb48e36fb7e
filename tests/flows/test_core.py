"""The frozen core: equal to what content makes, enough by itself, and there when nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import core
from flows.core import CORE, core_help, core_screen
from flows.core_source import core_source
from flows.help_now import FEW, help_now
from flows.helplines import read_countries, read_helplines
from flows.manuscript import Mapping, read_manuscript
from flows.phrases import read_phrases
from flows.safety import read_signals
from flows.signals import CATEGORIES, TIERS

CONTENT = Path(__file__).resolve().parents[2] / "content"


def documents(pattern: str) -> list[tuple[str, Mapping]]:
    files = sorted(CONTENT.glob(pattern))
    return [
        (file.relative_to(CONTENT).as_posix(), read_manuscript(file.read_text("utf-8"), file.name)[0]) for file in files
    ]


SIGNALS = read_signals(documents("safety/signals.*.yaml"))[0]


def test_the_core_is_what_content_makes() -> None:
    helplines, _ = read_helplines(documents("safety/helplines/*.yaml"))
    countries, _ = read_countries(documents("countries.yaml"))
    ((file, english),) = documents("phrases/en.yaml")
    made = core_source(SIGNALS, helplines, read_phrases("en", english, file)[0], countries)
    assert Path(core.__file__).read_text("utf-8") == made


def test_the_core_knows_suicide_self_harm_violence_threats_and_emergencies() -> None:
    assert {each.category for each in CORE.statements} >= set(CATEGORIES[:5])


@pytest.mark.parametrize("said", sorted({each.words for each in CORE.statements}))  # some in two languages
def test_each_statement_is_noticed_however_it_is_typed(said: str) -> None:
    signal = core_screen(f"Hello…\n{said.strip().upper().replace(chr(39), '’')}, please")
    assert (signal.tier, signal.hits[0].rule) == ("urgent", "core")


def test_the_worst_statement_leads() -> None:
    signal = core_screen("I want to die and I took all my pills")
    assert (signal.categories[0], signal.acute) == ("medical", True)


def test_an_everyday_text_is_no_signal() -> None:
    assert core_screen("I walked, I slept, I called my sister").tier == "none"


@given(st.text(st.characters(), max_size=200))
def test_the_core_answers_whatever_is_typed(text: str) -> None:
    assert core_screen(text).tier in TIERS


def test_the_core_knows_the_words_for_help() -> None:
    assert [CORE.help_words[word] for word in ("sos", "help", "stop")] == ["sos", "help", "stop"]


def test_a_known_country_gets_its_own_numbers() -> None:
    said = core_help("GB")
    assert ("999" in said, "116 123" in said, "988" in said) == (True, True, False)


@pytest.mark.parametrize("country", [None, "", "other", "MA", "gb"])
def test_an_unknown_country_gets_the_local_number_in_words_and_a_directory_never_another_countrys(
    country: str | None,
) -> None:
    said = core_help(country)
    assert ("112 or your local emergency number" in said, "findahelpline.com" in said, "988" in said) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("country", [None, *CORE.emergency])
def test_the_sentences_of_the_core_have_at_most_ten_words(country: str | None) -> None:
    said = re.sub(r"(?<=\d)[ -](?=\d)", "", core_help(country))  # a number is one word
    assert [each for each in re.split(r"[.?:]\s", said) if len(each.split()) > 10] == []


@pytest.mark.parametrize("claim", ["will be fine", "told somebody", "alerted", "is coming", "I care", "promise"])
def test_the_core_promises_no_rescue_and_feels_nothing(claim: str) -> None:
    assert claim not in core_help(None)


def presses(country: str | None, language: str = "en") -> list[str]:
    (reply,) = help_now(country, language)
    return [button.press.removeprefix("country.") for row in reply.buttons for button in row]


def test_help_without_the_store_offers_countries_only_where_none_is_known() -> None:
    assert (len(presses(None)), presses("FR")) == (FEW + 1, [])
    assert set(presses(None)) <= {*CORE.names, "more"}


def test_the_other_countries_are_one_button_away_and_none_is_left_out() -> None:
    assert presses(None)[-1] == "more"
    assert sorted([*presses(None)[:-1], *presses("more")]) == sorted(CORE.names)


def test_asking_for_more_countries_still_gives_help() -> None:
    assert help_now("more")[0].text == help_now(None)[0].text


@pytest.mark.parametrize(("language", "country"), [("en", "GB"), ("pt-BR", "BR"), ("uk", "UA"), ("ar", "EG")])
def test_countries_where_the_persons_language_is_spoken_are_among_the_first(language: str, country: str) -> None:
    assert country in presses(None, language)


def test_help_without_the_store_goes_first_and_is_never_cancelled() -> None:
    (reply,) = help_now(None)
    assert (reply.priority, reply.lasting, reply.text) == ("safety", True, core_help(None))
