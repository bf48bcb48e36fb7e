"""A disk that is full, with the real process: one clear sentence, nothing half-written, and it goes on with room."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
SIZE = "300k"  # of the whole disk: less than a new database needs beside what fills it


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk in memory. Only root can mount one; CI is root."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("A FULL DISK IS NOT TESTED: a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def migrate(root: Path, home: Path) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("WILLOW_")}
    environment = {**bare, "WILLOW_HOME": str(home), "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "bot", "migrate"]
    return subprocess.run(command, env=environment, cwd=home.parent, capture_output=True, text=True, timeout=60)


def test_a_full_disk_is_told_in_one_sentence_and_the_next_start_goes_on(root: Path, disk: Path) -> None:
    (disk / "filling").write_bytes(bytes(250 * 1024))
    refused = migrate(root, disk / "home")
    (disk / "filling").unlink()
    begun = migrate(root, disk / "home")
    told = refused.stderr.strip().splitlines()
    assert (refused.returncode, told, begun.returncode) == (
        1,
        ["willow: The disk is full; make room, and Willow goes on by itself."],
        0,
    )
