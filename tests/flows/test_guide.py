"""The author's guide is true: its examples load, its tables say what the code says, its parts are there.

`python -m tests.flows.test_guide` writes the two tables of content/README.md anew; the rest is written by hand.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from flows.author_nodes import INPUTS, NODE_KEYS
from flows.authoring import KEEPS, SHARES, SLOT_TYPES
from flows.library import Library, load_library
from flows.manuscript import read_manuscript
from flows.named import NAMED
from flows.problems import PROBLEMS, Problem
from flows.proof.case import PROFILE
from flows.record import WRITABLE
from flows.replay import replay
from flows.transcript import parse
from flows.wording import FILTERS

ROOT = Path(__file__).resolve().parent.parent.parent
CONTENT = ROOT / "content"
GUIDE = CONTENT / "README.md"
FILE = re.compile(r"# file: (\S+)\n")
FIELDS = {"profile": tuple(PROFILE), "consents": WRITABLE["consents"]}


def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """The fenced blocks of the guide that are marked as `kind`."""
    return re.findall(rf"^```{kind}\n(.*?)^```", guide(), re.M | re.S)


def examples() -> dict[str, str]:
    """The blocks that are whole files, by their place under content/."""
    return {found[1]: text for text in blocks("yaml") if (found := FILE.match(text))}


def fragments() -> list[str]:
    return [text for text in blocks("yaml") if not FILE.match(text)]


def table(name: str) -> str:
    """What stands in the guide between the two marks of a table."""
    return guide().partition(f"<!-- {name}: begin -->\n")[2].partition(f"<!-- {name}: end -->")[0]


def problem_table() -> str:
    """Every mistake an author can make; words that come from the file stand in ‹ ›."""
    rows = [
        f"| {each.code} | {each.severity} | {spelled(each.message)} | {spelled(each.cure)} |"
        for each in PROBLEMS.values()
    ]
    return "\n".join(["| code | severity | what is wrong | what to do |", "| --- | --- | --- | --- |", *rows, ""])


def spelled(template: str) -> str:
    """A message with the names of its words, fit for a table."""
    parts = [text + (f"‹{word}›" if word else "") for text, word, _, _ in Formatter().parse(template)]
    return "".join(parts).replace("<", "\\<").replace("|", "\\|")


def value_table() -> str:
    rows = [f"| `{name}` | {named.meaning} | {_fields(name)} |" for name, named in NAMED.items()]
    return "\n".join(["| name | what it is | its fields |", "| --- | --- | --- |", *rows, ""])


def _fields(name: str) -> str:
    named = NAMED[name]
    said = " ".join(f"`.{field}`" for field in FIELDS.get(name) or named.fields or named.list_of)
    return f"of each: {said}" if named.list_of else said


TABLES = {"problems": problem_table, "values": value_table}


@pytest.fixture(scope="module")
def laid_over(tmp_path_factory) -> tuple[list[Problem], list[Problem], Library]:
    """Problems before and after the examples were laid over the shipped content, and the library afterwards."""
    folder = tmp_path_factory.mktemp("content")
    shutil.copytree(CONTENT, folder, dirs_exist_ok=True)
    before = load_library(folder)[1]
    for place, text in examples().items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    library, after = load_library(folder)
    assert library is not None, after
    return before, after, library


def serious(problems: list[Problem]) -> set[str]:
    return {str(each) for each in problems if each.severity != "warn"}


@pytest.mark.parametrize("place", examples())
def test_an_example_of_the_guide_has_no_problem_that_holds_it_back(place, laid_over):
    assert serious([each for each in laid_over[1] if each.file == place]) == set()


def test_the_examples_spoil_nothing_else(laid_over):
    assert serious(laid_over[1]) - serious(laid_over[0]) == set()


@pytest.mark.parametrize("place", [place for place in examples() if not place.startswith("translations/")])
def test_an_example_of_the_guide_is_on_offer(place, laid_over):
    assert Path(place).stem in laid_over[2].flows


SESSION = """\
clock 2026-11-25 09:00
as onboarded
begin one_minute_outside
* 3-minute version
> 3
-
> a tall tree
* Yes, save it
> 8
"""


def test_the_smallest_session_leads_from_its_greeting_to_its_goodbye(laid_over, presets):
    played = replay(parse(SESSION), laid_over[2], presets, round_trip=True)
    kept = played.record.kept["one_minute_outside.seen"][-1].value
    assert (kept, played.record.runs, played.record.done) == ("a tall tree", (), {"one_minute_outside": 1})


@pytest.mark.parametrize("text", fragments(), ids=lambda text: text.partition("\n")[0])
def test_a_fragment_of_the_guide_can_be_read(text):
    assert read_manuscript(text, "guide")[1] == []


@pytest.mark.parametrize("text", blocks("chat"), ids=lambda text: text.partition("\n")[0])
def test_a_chat_of_the_guide_can_be_replayed(text, shipped, presets):
    played = replay(parse(text), shipped, presets, round_trip=False).chat
    assert [exchange.deed for exchange in played.exchanges if not exchange.said] == []


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_guide_says_what_the_code_says(name):
    assert table(name) == TABLES[name]()


def known_words() -> Iterator[str]:
    yield from (*INPUTS, *NODE_KEYS, *SLOT_TYPES, *SHARES, *KEEPS, *FILTERS)


def test_every_key_type_and_filter_is_explained():
    ticked = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`\n]+`", guide()) + blocks("yaml"))))
    assert sorted(set(known_words()) - ticked) == []


def test_the_parts_that_the_guide_offers_are_there_with_the_ends_it_names():
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]*) \|$", table("parts"), re.M)
    said = {name: set(re.findall(r"`(\w+)`", ends)) for name, ends in rows}
    flows = load_library(CONTENT)[0].flows
    assert said == {name: set(flows[name].ends) if name in flows else None for name in said}


def write_tables() -> None:
    text = guide()
    for name, made in TABLES.items():
        head, _, rest = text.partition(f"<!-- {name}: begin -->\n")
        _, end, tail = rest.partition(f"<!-- {name}: end -->")
        text = f"{head}<!-- {name}: begin -->\n{made()}{end}{tail}"
    GUIDE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_tables()
