"""What every test shares: the checkout, its files, and the one event loop."""

from __future__ import annotations

import fnmatch
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("willow", settings(), deadline=None)  # a busy machine is not a failure
settings.load_profile("willow")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden chats with what is said today")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tree(root: Path) -> tuple[Path, ...]:
    """Every file of the project, relative to its top: what git holds, or, without git, what .gitignore lets through."""
    names = _held_by_git(root) or _not_ignored(root)
    return tuple(sorted(path for path in map(Path, names) if (root / path).is_file()))


def _held_by_git(root: Path) -> list[str]:
    try:
        answer = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [name for name in answer.stdout.split("\0") if name]


def _not_ignored(root: Path) -> list[str]:
    lines = (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = [".git", *(line.rstrip("/") for line in lines if line and not line.startswith("#"))]
    paths = (path.relative_to(root) for path in root.rglob("*"))
    return [
        str(path) for path in paths if not any(fnmatch.fnmatch(part, one) for part in path.parts for one in ignored)
    ]
