"""`each` over words written out and over marked choices: what the part gives lands in the slot that `into` names."""

import shutil

import pytest

from flows import load_library
from tests.flows.talk import SMALL, Talk, to

NODES = """
title: Areas
source: made for the tests
slots:
  loads: list with kind, private, run
  marked: choices, private, run
  rows: list with kind, private, run
nodes:
  written_out:
    each: sleep, food as area
    do: kind
    with: {person: area}
    into: {loads: area}
  mark:
    ask: Which?
    choices: {one: The first, two: The second}
    into: marked
    next:
      - if: marked is set
        to: over_marks
      - to: show
  over_marks:
    each: marked as mark_of
    do: kind
    with: {person: mark_of}
    into: {rows: mark_of}
  show:
    ask: Seen?
    choice: {seen: Seen}
  done:
    say:
      - if: rows is set and any(row.kind == family for row in rows)
        say: Family is among them.
      - if: all(load.kind == friend for load in loads)
        say: All friends.
    end: done
"""


@pytest.fixture
def library(tmp_path):
    shutil.copytree(SMALL, tmp_path / "content", ignore=shutil.ignore_patterns("translations", "de.yaml"))
    (tmp_path / "content" / "onboarding" / "first.yaml").write_text(NODES.lstrip(), encoding="utf-8")
    library, problems = load_library(tmp_path / "content")
    assert library is not None, [str(each) for each in problems]
    return library


def slots(talk):
    return talk.record.runs[-1].frames[0].slots


def test_words_written_out_are_walked_one_by_one(library):
    talk = to(Talk(library), "/start")
    assert talk.said == ["What is sleep to you?"]


def test_what_the_part_gives_lands_in_the_rows_of_the_slot_named(library):
    talk = to(Talk(library), "/start", "=A friend", "=Family")
    assert [(row["text"], row["kind"]) for row in slots(talk)["loads"]] == [("sleep", "friend"), ("food", "family")]


def test_marked_choices_are_walked_with_their_labels(library):
    talk = to(Talk(library), "/start", "=A friend", "=Family", "=The second", "=done label")
    assert talk.said == ["What is The second to you?"]


def test_back_within_each_takes_one_row_back(library):
    talk = to(Talk(library), "/start", "=A friend", "=Family", "/back")
    assert [row["kind"] for row in slots(talk)["loads"]] == ["friend"]


def test_a_test_over_rows_sees_their_fields(library):
    talk = to(Talk(library), "/start", "=A friend", "=A friend", "=The first", "=done label", "=Family", "=Seen")
    assert talk.said == ["Family is among them.", "All friends."]
