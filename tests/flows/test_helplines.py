"""Helplines: every number has a source and a date, the right one stands first, and what nobody checked says so."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import re
from pathlib import Path

import msgspec
import pytest

from flows.helpline_files import ANYWHERE, WITHIN, Contact, CountryHelp, Helpline, Helplines
from flows.helplines import (
    DIRECTORY,
    age,
    ageing_lines,
    emergency_words,
    helpline_lines,
    is_open,
    old_lines,
    read_countries,
    read_helplines,
)
from flows.manuscript import Mapping, read_manuscript

CONTENT = Path(__file__).resolve().parents[2] / "content"
NIGHT = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)  # a Wednesday; 3 am in Berlin
DAY = dt.datetime(2026, 11, 25, 14, 0, tzinfo=dt.UTC)  # 3 pm in Berlin


def document(text: str, file: str) -> tuple[str, Mapping]:
    content, problems = read_manuscript(text, file)
    assert not problems
    return file, content


def documents(pattern: str) -> list[tuple[str, Mapping]]:
    return [
        document(file.read_text("utf-8"), file.relative_to(CONTENT).as_posix())
        for file in sorted(CONTENT.glob(pattern))
    ]


HELPLINES, PROBLEMS = read_helplines(documents("safety/helplines/*.yaml"))
COUNTRIES, COUNTRY_PROBLEMS = read_countries(documents("countries.yaml"))
LINES = [line for help_ in HELPLINES.countries.values() for line in help_.lines]
CONTACTS = [(line, contact) for line in LINES for contact in line.contacts]


def said(country: str, now: dt.datetime = DAY, language: str = "en", topic: str = "") -> list[str]:
    return helpline_lines(country, now, HELPLINES, language, topic)


def test_the_files_have_no_problems() -> None:
    assert [*PROBLEMS, *COUNTRY_PROBLEMS] == []


def test_more_than_thirty_two_countries_have_an_emergency_number_and_a_line() -> None:
    ready = [code for code, help_ in HELPLINES.countries.items() if help_.emergency and help_.lines]
    assert len(ready) >= 32
    assert {"AU", "BR", "DE", "EG", "ES", "FR", "GB", "IN", "IT", "MX", "PT", "RU", "UA", "US"} <= set(ready)


def test_no_country_is_without_lines() -> None:
    assert [code for code, help_ in HELPLINES.countries.items() if not (help_.emergency and help_.lines)] == []


@pytest.mark.parametrize("country", ["AU", "DE", "FR", "GB", "IN", "US"])
def test_the_first_countries_have_a_line_that_answers_at_any_hour(country: str) -> None:
    assert any(contact.always for line in HELPLINES.countries[country].lines for contact in line.contacts)


@pytest.mark.parametrize("line", LINES, ids=[line.id for line in LINES])
def test_every_number_names_its_source_and_the_day_it_was_read(line: Helpline) -> None:
    assert line.source.startswith(("https://", "http://"))
    assert line.read_on is not None
    assert line.source_date is None or line.source_date <= line.read_on


def test_every_emergency_number_names_its_source() -> None:
    sources = [content["emergency"]["source"] for _, content in documents("safety/helplines/??.yaml")]
    assert [each for each in sources if not each.startswith("http")] == []


@pytest.mark.parametrize(
    ("line", "contact"), CONTACTS, ids=[f"{line.id} {each.kind} {each.show}" for line, each in CONTACTS]
)
def test_a_number_is_dialled_from_anywhere_or_as_within_the_country_and_shown_with_the_same_digits(
    line: Helpline, contact: Contact
) -> None:
    if contact.kind == "chat":
        assert contact.value.startswith("https://")
        return
    assert (WITHIN if contact.within else ANYWHERE).fullmatch(contact.value)
    shown = re.sub(r"\D", "", contact.show).lstrip("0")
    assert contact.value.endswith(shown)


def test_short_codes_and_free_numbers_are_not_dressed_up_as_numbers_for_the_whole_world() -> None:
    dialled = {line.id: line.contacts[0] for line in LINES}
    assert (dialled["us-988"].within, dialled["us-988"].value) == (True, "988")


def test_nobody_has_checked_a_number_yet_and_every_line_says_so() -> None:
    lines = [line for country in HELPLINES.countries for line in said(country)[:-1]]
    assert len(lines) > len(HELPLINES.countries)
    assert [line for line in lines if not line.endswith("Please check.")] == []


def test_a_checked_line_no_longer_asks_to_be_checked() -> None:
    help_ = HELPLINES.countries["GB"]
    checked = msgspec.structs.replace(help_.lines[0], last_verified=DAY.date(), verified_by="A. B.")
    helplines = Helplines({"GB": CountryHelp("GB", help_.emergency, (checked,))}, HELPLINES.words)
    assert helpline_lines("GB", DAY, helplines, "en")[0] == "Samaritans: call 116 123. Day and night, free."


def test_the_first_line_is_for_suicide_and_distress() -> None:
    assert said("DE")[0].startswith("TelefonSeelsorge: call 0800 111 0 111")


def test_another_topic_can_go_first() -> None:
    assert said("GB", topic="violence")[0].startswith("Domestic Abuse Helpline")


def test_a_closed_line_says_so_and_an_open_one_too() -> None:
    night, day = (next(line for line in said("DE", now) if "116 111" in line) for now in (NIGHT, DAY))
    assert ("Closed right now" in night, "Open now" in day) == (True, True)


def test_what_is_open_stands_before_what_is_closed() -> None:
    night = said("IN", dt.datetime(2026, 11, 29, 6, 0, tzinfo=dt.UTC))  # a Sunday: iCall is closed
    assert [line.split(":")[0] for line in night[:2]] == ["Tele MANAS", "iCall"]


def test_a_line_that_is_open_stands_before_one_that_is_closed_whatever_the_files_order() -> None:
    head, one = SPOILT.split("lines:")
    closed = one.replace('hours: "24/7"', "hours: [Mon 09:00-10:00], tz: Europe/Berlin")
    opened = one.replace("One", "Two").replace('hours: "24/7"', "hours: [Wed 09:00-20:00], tz: Europe/Berlin")
    helplines, problems = read_helplines([document(f"{head}lines:{closed}{opened}", "x.yaml")])
    lines = helpline_lines("DE", DAY, helplines, "de")
    assert (problems, [line.split(":")[0] for line in lines[:2]]) == ([], ["Two", "One"])


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        ("Mon-Fri 09:00-17:00", "2026-11-25T08:00", True),  # Wednesday 9 am in Berlin
        ("Mon-Fri 09:00-17:00", "2026-11-25T07:59", False),
        ("Mon-Fri 09:00-17:00", "2026-11-28T09:00", False),  # Saturday
        ("Sat-Mon 22:00-02:00", "2026-11-24T00:30", True),  # Tuesday 1:30 am belongs to Monday
        ("Sat-Mon 22:00-02:00", "2026-11-25T00:30", False),
        ("Wed 00:00-24:00", "2026-11-25T12:00", True),
    ],
)
def test_hours_count_in_the_lines_own_zone(hours: str, at: str, expected: bool) -> None:
    text = f'kind: phone, dial: "116111", hours: [{hours}], tz: Europe/Berlin'
    helplines, problems = read_helplines(
        [document(SPOILT.replace('kind: phone, dial: "116111", hours: "24/7"', text), "x.yaml")]
    )
    (line,) = helplines.countries["DE"].lines
    now = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
    assert (problems, is_open(line.contacts[0], now)) == ([], expected)


def test_a_language_that_the_person_may_not_speak_is_named() -> None:
    assert "in French" in said("FR")[0]


@pytest.mark.parametrize("country", ["", "other", "MA"])
def test_an_unknown_country_gets_words_and_a_directory_and_no_other_countrys_numbers(country: str) -> None:
    first, last = said(country)
    assert (any(sign.isdigit() for sign in first), last) == (False, f"More helplines: {DIRECTORY}")


def test_a_country_that_is_not_known_yet_is_asked_for() -> None:
    assert "You can name it under sos." in said("")[0]


@pytest.mark.parametrize(
    ("country", "words"), [("US", "911"), ("FR", "112 or 15"), ("", "112 or your local emergency number")]
)
def test_the_emergency_number_in_words(country: str, words: str) -> None:
    assert emergency_words(country, HELPLINES) == words


def test_words_that_cannot_be_read_come_from_the_core() -> None:
    assert emergency_words("MA", Helplines()) == "112 or your local emergency number"


def test_the_age_of_a_line_counts_from_its_check_else_from_its_text() -> None:
    line = next(line for line in LINES if line.id == "us-988")  # its text bears 2026-06-02
    checked = msgspec.structs.replace(line, last_verified=dt.date(2026, 11, 20))
    today = dt.date(2026, 11, 25)
    assert (age(line, today), age(checked, today)) == (176, 5)


@pytest.mark.parametrize(("days", "found"), [(90, ""), (91, "ageing"), (180, "ageing"), (181, "old")])
def test_a_line_asks_to_be_looked_at_after_ninety_days_and_bars_a_release_after_half_a_year(
    days: int, found: str
) -> None:
    today = DAY.date()
    line = msgspec.structs.replace(LINES[0], last_verified=today - dt.timedelta(days=days))
    helplines = Helplines({"GB": CountryHelp("GB", ("999",), (line,))})
    told = "ageing" if ageing_lines(helplines, today) else "old" if old_lines(helplines, today) else ""
    assert told == found


def test_a_check_that_is_too_old_puts_a_line_last() -> None:
    help_ = HELPLINES.countries["GB"]
    old = msgspec.structs.replace(help_.lines[0], last_verified=dt.date(2025, 1, 1))
    helplines = Helplines({"GB": CountryHelp("GB", help_.emergency, (old, *help_.lines[1:]))}, HELPLINES.words)
    assert helpline_lines("GB", DAY, helplines, "en")[-2].startswith("Samaritans")


@pytest.mark.parametrize("country", [*HELPLINES.countries, "", "MA"])
def test_spoken_sentences_have_at_most_ten_words(country: str) -> None:
    lines = re.sub(r"(?<=\d)[ -](?=\d)", "", "\n".join(said(country)))  # a number is one word
    assert [each for each in re.split(r"[.?:]\s", lines) if len(each.split()) > 10] == []


SPOILT = """
country: DE
emergency: {numbers: ["112"], source: "https://example.org", read_on: 2026-11-25}
lines:
  - id: de-one
    name: {en: One}
    topics: [suicide]
    languages: [de]
    contacts: [{kind: phone, dial: "116111", hours: "24/7"}]
    source: https://example.org
    read_on: 2026-11-25
