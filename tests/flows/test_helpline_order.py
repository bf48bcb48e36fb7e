"""Which line stands first: the one that fits what somebody is in, that answers now, in their language."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from flows.helpline_files import Contact, CountryHelp, Helpline, Helplines, Opening
from flows.helplines import DIRECTORY, MOST, SPECIAL, helpline_lines, ranked, read_helplines
from flows.manuscript import Mapping, read_manuscript
from flows.signals import CATEGORIES

CONTENT = Path(__file__).resolve().parents[2] / "content"
NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)  # a Wednesday
NIGHT = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)  # 3 am in Berlin
KINDS_OF_LINE = ("any_distress", "violence", "child_protection", "youth", "emergency", "poison", "psychosis", "mania",
                 "eating", "substances", "postpartum", "self_harm", "harm_to_others")  # fmt: skip


def document(text: str, file: str) -> tuple[str, Mapping]:
    return file, read_manuscript(text, file)[0]


HELPLINES = read_helplines(
    [document(file.read_text("utf-8"), file.name) for file in sorted(CONTENT.glob("safety/helplines/*.yaml"))]
)[0]


ALWAYS = Contact("phone", "116123", "116 123", within=True, always=True)
WHO_KNOWS = msgspec.structs.replace(ALWAYS, always=False)
BY_DAY = msgspec.structs.replace(WHO_KNOWS, hours=(Opening(tuple(range(7)), 9 * 60, 17 * 60),), zone="Europe/Berlin")


def line(
    topic: str,
    name: str = "",
    contact: Contact = ALWAYS,
    languages: tuple[str, ...] = ("en",),
    regions: tuple[str, ...] = (),
) -> Helpline:
    name = name or topic
    return Helpline(name, {"en": name}, (topic,), languages, (contact,), "https://example.org", regions)


def place(*lines: Helpline) -> Helplines:
    return Helplines({"GB": CountryHelp("GB", ("999",), lines)}, HELPLINES.words)


EVERY = place(*(line(topic) for topic in KINDS_OF_LINE), line("suicide"))


def names(helplines: Helplines, now: dt.datetime = NOON, topic: str = "", **minor: bool) -> list[str]:
    return [offer.line.id for offer in ranked(helplines.countries["GB"], now, "en", topic, **minor)]


@pytest.mark.parametrize(
    ("topic", "first"),
    [
        ("", "any_distress"),
        ("suicide", "any_distress"),  # the file's order among lines that fit alike
        ("self_harm", "self_harm"),
        ("harm_to_others", "harm_to_others"),
        ("violence", "violence"),
        ("child", "child_protection"),
        ("medical", "emergency"),
        ("psychosis", "psychosis"),
        ("mania", "mania"),
        ("eating", "eating"),
        ("substances", "substances"),
        ("postpartum", "postpartum"),
        ("minor", "youth"),
    ],
)
def test_the_line_for_what_somebody_is_in_stands_first(topic: str, first: str) -> None:
    assert names(EVERY, topic=topic)[0] == first


@pytest.mark.parametrize("topic", CATEGORIES)
def test_whatever_the_category_a_line_for_suicide_and_distress_is_among_those_shown(topic: str) -> None:
    assert "any_distress" in names(EVERY, topic=topic)


def test_every_category_but_suicide_which_is_the_usual_order_has_lines_of_its_own_before_the_others() -> None:
    assert set(SPECIAL) == {*CATEGORIES, "child"} - {"suicide"}


def test_in_a_medical_emergency_the_emergency_number_stands_before_every_line() -> None:
    first, second, *_ = helpline_lines("GB", NOON, EVERY, "en", "medical")
    assert (first, second.split(":")[0]) == ("In danger now? Call 999.", "emergency")


def test_otherwise_the_lines_leave_the_emergency_number_to_the_message_around_them() -> None:
    assert "999" not in "\n".join(helpline_lines("GB", NOON, EVERY, "en", "suicide"))


@pytest.mark.parametrize(("topic", "first"), [("suicide", "youth"), ("violence", "child_protection"), ("", "youth")])
def test_a_minor_gets_young_peoples_lines_first_and_in_violence_child_protection(topic: str, first: str) -> None:
    assert names(EVERY, topic=topic, minor=True)[0] == first


def test_where_no_line_is_for_young_people_a_minor_gets_the_crisis_line_before_the_one_for_child_abuse() -> None:
    assert names(place(line("child_protection"), line("suicide")), topic="suicide", minor=True)[0] == "suicide"


def test_at_three_in_the_morning_a_closed_line_is_not_first_even_if_it_fits_best() -> None:
    helplines = place(line("violence", contact=BY_DAY), line("suicide"))
    assert names(helplines, NIGHT, "violence")[0] == "suicide"
    assert names(helplines, NOON, "violence")[0] == "violence"


def test_a_line_whose_hours_are_not_known_stands_before_a_closed_one_and_after_an_open_one() -> None:
    helplines = place(line("suicide", "closed", BY_DAY), line("suicide", "unknown", WHO_KNOWS), line("suicide", "open"))
    assert names(helplines, NIGHT) == ["open", "unknown", "closed"]


def test_where_all_are_closed_the_best_fitting_line_is_still_told() -> None:
    lines = helpline_lines(
        "GB", NIGHT, place(line("violence", contact=BY_DAY), line("suicide", contact=BY_DAY)), "en", "violence"
    )
    assert lines[0].startswith("violence: call 116 123. Closed right now.")


def test_the_persons_language_goes_before_the_files_order() -> None:
    helplines = place(line("suicide", "french", languages=("fr",)), line("suicide", "english"))
    assert names(helplines)[0] == "english"


def test_a_line_for_one_region_stands_after_one_for_the_whole_country_and_names_its_region() -> None:
    regional = line("suicide", "regional", regions=("Wales",))
    lines = helpline_lines("GB", NOON, place(regional, line("suicide", "national")), "en")
    assert [each.split(":")[0] for each in lines[:2]] == ["national", "regional"]
    assert "only in Wales" in lines[1]


def test_at_most_so_many_lines_are_shown_but_those_that_fit_are_never_cut() -> None:
    others = [line("violence", f"other {number}") for number in range(9)]
    fitting = [line("suicide", f"fitting {number}") for number in range(8)]
    shown = names(place(*others, *fitting[:2]))
    assert (len(shown), shown[:2]) == (MOST, ["fitting 0", "fitting 1"])
    assert names(place(*others, *fitting)) == [each.id for each in fitting]


def test_the_last_line_says_where_to_find_more() -> None:
    assert helpline_lines("GB", NOON, EVERY, "en")[-1] == f"More helplines: {DIRECTORY}"


def test_ways_that_are_alike_are_said_in_one_line_and_a_key_to_press_is_named() -> None:
    said = helpline_lines("US", NOON, HELPLINES, "en")[0], *helpline_lines("GB", NOON, HELPLINES, "en", "psychosis")[:1]
    assert said == (
        "988 Lifeline: call 988 or text 988. Day and night, free. Please check.",
        "NHS 111, mental health: call 111, then press 2. Day and night, free, only in England. Please check.",
    )


def test_whatsapp_and_chat_are_named_as_what_they_are() -> None:
    said = "\n".join(helpline_lines("BR", NOON, HELPLINES, "en", "violence"))
    assert ("on WhatsApp" in said, "chat at https://cvv.org.br/chat/" in said) == (True, True)


@pytest.mark.parametrize("country", sorted(HELPLINES.countries))
@pytest.mark.parametrize("topic", ["suicide", "violence", "child", "medical"])
def test_in_no_country_does_a_closed_line_stand_first_while_another_is_open(country: str, topic: str) -> None:
    for hour in range(0, 24, 3):
        offers = ranked(HELPLINES.countries[country], NOON.replace(hour=hour), "en", topic)
        assert offers
        assert offers[0].open is not False or not any(offer.open for offer in offers)
