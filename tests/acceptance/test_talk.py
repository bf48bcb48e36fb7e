"""`willow talk` as a process of its own with piped input: real content, real store, the real path of a turn."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.long


def talk(home: Path, typed: str, *more: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("WILLOW_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", "talk", *more],
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        env={**bare, "PYTHONPATH": str(ROOT), "WILLOW_HOME": str(home)},
        check=False,
    )


def test_the_end_of_input_is_a_good_end(tmp_path: Path) -> None:
    ended = talk(tmp_path, "1\n")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_help_comes_before_anything_was_agreed_to(tmp_path: Path) -> None:
    said = talk(tmp_path, "I want to kill myself\n").stdout
    assert "Are you thinking about ending your life?" in said.partition("you     I want")[2]


def test_a_number_a_label_and_a_tap_mean_the_same(tmp_path: Path) -> None:
    chosen = [talk(tmp_path, typed).stdout.count("United Kingdom") for typed in ("1\n", "Start\n", ":press 1\n")]
    assert chosen == [1, 1, 1]


def test_time_passes_when_it_is_told_to(tmp_path: Path) -> None:
    said = talk(tmp_path, ":later 3d\n", "--clock", "2026-03-02T09:00").stdout
    assert said.rstrip().endswith("--- Thursday 05 March 2026, 09:00 UTC ---")


def test_a_clock_that_is_no_time_is_one_sentence(tmp_path: Path) -> None:
    refused = talk(tmp_path, "", "--clock", "tomorrow")
    assert (refused.returncode, refused.stderr) == (1, "willow: --clock takes a time like 2026-03-02T09:00.\n")
