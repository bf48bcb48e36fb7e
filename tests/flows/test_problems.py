"""Every mistake an author can make has a code, a cure and a spoilt example that yields just this code at its place.

tests/broken/sound is a small library without a mistake. Each other folder lies over it and spoils one thing; the line
that is wrong ends in `# here`. A first line `# also: W402` names what the mistake brings along.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from flows.clinic_file import read_clinic
from flows.helplines import launch_gaps, old_lines
from flows.library import load_library
from flows.manuscript import MAX_LETTERS, read_manuscript
from flows.problems import PROBLEMS, Mistake, Problem, problem

BROKEN = Path(__file__).parent.parent / "broken"
SOUND = BROKEN / "sound"
MISTAKES = sorted(PROBLEMS.values(), key=lambda mistake: mistake.code)
HERE = "# here"
TODAY = dt.date(2026, 11, 25)


def spoil(mistake: Mistake, folder: Path) -> list[Path]:
    """Lay the example over the sound library in `folder`; the files it consists of."""
    shutil.copytree(SOUND, folder, dirs_exist_ok=True)
    if mistake.name == "file_too_large":  # written here: nobody reads 500 kB in a repository
        large = folder / "screens/place.yaml"
        large.write_text("# also: W108 W109 W411\n" + "# and so on\n" * (MAX_LETTERS // 12))
        return [large]
    example = BROKEN / mistake.example
    shutil.copytree(example, folder, dirs_exist_ok=True)
    return [folder / file.relative_to(example) for file in sorted(example.rglob("*.*"))]


def marked(files: list[Path], folder: Path) -> tuple[str, int]:
    """File and line of `# here`; without it, the first line of the only file."""
    for file in files:
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if HERE in line:
                return file.relative_to(folder).as_posix(), number
    return files[0].relative_to(folder).as_posix(), 1


def problems_of(folder: Path) -> list[Problem]:
    """All that `willow check --release` says of a folder on a fixed day, and of the clinic's file beside it."""
    library, found = load_library(folder, overlay=overlay_of(folder))
    clinic, countries = folder / "clinic.yaml", ()
    if clinic.exists():
        read, wrong = read_clinic(clinic.read_text(), clinic.name)
        found, countries = [*found, *wrong], read.countries if read else ()
    if library is None:
        return found
    return [*found, *old_lines(library.helplines, TODAY), *launch_gaps(library.helplines, countries)]


def overlay_of(folder: Path) -> Path | None:
    """The clinic's own folder that some examples bring."""
    return folder / "overlay" if (folder / "overlay").is_dir() else None


def also(files: list[Path]) -> set[str]:
    heads = [file.read_text().partition("\n")[0] for file in files]
    return {code for head in heads if head.startswith("# also:") for code in head.split()[2:]}


def test_the_sound_library_has_no_problem():
    assert [str(each) for each in problems_of(SOUND)] == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.example)
def test_a_spoilt_example_yields_its_code_at_its_place_and_nothing_else(mistake, tmp_path):
    files = spoil(mistake, tmp_path)
    found = problems_of(tmp_path)
    places = {(each.file, each.line) for each in found if each.code == mistake.code}
    others = {each.code for each in found} - {mistake.code}
    assert (marked(files, tmp_path) in places, others - also(files)) == (True, set()), [str(each) for each in found]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.example)
def test_what_an_example_brings_along_is_really_found(mistake, tmp_path):
    files = spoil(mistake, tmp_path)
    found = {each.code for each in load_library(tmp_path, overlay=overlay_of(tmp_path))[1]}
    assert also(files) <= found


def test_every_folder_of_spoilt_examples_belongs_to_a_mistake():
    folders = {path.name for path in BROKEN.iterdir() if path.is_dir()} - {"sound"}
    assert folders == {mistake.example for mistake in MISTAKES} - {PROBLEMS["file_too_large"].example}


def test_codes_are_distinct_and_stand_in_order():
    codes = [mistake.code for mistake in PROBLEMS.values()]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_says_what_is_wrong_and_how_it_is_mended_in_sentences(mistake):
    sentences = [mistake.message, mistake.cure]
    assert [bool(text) and text.endswith((".", "}", "`", "?")) for text in sentences] == [True, True]


def test_a_problem_reads_file_line_code_severity_message_cure():
    found = problem("repeated_key", "screens/home.yaml", 7, key="say")
    assert str(found) == (
        "screens/home.yaml:7 W104 stop The key 'say' stands here a second time. Give one of the two another name."
    )


def test_an_authors_words_never_break_the_line_or_flood_it():
    found = problem("repeated_key", "home.yaml", 1, key="a\nb" + "c" * 1000)
    assert ("\n" in str(found), len(str(found)) < 400) == (False, True)


def test_every_problem_that_code_reports_is_listed_with_all_its_words(root):
    faults = [fault for file in sorted((root / "flows").rglob("*.py")) for fault in misreported(file)]
    assert faults == []


def misreported(file: Path) -> list[str]:
    """Calls of `problem("name", ...)` and `report("name", ...)` with an unknown name or without its words."""
    faults = []
    for call in ast.walk(ast.parse(file.read_text())):
        name = reported(call)
        if not name:
            continue
        given = {word.arg for word in call.keywords} | {"node"}  # a Case adds the node's name by itself
        open_ended = None in given
        if name not in PROBLEMS or not (open_ended or PROBLEMS[name].words <= given):
            faults.append(f"{file.name}:{call.lineno} {name}")
    return faults


def reported(call: ast.AST) -> str:
    if not isinstance(call, ast.Call) or not call.args or not isinstance(call.args[0], ast.Constant):
        return ""
    called = getattr(call.func, "attr", getattr(call.func, "id", ""))
    name = call.args[0].value
    return name if called in ("problem", "report") and re.fullmatch("[a-z_0-9]+", str(name)) else ""


def test_severities_follow_the_rule():
    found = {mistake.severity for mistake in MISTAKES}
    assert found == {"stop", "hold", "warn"}


def test_problems_can_be_sorted_and_kept_once():
    first, second = Problem("a", 1, "W1", "stop", "m", "c"), Problem("a", 2, "W1", "stop", "m", "c")
    assert sorted({second, first, first}) == [first, second]


def test_a_file_may_be_as_long_in_every_script() -> None:
    """A letter of Hindi takes three bytes; what counts are letters."""
    assert read_manuscript("a: " + "न" * (MAX_LETTERS - 3), "x.yaml")[1] == []
    assert [each.code for each in read_manuscript("a: " + "न" * (MAX_LETTERS - 2), "x.yaml")[1]] == ["W102"]
