"""The papers are held to the house: what README and OPERATING.md promise is there, and nothing stray is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.__main__ import app
from bot.settings import PREFIX, Settings
from flows.problems import PROBLEMS

INSTALL = (
    "python3 -m venv --without-pip .venv && python3 -m pip --python .venv/bin/python install -q -c constraints.txt"
)
TALK_LINE = f"{INSTALL} . && .venv/bin/willow demo"
TEST_LINE = f"{INSTALL} -e '.[test]' && .venv/bin/pytest"

WORDS = (
    "participant, clinician, clinic, programme, module, session, enrolment, flow, node, choice, part, run, frame, "
    "offer, record, turn, step, utterance, reading, say, ask, reply, message, answer, slot, fact, measure, item, "
    "score, band, check-in, practice, card, toolbox, reminder, signal, alert, safety plan, helpline, link, scope, "
    "engagement, summary, library, problem"
).split(", ")

STRAY: Mapping[str, str] = {  # what -> pattern; written so that this file does not find itself
    "the address of a registry": r"https?://\S+(\.whl|\.tar\.gz|/simple)\b",
    "a path of one machine": r"(?<![\w.~-])/(work|root|farm)/",
    "something unfinished": r"\b(TO[D]O|FIXM[E]|XX[X])\b",
    "a filler text": r"(?i)lorem[ ]ipsum|coming[ ]soon",
}
SHOWN = (
    ("the address of a registry", "https://files.example/pkg-1.0.tar" + ".gz"),
    ("the address of a registry", "--index-url https://pypi.example" + "/simple/"),
    ("a path of one machine", "see " + "/wor" + "k/main"),
    ("something unfinished", "# TO" + "DO: write this"),
    ("a filler text", "More sessions are Coming" + " soon!"),
)


def stray(text: str) -> Iterator[str]:
    yield from (what for what, pattern in STRAY.items() if re.search(pattern, text))


def fenced(page: str) -> list[str]:
    """The lines of a page's code blocks."""
    return [line for block in re.findall(r"^```\w*\n(.*?)^```", page, re.M | re.S) for line in block.splitlines()]


def commands(group: Any, above: str = "willow") -> Iterator[str]:
    """Every command as it is typed: `willow check`, `willow clinician add`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{above} {name}")
        else:
            yield f"{above} {name}"


def problem_codes() -> list[str]:
    entries = PROBLEMS.values() if isinstance(PROBLEMS, Mapping) else PROBLEMS
    return [entry.code for entry in entries]


def pins(page: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([\w.!+]+)", page, re.M)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


@pytest.fixture(scope="module")
def texts(root: Path, tree: tuple[Path, ...]) -> dict[str, str]:
    """Every file that can be read as text, by its path."""
    contents = {path.as_posix(): (root / path).read_bytes() for path in tree}
    return {path: content.decode("utf-8", "replace") for path, content in contents.items() if b"\0" not in content}


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def operating(root: Path) -> str:
    return (root / "OPERATING.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("line", [TALK_LINE, TEST_LINE])
def test_the_two_lines_stand_in_the_readme_to_be_copied(line: str, readme: str) -> None:
    assert line in fenced(readme)


def test_every_setting_is_explained(readme: str, operating: str) -> None:
    names = [PREFIX + name.upper() for name in Settings.model_fields]
    assert [name for name in names if not re.search(rf"\b{name}\b", readme + operating)] == []


def test_no_page_names_a_setting_that_is_not_there(readme: str, operating: str) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", readme + operating)) - known == set()


def test_every_command_is_named_in_the_readme(readme: str) -> None:
    assert [typed for typed in commands(typer.main.get_command(app)) if not re.search(rf"{typed}\b", readme)] == []


def test_every_problem_code_is_explained_to_authors(root: Path) -> None:
    guide = (root / "content" / "README.md").read_text(encoding="utf-8")
    assert problem_codes()
    assert [code for code in problem_codes() if not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", guide)] == []


def test_the_readme_says_what_each_word_means(readme: str) -> None:
    assert [word for word in WORDS if not re.search(rf"\b{word}s?\b", readme, re.I)] == []


def test_nothing_stray_is_committed(texts: dict[str, str]) -> None:
    assert [f"{path}: {what}" for path, text in texts.items() for what in stray(text)] == []


@pytest.mark.parametrize(("what", "text"), SHOWN)
def test_a_stray_thing_is_seen(what: str, text: str) -> None:
    assert list(stray(text)) == [what]


def test_a_page_that_a_text_sends_its_reader_to_is_there(texts: dict[str, str]) -> None:
    named = {(path, page) for path, text in texts.items() for page in re.findall(r"\b[A-Z]{4,}\.md\b", text)}
    there = {Path(path).name for path in texts}
    assert sorted(pair for pair in named if pair[1] not in there) == []


def test_the_changelog_speaks_of_this_version(root: Path, project: dict[str, Any]) -> None:
    headings = re.findall(r"^## \[(.+?)\]", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert headings[:1] in (["Unreleased"], [project["version"]])


def test_the_version_is_stated_once(texts: dict[str, str], project: dict[str, Any]) -> None:
    stated = re.compile(rf"""(?i)version\w*["']?\s*(:\s*\w+\s*)?[=:]\s*["']{re.escape(project["version"])}["']""")
    assert [path for path, text in texts.items() if stated.search(text)] == ["pyproject.toml"]


def test_every_package_we_ask_for_is_pinned_twice_the_same(root: Path, project: dict[str, Any]) -> None:
    plain, hashed = (pins((root / name).read_text("utf-8")) for name in ("constraints.txt", "requirements.lock"))
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ]", one)[0]).lower() for one in wanted}
    assert names - plain.keys() == {project["name"]}  # an extra may take in another one
    assert plain == hashed


def test_the_lock_has_a_hash_for_every_package(root: Path) -> None:
    entries = re.split(r"\n(?=\S)", (root / "requirements.lock").read_text("utf-8").strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
