"""The floor plan: who may know whom, who may touch the world, and what may lie where.

Each rule is a function from one file to its complaints; every rule is also shown a file that breaks it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Rule = Callable[[str, ast.Module], Iterator[str]]  # path and parsed source of one file -> what is wrong with it

TOP = set(
    "README.md OPERATING.md pyproject.toml constraints.txt requirements.lock LICENSE CHANGELOG.md .gitignore".split()
)
TOP |= set(".ci content flows bot tests".split())
HOMELESS = set("base common helpers manager misc util utils".split())

WORLD = set(
    "asyncio builtins concurrent ctypes fileinput getpass glob http importlib io logging multiprocessing os pkgutil "
    "platform random runpy secrets select selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl "
    "subprocess sys tempfile threading time urllib uuid webbrowser".split()
)
PURE = (set(sys.stdlib_module_names) - WORLD) | set("flows jinja2 markupsafe msgspec pydantic transitions yaml".split())
OPENING = set("open read_text read_bytes write_text write_bytes iterdir glob rglob".split())
ENVIRONMENT = set("os.environ os.environb os.getenv os.getenvb".split())
NOW = set("now utcnow today".split())
SQL = set("alembic psycopg sqlalchemy sqlite3".split())
SHARED = set("bot.turns bot.summaries bot.store bot.web".split())
CLOSED = ("bot.channels.telegram", "bot.channels.browser", "bot.channels.terminal", "bot.clinic")  # the app's alone


def within(name: str, *rooms: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(path: str, tree: ast.Module) -> set[str]:
    """Every imported name in full: `from bot import store` is `bot.store`; relative ones are resolved."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.split("/")[: -node.level] if node.level else []
            above = ".".join([*package, *([node.module] if node.module else [])])
            names.update(f"{above}.{alias.name}" for alias in node.names)
    return names


def packages(path: str, tree: ast.Module) -> set[str]:
    return {name.split(".")[0] for name in imports(path, tree)}


def called(tree: ast.Module) -> set[str]:
    functions = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {getattr(function, "attr", getattr(function, "id", "")) for function in functions}


def flows_import_only_what_is_pure(path: str, tree: ast.Module) -> Iterator[str]:
    if path.startswith("flows/"):
        yield from packages(path, tree) - PURE


def only_the_library_opens_files(path: str, tree: ast.Module) -> Iterator[str]:
    if path.startswith("flows/") and path != "flows/library.py":
        yield from (called(tree) & OPENING) | (packages(path, tree) & {"pathlib"})


def flows_never_ask_the_clock(path: str, tree: ast.Module) -> Iterator[str]:
    if path.startswith("flows/"):
        yield from called(tree) & NOW


def channels_and_clinic_know_only_the_shared_rooms(path: str, tree: ast.Module) -> Iterator[str]:
    for room in ("bot.channels", "bot.clinic"):
        if within(module(path), room):
            yield from (name for name in imports(path, tree) if within(name, "bot") and not within(name, room, *SHARED))


def only_the_app_knows_everything(path: str, tree: ast.Module) -> Iterator[str]:
    for name in imports(path, tree):
        walls = [room for room in CLOSED if within(name, room) and not within(module(path), room, "bot.app")]
        if walls or (within(name, "bot.app") and path != "bot/__main__.py") or within(name, "bot.__main__"):
            yield name


def only_the_settings_read_the_environment(path: str, tree: ast.Module) -> Iterator[str]:
    if path != "bot/settings.py":
        used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | imports(path, tree)
        yield from (used & ENVIRONMENT) | (packages(path, tree) & {"dotenv", "pydantic_settings"})


def only_the_store_speaks_sql(path: str, tree: ast.Module) -> Iterator[str]:
    if not within(module(path), "bot.store"):
        yield from packages(path, tree) & SQL


BROKEN: tuple[tuple[Rule, str, str], ...] = (
    (flows_import_only_what_is_pure, "flows/engine.py", "import random"),
    (flows_import_only_what_is_pure, "flows/engine.py", "from bot.store import tables"),
    (flows_import_only_what_is_pure, "flows/engine.py", "def f():\n    import os.path"),
    (only_the_library_opens_files, "flows/engine.py", "open('a.yaml')"),
    (only_the_library_opens_files, "flows/engine.py", "path.read_text()"),
    (only_the_library_opens_files, "flows/engine.py", "from pathlib import Path"),
    (flows_never_ask_the_clock, "flows/engine.py", "dt.datetime.now(dt.UTC)"),
    (flows_never_ask_the_clock, "flows/engine.py", "date.today()"),
    (channels_and_clinic_know_only_the_shared_rooms, "bot/channels/browser.py", "from bot.clinic import pages"),
    (channels_and_clinic_know_only_the_shared_rooms, "bot/clinic/pages.py", "from bot import channels"),
    (only_the_app_knows_everything, "bot/channels/telegram/updates.py", "from bot.channels import browser"),
    (only_the_app_knows_everything, "bot/channels/browser.py", "from .telegram import updates"),
    (only_the_app_knows_everything, "bot/turns.py", "import bot.channels.terminal"),
    (only_the_app_knows_everything, "bot/delivery.py", "import bot.app"),
    (only_the_app_knows_everything, "bot/store/store.py", "from ..clinic import pages"),
    (only_the_settings_read_the_environment, "bot/turns.py", "import os\nos.environ['A']"),
    (only_the_settings_read_the_environment, "bot/turns.py", "from os import getenv"),
    (only_the_settings_read_the_environment, "bot/web/pages.py", "from pydantic_settings import BaseSettings"),
    (only_the_store_speaks_sql, "bot/turns.py", "from sqlalchemy import select"),
    (only_the_store_speaks_sql, "bot/app.py", "import alembic.command"),
)
RULES = tuple(dict.fromkeys(rule for rule, _, _ in BROKEN))


def out_of_place(path: Path) -> Iterator[str]:
    if path.parts[0] not in TOP or (path.parts[0] == ".ci" and path.parts[1:] != ("run",)):
        yield f"{path}: the map has no room for it"
    if path.parts[0] == "content" and path.suffix in (".py", ".pyi"):
        yield f"{path}: content/ holds no Python"
    if path.suffix == ".py" and path.stem in HOMELESS:
        yield f"{path}: is not named after a thing of this house"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_floor_plan_holds(rule: Rule, root: Path, tree: tuple[Path, ...]) -> None:
    sources = [path.as_posix() for path in tree if path.suffix == ".py" and path.parts[0] in ("bot", "flows")]
    parsed = {path: ast.parse((root / path).read_text(encoding="utf-8")) for path in sources}
    assert "flows/__init__.py" in parsed
    assert [f"{path}: {what}" for path in parsed for what in sorted(rule(path, parsed[path]))] == []


@pytest.mark.parametrize(("rule", "path", "source"), BROKEN)
def test_a_file_that_breaks_a_rule_is_seen(rule: Rule, path: str, source: str) -> None:
    assert list(rule(path, ast.parse(source))) != []


def test_every_file_lies_in_its_room(tree: tuple[Path, ...]) -> None:
    assert [complaint for path in tree for complaint in out_of_place(path)] == []


@pytest.mark.parametrize("path", ["notes.md", "Makefile", ".ci/other", "content/parts/gate.py", "bot/utils.py"])
def test_a_file_without_a_room_is_seen(path: str) -> None:
    assert list(out_of_place(Path(path))) != []
