"""Golden chats and the shipped library, read once for all tests of flows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.library import Library, load_library
from tests.flows.talk import Talk, consented, enter, small_library, to, yard_library

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


@pytest.fixture(scope="session")
def library() -> Library:
    """The small library: one node of every kind."""
    return small_library()


@pytest.fixture(scope="session")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The small library with a flow for the engine's rules."""
    return yard_library(tmp_path_factory.mktemp("content"))


@pytest.fixture
def talk(library: Library) -> Talk:
    """Somebody of the small library who has consented and is asked for a name."""
    return to(Talk(library), "/start", "=Yes")


@pytest.fixture
def walker(yard: Library) -> Talk:
    """Somebody at the beginning of the flow for the engine's rules."""
    return enter(consented(Talk(yard)), "yard")
