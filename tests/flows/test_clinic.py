"""The clinic's own file: what it says in words, and that every mistake in it is told with its line and its cure."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows import Library
from flows.clinic import Clinic
from flows.clinic_file import read_clinic
from flows.library import with_clinic
from flows.named import NAMED
from flows.record import begin
from flows.routing import Sight
from tests.flows.talk import Talk

GOOD = """\
name: Riverside Clinic
contact: {phone: "555 0100", text: Ask for the duty desk.}
hours: [Mon-Fri 09:00-17:00, Sat 22:00-02:00]
zone: Europe/London
on_call:
  - {name: duty desk, order: first}
  - {name: leads, order: admin}
countries: [IE]
"""
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)  # a Wednesday


def read(text: str) -> Clinic:
    clinic, problems = read_clinic(text, "clinic.yaml")
    assert clinic is not None, [str(each) for each in problems]
    return clinic


def test_what_is_left_out_has_a_careful_value() -> None:
    clinic = read(GOOD)
    assert (clinic.alert_from, clinic.escalation_minutes, clinic.minimum_age, clinic.alerts_days) == ("N3", 15, 18, 365)
    assert clinic.decisions_days == 365


def test_the_names_of_a_wave_stand_in_the_order_of_the_file() -> None:
    assert [read(GOOD).names(order) for order in ("first", "second", "admin")] == [("duty desk",), (), ("leads",)]


def test_hours_read_as_words() -> None:
    assert read(GOOD).spoken_hours() == "Monday to Friday 09:00 to 17:00, Saturday 22:00 to 02:00"


def test_always_open_reads_as_words() -> None:
    assert read(GOOD.replace("[Mon-Fri 09:00-17:00, Sat 22:00-02:00]", "24/7")).spoken_hours() == "day and night"


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (NOON, True),
        (NOON.replace(hour=17), False),
        (NOON.replace(day=29, hour=1), True),  # Sunday: the hours of Saturday end after midnight
        (NOON.replace(day=29, hour=3), False),
        (NOON.replace(month=7, day=1, hour=8, minute=30), True),  # 09:30 there, in summer
    ],
)
def test_it_is_open_by_its_own_clock(moment: dt.datetime, is_open: bool) -> None:
    assert read(GOOD).is_open(moment) is is_open


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("name: Riverside Clinic", "nmae: Riverside Clinic", 1, "W951"),
        ("zone: Europe/London\n", "", 1, "W952"),
        ("order: admin", "order: last", 7, "W953"),
        ("name: leads", "name: duty desk", 7, "W954"),
        ("order: first", "order: second", 5, "W955"),
        ("Mon-Fri 09:00-17:00", "Mo-Fr 9-17", 3, "W953"),
        ("Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:75", 3, "W953"),
        ("countries: [IE]", "countries: [Ireland]", 8, "W953"),
        ("countries: [IE]", "minimum_age: 16", 8, "W953"),
        ("countries: [IE]", "escalation_minutes: " + "9" * 5000, 8, "W953"),
        ("countries: [IE]", "retention: long", 8, "W953"),
        ("name: leads", "name: <b>", 7, "W953"),
        ("on_call:", "on_call: me\nrest:", 5, "W953"),
        ("{name: leads, order: admin}", "leads", 5, "W953"),
        ("name: Riverside Clinic", "name: [a, b]", 1, "W953"),
        ("name: Riverside Clinic", "name: Riverside Clinic\nname: Hill Clinic", 2, "W104"),
        ("name: Riverside Clinic", "name: &a Riverside", 1, "W105"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, line: int, code: str) -> None:
    assert old in GOOD
    clinic, problems = read_clinic(GOOD.replace(old, new), "clinic.yaml")
    assert (clinic, (line, code) in [(each.line, each.code) for each in problems]) == (None, True), problems


@pytest.mark.parametrize("text", ["", "- a", "\0", "name", "{", "🙂" * 200_000])
def test_whatever_stands_in_the_file_it_is_a_problem_and_never_an_exception(text: str) -> None:
    clinic, problems = read_clinic(text, "clinic.yaml")
    assert (clinic, bool(problems)) == (None, True)


def test_every_mistake_is_told_at_once() -> None:
    problems = read_clinic(GOOD.replace("order: first", "order: x").replace("Europe/London", "x"), "clinic.yaml")[1]
    assert [each.line for each in problems] == [4, 6]


def test_another_clinic_is_another_library(shipped: Library) -> None:
    hashes = {with_clinic(shipped, clinic).hash for clinic in (None, read(GOOD), read(GOOD.replace("River", "Sea")))}
    assert len(hashes) == 3


def test_its_countries_are_offered_first(shipped: Library) -> None:
    sight = Sight(with_clinic(shipped, read(GOOD)), begin("p1", "en", NOON), NOON)
    assert NAMED["countries"].value(sight)[0]["id"] == "IE"


def test_the_words_of_a_clinic_are_no_template(shipped: Library) -> None:
    clinic = read(GOOD.replace("Ask for the duty desk.", '"Ask {{ profile.name }} <b>now</b>"'))
    sight = Sight(with_clinic(shipped, clinic), begin("p1", "en", NOON), NOON)
    assert NAMED["clinic_contact"].value(sight) == "555 0100. Ask {{ profile.name }} <b>now</b>"


def test_its_age_is_the_one_that_people_are_asked_about(shipped: Library) -> None:
    talk = Talk(with_clinic(shipped, read(f"{GOOD}minimum_age: 21\n")))
    talk.say("hi")
    talk.tap("Start")
    talk.say("Ireland")
    assert talk.said[-1] == "Are you 21 or older?"
    talk.say("I am 14")
    assert (talk.said[-1], "No, 21 or older" in talk.labels) == ("Are you under 21?", True)
    talk.tap("Yes")
    assert "I am 21 or older" in talk.labels


def test_without_a_clinic_the_values_are_empty(shipped: Library) -> None:
    sight = Sight(shipped, begin("p1", "en", NOON), NOON)
    names = ("clinic", "clinic_contact", "clinic_hours", "clinic_open", "alerts_on")
    assert [NAMED[name].value(sight) for name in names] == ["", "", "", False, False]


def test_the_spoilt_examples_are_spoilt_in_one_place_only(root: Path) -> None:
    found = {
        path.parent.name: read_clinic(path.read_text(), path.name)[1]
        for path in root.glob("tests/broken/W95*/clinic.yaml")
    }
    assert {name: [each.code for each in problems] for name, problems in found.items()} == {
        name: [name.partition("_")[0]] for name in found
    }
