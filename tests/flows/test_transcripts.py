"""Golden chats: every .chat file of tests/transcripts is what Willow says today, word for word.

`pytest tests/flows/test_transcripts.py --update` writes them anew; the difference is then reviewed as words.
"""

from __future__ import annotations

import pytest

from flows.replay import replay
from flows.transcript import parse, render
from tests.flows.conftest import chats


@pytest.mark.parametrize("file", chats(), ids=lambda file: file.stem)
def test_a_golden_chat_is_what_is_said_today(file, shipped, presets, request):
    chat = parse(file.read_text(encoding="utf-8"))
    actual = render(replay(chat, shipped, presets, round_trip=False).chat)
    if request.config.getoption("--update", default=False):
        file.write_text(actual, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == actual


@pytest.mark.parametrize("file", chats(), ids=lambda file: file.stem)
def test_a_golden_chat_is_the_same_when_its_record_goes_through_json_between_turns(file, shipped, presets):
    chat = parse(file.read_text(encoding="utf-8"))
    runs = [replay(chat, shipped, presets, round_trip=round_trip) for round_trip in (False, True)]
    assert render(runs[0].chat) == render(runs[1].chat)
