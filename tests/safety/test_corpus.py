"""The corpus and the fresh batches are what their READMEs say: labels, voices, and no message twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from flows.signals import CATEGORIES
from tests.safety.likeness import alike
from tests.safety.messages import CORPUS, FRESH, HARD_KINDS, LANGUAGES, POSITIVE_KINDS, TIERS, Row, read, rows_of

FEWEST = {"en": (8_000, 60)}
FEWEST_OTHERS = (800, 10)  # messages, voices
HARD, HARD_OTHERS = {"en": 2_784}, 279  # six tenths of the harmless ones of a corpus of that size, 58 % of it harmless
FOLDERS = [CORPUS, *sorted(folder for folder in FRESH.iterdir() if folder.is_dir())]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read(CORPUS)


@pytest.fixture(scope="module")
def voices() -> dict[str, list[str]]:
    """number -> language, age, place, manner"""
    lines = (CORPUS / "voices.tsv").read_text("utf-8").splitlines()[1:]
    return {number: rest for number, *rest in (line.split("\t") for line in lines)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_messages_and_voices_enough(language: str, rows: list[Row]) -> None:
    here = [row for row in rows if row.language == language]
    messages, voices = FEWEST.get(language, FEWEST_OTHERS)
    assert (len(here) >= messages, len({row.voice for row in here}) >= voices) == (True, True)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_labels_are_those_of_the_readme(folder: Path) -> None:
    def wrong(row: Row) -> bool:
        kinds = POSITIVE_KINDS if row.positive else HARD_KINDS | {"everyday"}
        fits = row.category in CATEGORIES if row.positive else row.category == "none"
        return row.tier not in TIERS or row.kind not in kinds or not fits or not row.text.strip()

    assert [row for row in read(folder) if wrong(row)] == []


def test_a_file_holds_one_voice_and_the_list_knows_it(voices: dict[str, list[str]]) -> None:
    found = {path.stem: {(row.voice, row.language) for row in rows_of(path)} for path in CORPUS.glob("*/*.tsv")}
    assert found == {number: {(number, rest[0])} for number, rest in voices.items()}


def test_no_message_stands_twice(rows: list[Row]) -> None:
    assert [(one.voice, other.voice, one.text, other.text) for one, other in alike(rows)] == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("fed up", "Fed up!", True),
        ("fed up", "so fed up", False),
        ("the cat sat on a mat", "a cat sat on the mat", True),
        ("i was so tired after work", "i was so tired after my work", True),
        ("i was so tired after work", "i was so happy before work", False),
    ],
)
def test_messages_are_alike_with_four_fifths_of_their_words(one: str, other: str, same: bool) -> None:
    said = [Row(text, "en", "none", "none", "everyday", "1", "") for text in (one, "quite another thing to say", other)]
    assert [(pair[0].text, pair[1].text) for pair in alike(said)] == ([(one, other)] if same else [])


def test_about_two_fifths_are_dangerous_and_half_of_them_say_so_only_indirectly(rows: list[Row]) -> None:
    """Voices that only give everyday answers were added later, and are not counted here."""
    voices = {row.voice for row in rows if row.positive}
    mixed = [row for row in rows if row.voice in voices]
    dangerous = [row for row in mixed if row.positive]
    shares = (len(dangerous) / len(mixed), sum(row.explicit for row in dangerous) / len(dangerous))
    assert 0.36 <= shares[0] <= 0.48
    assert 0.35 <= shares[1] <= 0.6


def test_every_language_has_hard_harmless_messages_enough(rows: list[Row]) -> None:
    hard = Counter(row.language for row in rows if row.hard)
    assert {code: hard[code] for code in LANGUAGES if hard[code] < HARD.get(code, HARD_OTHERS)} == {}
