"""How what people type is understood, and that nothing they type can break it."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from flows.flow import Scale
from flows.phrases import Phrases
from flows.reading import Shown, read, read_time

PHRASES = Phrases("en", "English", {}, {}, frozenset({"yes", "yep"}), frozenset({"no"}), {}, {"seven": 7})
SHOWN = (Shown("yes", "Yes, now"), Shown("no", "Not yet"), Shown("not_sure", "Not sure", ("dunno",)))
TEN = Scale(0, 10)


@pytest.mark.parametrize("text", ["Yes, now", "yes, now.", "  YES, NOW ", "1", "yep", "yes"])
def test_a_label_its_number_and_a_synonym_mean_the_same(text):
    assert read("choice", text, SHOWN, None, PHRASES).value == "yes"


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("7/10", 7), ("7 out of 10", 7), ("about 7 I think", 7), ("seven", 7), ("٧", 7), ("0", 0), ("10", 10)],
)
def test_a_rating_is_read_in_many_ways(text, value):
    assert read("rating", text, (), TEN, PHRASES).value == value


@pytest.mark.parametrize("text", ["11", "-1", "7.5", "3 or 4", "many", "", "🙂", "7" * 50])
def test_what_is_no_rating_is_unclear(text):
    assert read("rating", text, (), TEN, PHRASES).kind == "unclear"


@pytest.mark.parametrize(
    ("text", "clock"),
    [("8:30", "08:30"), ("8.30 pm", "20:30"), ("half past 7", "07:30"), ("quarter to 9", "08:45"), ("19h", "19:00"),
     ("noon", "12:00"), ("midnight", "00:00"), ("12 am", "00:00"), ("0815", "08:15"), ("at 7 in the evening", "19:00"),
     ("9", "09:00"), ("23:59", "23:59")],
)  # fmt: skip
def test_a_time_is_read_in_many_ways(text, clock):
    assert read_time(text).value == clock


@pytest.mark.parametrize("text", ["25:00", "8:75", "later", "3 or 4 times", "2026-11-25"])
def test_what_is_no_time_is_unclear(text):
    assert read_time(text).kind == "unclear"


def test_a_list_is_read_from_lines_or_from_commas():
    assert [each["text"] for each in read("list", "1. Ann\n- Bo\n\n• Cy", (), None, PHRASES).value] == [
        "Ann",
        "Bo",
        "Cy",
    ]


def test_nothing_is_cut_silently():
    assert read("text", "a" * 501, (), None, PHRASES).kind == "too_long"


def test_several_choices_are_typed_with_commas():
    assert read("choices", "1, not sure", SHOWN, None, PHRASES).value == ["yes", "not_sure"]


@given(
    st.text(max_size=300), st.sampled_from(["choice", "choices", "rating", "number", "text", "list", "time", "timed"])
)
def test_no_text_breaks_a_reading(text, type_):
    assert read(type_, text, SHOWN, TEN, PHRASES, "Done").kind in ("answer", "unclear", "too_long")
