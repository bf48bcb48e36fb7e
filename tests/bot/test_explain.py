"""`willow explain`: the trace for people and for programs, from an argument or from standard input, stored nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.explain_words import in_place
from bot.refusals import Refusal

DANGER = "I told her that I want to die"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WILLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def explained(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["explain", *words], input=typed)


def test_the_trace_shows_the_decision_the_words_in_their_place_and_the_help(home: Path) -> None:
    shown = explained(DANGER, "--country", "gb").stdout
    assert "tier        urgent" in shown
    assert "N3: help first, then the direct question (flow connect)" in shown
    assert "I told her that I [want to die]  (18-29)" in shown
    assert "Samaritans: call 116 123" in shown


def test_what_was_taken_back_names_the_modifier(home: Path) -> None:
    assert "taken back  en.want_to_die: urgent [negation] -> none" in explained("I don't want to die").stdout


def test_a_program_reads_the_same_as_json(home: Path) -> None:
    found = json.loads(explained(DANGER, "--json").stdout)
    assert (found["tier"], found["step"], found["hits"][0]["words"]) == ("urgent", "N3", "want to die")


@pytest.mark.parametrize("words", [(), ("-",)])
def test_a_text_can_come_from_standard_input(words: tuple[str, ...], home: Path) -> None:
    assert "[want to die]" in explained(*words, typed=f"{DANGER}\n").stdout


def test_nothing_is_stored_and_no_folder_is_made(home: Path) -> None:
    explained(DANGER)
    assert list(home.parent.rglob("*")) == []


def test_rules_of_the_clinics_overlay_count(home: Path) -> None:
    folder = home / "overlay" / "safety"
    folder.mkdir(parents=True)
    before = json.loads(explained("I wish I was dead", "--json").stdout)
    rule = before["hits"][0]["rule"]
    (folder / "signals.en.yaml").write_text(f"language: en\nraise: {{{rule}: urgent}}\n", encoding="utf-8")
    after = json.loads(explained("I wish I was dead", "--json").stdout)
    assert (before["tier"], after["tier"]) == ("watch", "urgent")


def test_a_country_is_two_letters(home: Path) -> None:
    assert isinstance(explained(DANGER, "--country", "Britain").exception, Refusal)


def test_nothing_can_be_counted_before_there_is_a_database(home: Path) -> None:
    assert "There is no database yet" in str(explained("--counts").exception)
    assert not home.exists()


@pytest.mark.parametrize(
    ("text", "start", "end", "shown"),
    [
        ("ab cd ef", 3, 5, "ab [cd] ef"),
        ("one\ntwo\x1b[31m", 4, 7, "one [two] [31m"),
        ("x" * 60 + "HIT" + "y" * 60, 60, 63, f"…{'x' * 40}[HIT]{'y' * 40}…"),
    ],
)
def test_words_are_shown_on_one_line_with_a_little_around_them(text: str, start: int, end: int, shown: str) -> None:
    assert in_place(text, start, end) == shown
