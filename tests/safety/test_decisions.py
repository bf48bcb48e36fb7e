"""The decisions about every message that was learnt from are the kept ones; a change is kept with what it moves."""

from __future__ import annotations

import pytest

from tests.safety.decisions import decided, kept, moved, today, voices
from tests.safety.rule_files import shipped


@pytest.mark.long
def test_no_decision_moved_unseen() -> None:
    """Red? Read what `python -m tests.safety.decisions` prints; if it is right, `--update` keeps it."""
    assert list(moved(kept(), today(shipped()))) == []


def test_every_message_has_its_kept_decision() -> None:
    assert {voice: len(letters) for voice, letters in kept().items()} == {
        voice: len(rows) for voice, rows in voices().items()
    }


def test_a_moved_decision_is_named_with_its_place_and_its_words() -> None:
    (voice, rows), *_ = voices().items()
    before = {voice: "-" * len(rows)}
    (line,) = moved(before, {voice: "u" + "-" * (len(rows) - 1)})
    assert line == f"{voice}:2 nothing -> urgent, labelled {rows[0].tier}: {rows[0].text}"


def test_a_decision_tells_acute_from_urgent() -> None:
    (row, *_) = next(iter(voices().values()))
    said = ["I just took all my pills", "I want to kill myself", "the kettle is on"]
    assert [decided(row._replace(text=text), shipped()) for text in said] == ["a", "u", "-"]
