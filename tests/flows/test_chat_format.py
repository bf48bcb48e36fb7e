"""The .chat format: parsed and written back, and the ways in which a deed finds its button or its due turn."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.replay import person, replay
from flows.transcript import Bubble, Deed, TranscriptError, parse, render, span
from tests.flows.talk import small_library

CHAT = """\
# A new person says hello
# and taps
clock 2026-11-25 09:00
seed 3
as onboarded
begin daily

- Good morning.
  A second line.
- How are you?
  [Fine] [So so]
  [Skip]

# they tap
* Fine
= Noted.
- Thank you.

> one
> two
- You wrote two lines.

! photo
- A picture.

~ three
:later 3d
- Welcome back.
"""


@pytest.fixture(scope="module")
def library():
    return small_library()


def test_a_chat_is_written_back_as_it_was_read():
    assert render(parse(render(parse(CHAT)))) == render(parse(CHAT))


def test_the_one_way_of_writing_keeps_every_line():
    assert sorted(render(parse(CHAT)).split("\n")) == sorted([*CHAT.split("\n"), ""])


def test_headers_are_read():
    chat = parse(CHAT)
    expected = (dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC), 3, "onboarded", "daily", "en")
    assert (chat.clock, chat.seed, chat.preset, chat.begin, chat.language) == expected


def test_bubbles_have_lines_and_rows_of_buttons():
    said = parse(CHAT).exchanges[0].said
    assert said == (
        Bubble("Good morning.\nA second line."),
        Bubble("How are you?", (("Fine", "So so"), ("Skip",))),
    )


def test_typed_lines_in_a_row_are_one_text():
    assert Deed("typed", "one\ntwo", 19) in [exchange.deed for exchange in parse(CHAT).exchanges]


def test_a_note_on_a_tap_is_not_a_bubble():
    assert parse(CHAT).exchanges[1].said[0] == Bubble("Noted.", note=True)


def test_a_comment_stays_with_the_deed_it_stands_over():
    assert parse(CHAT).exchanges[1].comments == ("they tap",)


@pytest.mark.parametrize(("words", "minutes"), [("15m", 15), ("6h", 360), ("3d", 4320), ("1d 2h", 1560), ("2w", 20160)])
def test_spans_of_time(words, minutes):
    assert span(words) == dt.timedelta(minutes=minutes)


@pytest.mark.parametrize("words", ["", "soon", "3", "3 days later", "3y"])
def test_what_is_no_span_of_time_is_refused(words):
    with pytest.raises(TranscriptError):
        span(words)


def test_a_line_without_a_known_sign_is_named():
    with pytest.raises(TranscriptError, match="line 3"):
        parse("clock 2026-11-25 09:00\n> hello\nwhat is this\n")


def test_a_chat_without_a_clock_is_refused():
    with pytest.raises(TranscriptError, match="clock"):
        parse("> hello\n")


def played(library, text, presets=None, *, round_trip=True):
    return replay(parse(f"clock 2026-11-25 09:00\n{text}"), library, presets or {}, round_trip=round_trip)


def test_replaying_fills_in_what_is_said(library):
    chat = played(library, "> /start\n").chat
    assert chat.exchanges[0].said[-1].rows != ()


def test_a_replay_says_the_same_with_and_without_the_json_round_trip(library):
    chats = [render(played(library, "> /start\n* Yes\n> Ann\n", round_trip=each).chat) for each in (True, False)]
    assert chats[0] == chats[1]


def test_a_tap_presses_the_latest_button_of_that_label(library):
    steps = played(library, "> /start\n* Yes\n").steps
    assert [step.state.rpartition(":")[2] for step in steps][-1:] != []


def test_a_tap_on_a_label_that_nobody_saw_names_its_line(library):
    with pytest.raises(TranscriptError, match=r"line 3.*Nonsense"):
        played(library, "> /start\n* Nonsense\n")


def test_a_chat_may_begin_in_a_flow(library):
    chat = played(library, "begin home\n").chat
    assert (chat.exchanges[0].deed, bool(chat.exchanges[0].said)) == (None, True)


def test_a_flow_that_is_not_there_is_named(library):
    with pytest.raises(TranscriptError, match="nowhere"):
        played(library, "begin nowhere\n")


def test_a_preset_gives_the_record_and_dates_itself_by_the_clock():
    presets = {"known": {"profile": {"name": "Ann"}, "last_utterance": "-3d"}}
    record = person(parse("clock 2026-11-25 09:00\nas known\n"), presets)
    assert (record.profile.name, record.last_utterance) == ("Ann", dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC))


def test_an_unknown_preset_is_named():
    with pytest.raises(TranscriptError, match="nobody"):
        person(parse("clock 2026-11-25 09:00\nas nobody\n"), {})


def test_time_passes_through_what_falls_due(library):
    presets = {"reminded": {"profile": {"reminders": "on", "reminder_time": "18:00"}}}
    replayed = played(library, "as reminded\n:later 1d\n", presets)
    assert replayed.chat.exchanges[0].said != ()
