"""The benchmark compares like with like. How fast anything is, no test says."""

from __future__ import annotations

import pytest

from tests.benchmarks.clocks import StopClocks
from tests.benchmarks.dialogue import Dialogue, read_dialogue, updates_of
from tests.benchmarks.floor import stand_on
from tests.benchmarks.path import live
from tests.benchmarks.table import Row, line

PEOPLE = range(1, 4)


@pytest.fixture(scope="module")
def dialogue() -> Dialogue:
    return read_dialogue()


def test_both_sides_live_through_the_same_dialogue_and_say_as_many_messages(dialogue):
    updates = updates_of(dialogue, PEOPLE)
    whole = live(dialogue, updates, at_once=2)
    floor = stand_on(dialogue, updates, 2, whole.heard)
    assert (
        (floor.calls, floor.turns) == (whole.calls, whole.turns) == (len(whole.heard) * len(PEOPLE), 12 * len(PEOPLE))
    )


def test_the_whole_path_says_what_the_golden_chat_says(dialogue):
    whole = live(dialogue, updates_of(dialogue, PEOPLE[:1]), at_once=1)
    bubbles = [step for step, method, _ in whole.heard if method == "sendmessage"]
    assert bubbles == [place for place, step in enumerate(dialogue.steps) for _ in range(step.bubbles)]


def test_with_stop_clocks_the_path_is_the_same(dialogue):
    clocks = StopClocks()
    updates = updates_of(dialogue, PEOPLE[:1])
    assert live(dialogue, updates, 1, clocks).calls == live(dialogue, updates, 1).calls
    assert set(clocks.seconds) == {"store", "engine", "encryption", "send"}


def test_an_aim_is_printed_with_whether_it_is_kept():
    kept, missed = (line(Row("engine", (value,), "us", aim=60)) for value in (59.0, 61.0))
    assert (kept.endswith("aim 60: kept"), missed.endswith("aim 60: missed")) == (True, True)