"""


@pytest.mark.parametrize(
    ("was", "is_", "told"),
    [
        ('dial: "116111"', 'value: "0800 111"', "0800 111"),
        ('dial: "116111"', 'value: "116111"', "116111"),
        ('dial: "116111"', 'dial: "0800 111"', "0800 111"),
        ('dial: "116111"', 'dial: "116111", value: "+49116111"', "de-one"),
        ('dial: "116111", ', "", "de-one"),
        ("topics: [suicide]", "topics: [sadness]", "topics of de-one"),
        ("    source: https://example.org\n", "", "'source' is missing in helpline de-one"),
        ("    read_on: 2026-11-25\n", "", "'read_on' is missing in helpline de-one"),
        ("country: DE", "country: Germany", "two capital letters"),
        ("name: {en: One}", "name: One", "name of de-one"),
        ('hours: "24/7"', "hours: [Mo-Fr 9-17]", "hours"),
        ('hours: "24/7"', "hours: [Mon-Fri 09:00-17:00]", "'tz' is missing"),
        ('hours: "24/7"', 'hours: "24/7", tz: Europe/Nowhere', "Europe/Nowhere"),
        ("kind: phone", "kind: fax", "kind of de-one"),
        ('kind: phone, dial: "116111"', 'kind: chat, value: "http://x.org"', "an https address"),
        ("    read_on: 2026-11-25\n", "    read_on: yesterday\n", "a date like"),
        ('numbers: ["112"]', "numbers: [one]", "emergency number"),
    ],
)
def test_a_mistake_in_a_helpline_file_is_reported_and_never_raised(was: str, is_: str, told: str) -> None:
    head, lines = SPOILT.split("lines:")
    spoilt = f"{head}lines:{lines.replace(was, is_)}" if was in lines else SPOILT.replace(was, is_)
    _, problems = read_helplines([document(spoilt, "x.yaml")])
    assert told in "\n".join(map(str, problems))


def test_every_country_of_the_world_is_there_with_zones_that_exist() -> None:
    table = (importlib.resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    codes = {line.split("\t")[0] for line in table.splitlines() if line and not line.startswith("#")}
    assert set(COUNTRIES) == codes


def test_the_countries_with_helplines_stand_first_and_are_offered_as_buttons() -> None:
    assert list(COUNTRIES)[:6] == ["GB", "US", "AU", "IN", "DE", "FR"]
    assert set(list(COUNTRIES)[:6]) < set(HELPLINES.countries)


def test_every_country_with_helplines_is_one_that_can_be_named() -> None:
    assert set(HELPLINES.countries) <= set(COUNTRIES)


@pytest.mark.parametrize(
    ("typed", "code"), [("españa", "ES"), ("україна", "UA"), ("مصر", "EG"), ("भारत", "IN"), ("österreich", "AT")]
)
def test_a_country_can_be_named_in_its_own_language(typed: str, code: str) -> None:
    assert typed in COUNTRIES[code].also


def test_a_country_with_one_clock_has_one_zone() -> None:
    assert (COUNTRIES["DE"].zones, COUNTRIES["US"].zones[0]) == (("Europe/Berlin",), "America/New_York")
