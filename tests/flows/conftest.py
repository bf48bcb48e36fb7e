"""Golden chats and the shipped library, read once for all tests of flows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.library import Library, load_library

ROOT = Path(__file__).resolve().parent.parent.parent
TRANSCRIPTS = ROOT / "tests" / "transcripts"


def chats() -> list[Path]:
    return sorted(TRANSCRIPTS.glob("*.chat"))


@pytest.fixture(scope="session")
def shipped() -> Library:
    """The library of content/."""
    library, problems = load_library(ROOT / "content")
    assert library is not None, "\n".join(map(str, problems))
    return library


@pytest.fixture(scope="session")
def presets() -> dict[str, Any]:
    """Records that chats begin with: tests/transcripts/presets.yaml."""
    file = TRANSCRIPTS / "presets.yaml"
    return yaml.safe_load(file.read_text()) if file.exists() else {}
