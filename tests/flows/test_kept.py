"""Answers of an earlier run, offered again as a list: `kept.FLOW.SLOT`."""

import shutil

import pytest

from flows import load_library
from tests.flows.talk import SMALL, Talk, to

SCREEN = """
title: Home
source: made for the tests
slots:
  chosen: pick from kept.first.story, private, run
nodes:
  again:
    ask: Which of them?
    from: kept.first.story as story
    label: "{{ story.text }}"
    choice: {other: Another one}
    into: chosen
  told:
    say:
      - if: chosen is set
        say: "You chose {{ chosen.text | quoted }}."
      - if: len(kept.first.story) > 1
        say: There are several.
    end: done
"""


@pytest.fixture
def build(tmp_path):
    def library(screen=SCREEN):
        shutil.copytree(SMALL, tmp_path / "content", ignore=shutil.ignore_patterns("translations", "de.yaml"))
        (tmp_path / "content" / "screens" / "home.yaml").write_text(screen.lstrip(), encoding="utf-8")
        return load_library(tmp_path / "content")

    return library


def told_once(library):
    return to(Talk(library), "/start", "=Yes", "Ann", "7", "=Done", "40", "/skip", "The first story", "7:30", "=Enough")


def test_an_earlier_answer_can_be_picked_again(build):
    library, problems = build()
    assert problems == []
    talk = to(told_once(library), "menu", "=The first story")
    assert talk.said == ["You chose “The first story”."]


def test_a_list_of_a_slot_that_is_not_kept_is_a_mistake(build):
    _, problems = build(SCREEN.replace("kept.first.story", "kept.first.colours"))
    assert {problem.code for problem in problems} == {"W309"}


def test_a_list_of_a_flow_that_is_not_there_is_a_mistake(build):
    _, problems = build(SCREEN.replace("kept.first.story", "kept.nowhere.story"))
    assert "W309" in {problem.code for problem in problems}
