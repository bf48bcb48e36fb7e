"""No sequence of inputs makes `respond` raise, leaves a person with silence, or breaks the record."""

import datetime as dt
from functools import cache
from pathlib import Path

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from flows import Record, Utterance, begin, load_library, respond
from flows.record import FULL_BYTES
from tests.flows.talk import START, small_library

CONTENT = Path(__file__).parents[2] / "content"
WORDS = [
    "sos",
    "help",
    "menu",
    "stop",
    "pause",
    "back",
    "skip",
    "repeat",
    "shorter",
    "why",
    "settings",
    "/start",
    "/menu",
]
TEXTS = [
    "7",
    "yes",
    "no",
    "8:30",
    "Ann, Bo",
    "1, 2",
    "I want to die",
    "a\nb\nsos",
    "<b>&",
    "{{ x }}",
    "\u202eabc",
    "🙂" * 40,
]
DUE = ["check_in", "practice", "silence", "return", "left", "blocked", "unblocked"]

button = st.integers(0, 12).map(lambda index: ("tap", index))
inputs = st.one_of(
    button,
    button,
    button,
    st.sampled_from(WORDS + TEXTS).map(lambda text: ("say", text)),
    st.text(max_size=60).map(lambda text: ("say", text)),
    st.sampled_from(["photo", "voice"]).map(lambda kind: ("media", kind)),
    st.sampled_from(DUE).map(lambda kind: ("due", kind)),
    st.integers(1, 12 * 24 * 30).map(lambda hours: ("later", hours)),
    st.sampled_from(["Anna", "8", ""]).map(lambda text: ("edit", text)),
    st.sampled_from(["7", "hello"]).map(lambda text: ("early", text)),
    st.sampled_from(["1.0", "3.done", "2.skip", "zz", "sos"]).map(lambda press: ("press", press)),
)


@cache
def library_of(name):
    if name == "small":
        return small_library()
    shipped, problems = load_library(CONTENT)
    assert shipped is not None, [str(each) for each in problems if each.severity != "warn"]
    return shipped


def utterance_of(step, now, buttons):
    kind, what = step
    if kind == "tap":
        return Utterance(now, press=buttons[what % len(buttons)]) if buttons else Utterance(now, text="hello")
    if kind == "press":
        return Utterance(now, press=what)
    if kind == "media":
        return Utterance(now, media=what)
    if kind == "due":
        return Utterance(now, trigger=what)
    return Utterance(now, text=what, edits="last" if kind == "edit" else "", seen=kind != "early")


def live(library, steps):
    """Yield (utterance, turn) for each step; the record goes through JSON between turns."""
    now, record, buttons = START, begin("p1", "en", START), []
    for step in [("say", "/start"), *steps]:
        now += dt.timedelta(seconds=30)
        if step[0] == "later":
            now += dt.timedelta(hours=step[1])
            continue
        utterance = utterance_of(step, now, buttons)
        record = msgspec.json.decode(msgspec.json.encode(record), type=Record)
        turn = respond(library, record, utterance, now, record.turns)
        record = turn.record
        shown = [
            each.press
            for reply in turn.replies
            if reply.kind in ("ask", "edit")
            for row in reply.buttons
            for each in row
        ]
        buttons = shown or buttons
        yield utterance, turn


@pytest.mark.parametrize("name", ["small", "shipped"])
@settings(max_examples=60)
@given(steps=st.lists(inputs, max_size=40))
def test_no_sequence_of_inputs_makes_a_turn_raise_or_silent(name, steps):
    for utterance, turn in live(library_of(name), steps):
        silent = not turn.replies and utterance.text and not utterance.edits and turn.reading != "unclear"
        assert not silent


@settings(max_examples=30)
@given(steps=st.lists(inputs, max_size=60))
def test_a_record_keeps_its_bound_and_at_most_one_ask_is_open(steps):
    for _, turn in live(library_of("shipped"), steps):
        asks = [reply for reply in turn.replies if reply.kind == "ask"]
        assert len(asks) <= 2
        assert len(msgspec.json.encode(turn.record)) < FULL_BYTES
