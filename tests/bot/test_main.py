"""The command line: help with examples, and one clear sentence for everything that is wrong."""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.__main__ import app
from bot.clinic_sample import SAMPLE
from bot.store import people
from bot.store.master_key import read_master_key
from bot.store.store import Store
from bot.store.vault import Vault
from flows import begin

COMMANDS = ("demo", "talk", "serve", "check", "draw", "explain", "alerts", "migrate", "doctor")
HEAVY = ("sqlalchemy", "telegram", "starlette", "aiohttp", "jinja2", "transitions", "pydantic_settings")
NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
TOKEN = "123456:abcdefghijklmnopqrstuvwxyz"
DEAD = "http://127.0.0.1:9/bot"  # nobody listens there

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def willow(root: Path, home: Path, tmp_path: Path) -> Run:
    """Run the real command in an empty folder, with no settings but those given."""

    def run(*words: str, **given: Any) -> subprocess.CompletedProcess[str]:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("WILLOW_")}
        settings = {f"WILLOW_{name.upper()}": str(value) for name, value in {"home": home, **given}.items()}
        environment = {**bare, **settings, "PYTHONPATH": str(root)}
        command = [sys.executable, "-m", "bot", *words]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence on standard error, without log lines; the command must have failed and shown no stack trace."""
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    words = [line for line in done.stderr.splitlines() if not line.startswith("timestamp=")]
    assert len(words) == 1, done.stderr
    return words[0].removeprefix("willow: ")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"])
    assert shown.exit_code == 0
    assert re.search(rf"Example: .*willow {name}", shown.output)


def test_the_commands_are_those_of_the_design() -> None:
    assert set(typer.main.get_command(app).commands) == set(COMMANDS)  # type: ignore[attr-defined]


def test_no_word_at_all_shows_the_help(willow: Run) -> None:
    assert "demo" in willow().stdout


def test_help_is_quick_because_nothing_heavy_is_imported(root: Path) -> None:
    look = "import sys; from bot.__main__ import app; print([name for name in sys.argv[1:] if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look, *HEAVY], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nonsense"], "No such command 'nonsense'. Try: willow --help"),
        (["draw"], "Missing argument 'flow'. Try: willow --help"),
        (["check", "nowhere"], "There is no folder nowhere. Name the folder of the content, or set WILLOW_CONTENT."),
        (["check", "--release"], "--release needs the day to count from, for example --today 2026-03-02."),
        (["check", "--today", "soon"], "--today takes a date like 2026-03-02."),
        (["talk", "--clock", "noon"], "--clock takes a time like 2026-03-02T09:00."),
        (["serve"], "WILLOW_TELEGRAM_TOKEN is not set. Get a token from BotFather on Telegram, and set it."),
        (["serve", "--web"], "WILLOW_WEB_LISTEN is not set, so there is nothing to serve. Set it to host:port."),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(words: list[str], sentence: str, willow: Run) -> None:
    assert told(willow(*words)) == sentence


@pytest.mark.parametrize("name", ["talk", "serve", "check", "migrate"])
def test_a_wrong_setting_is_told_by_every_command(name: str, willow: Run) -> None:
    done = willow(name, pace="fast", log_level="loud")
    assert done.returncode == 1
    assert re.findall(r"WILLOW_\w+", done.stderr) == ["WILLOW_PACE", "WILLOW_LOG_LEVEL"]


def test_the_shipped_content_has_no_problem_that_stops_or_holds(willow: Run) -> None:
    done = willow("check")
    assert done.returncode == 0, done.stdout
    assert re.fullmatch(
        r"\d+ flows, \d+ sessions, \d+ nodes, \d+ edges, \d+ languages: \d+ problems", done.stdout.splitlines()[-1]
    )


def test_problems_are_printed_each_with_its_place_and_the_check_fails(willow: Run, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "programme.yaml").write_text("flows: {first: nowhere}\n", encoding="utf-8")
    done = willow("check", "content")
    assert done.returncode == 1
    assert re.search(r"^programme\.yaml:\d+ \S+ (stop|hold|warn) .+", done.stdout, re.MULTILINE)
    assert re.search(r": [1-9]\d* problems$", done.stdout.splitlines()[-1])


def test_an_overlay_is_checked_with_the_content_it_is_laid_over(willow: Run, tmp_path: Path) -> None:
    folder = tmp_path / "own" / "screens"
    folder.mkdir(parents=True)
    (folder / "nowhere.yaml").write_text("nodes: {}\n", encoding="utf-8")
    done = willow("check", "--overlay", "own")
    assert (done.returncode, "overlay/screens/nowhere.yaml:1 W966 stop" in done.stdout) == (1, True)


def test_an_overlay_that_is_not_there_is_told(willow: Run) -> None:
    assert told(willow("check", "--overlay", "own")) == "There is no folder own. --overlay takes an existing one."


def test_the_frozen_core_is_never_made_from_an_overlay(willow: Run, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    assert "Leave --overlay out" in told(willow("check", "--overlay", "own", "--write-core"))


def test_a_release_says_what_the_countries_of_a_clinic_lack(willow: Run, tmp_path: Path) -> None:
    (tmp_path / "clinic.yaml").write_text(SAMPLE.replace("[GB, IE]", "[IT, AQ]"), encoding="utf-8")
    said = willow("check", "--release", "--today", "2026-11-25", "--clinic", "clinic.yaml").stdout
    found = re.findall(r"^safety/helplines/(\w+)\.yaml:1 W911", said, re.MULTILINE)
    assert (found.count("aq"), "de" in found) == (3, False)


def test_the_doctor_says_that_an_overlay_is_laid_over(willow: Run, home: Path) -> None:
    (home / "overlay").mkdir(parents=True)
    assert "overlay is laid over the content." in willow("doctor").stdout


def test_a_flow_is_drawn(willow: Run) -> None:
    assert re.match(r"(flowchart|graph|stateDiagram)", willow("draw", "settle_body").stdout)


def test_a_flow_that_is_not_there_is_told_with_the_nearest(willow: Run) -> None:
    assert told(willow("draw", "settle_bodi")) == "There is no flow called settle_bodi. Did you mean settle_body?"


def test_migrating_says_what_it_did_and_a_second_time_changes_nothing(willow: Run) -> None:
    first, second = willow("migrate"), willow("migrate")
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout == second.stdout != ""


def test_the_doctor_finds_nothing_wrong_with_a_fresh_machine(willow: Run) -> None:
    done = willow("doctor")
    assert done.returncode == 0, done.stdout
    assert "WRONG" not in done.stdout


def test_the_doctor_warns_of_a_key_beside_the_database(willow: Run) -> None:
    willow("migrate")
    assert "The master key lies beside the database" in willow("doctor").stdout


def test_the_doctor_warns_of_helplines_that_nobody_has_looked_at_for_half_a_year(willow: Run) -> None:
    assert "helplines were not looked at for half a year" in willow("doctor").stdout


def test_the_doctor_says_which_settings_are_wrong(willow: Run) -> None:
    done = willow("doctor", pace="fast")
    assert done.returncode == 1
    assert "WRONG  WILLOW_PACE: " in done.stdout


def test_the_doctor_cannot_reach_telegram(willow: Run) -> None:
    done = willow("doctor", telegram_token=TOKEN, telegram_api=DEAD)
    assert "WRONG  Telegram cannot be reached from here." in done.stdout


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_told(willow: Run, taken: int) -> None:
    done = willow("serve", telegram_token=TOKEN, telegram_api=DEAD, web_listen=f"127.0.0.1:{taken}")
    assert told(done).startswith(f"WILLOW_WEB_LISTEN: the port of 127.0.0.1:{taken} is taken by another program.")


def test_a_database_of_a_newer_version_is_told_and_left_as_it_is(willow: Run, home: Path) -> None:
    willow("migrate")
    with sqlite3.connect(home / "willow.db") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    done = willow("serve", telegram_token=TOKEN, telegram_api=DEAD)
    assert told(done).startswith("The database was made by a newer version of Willow")


def test_a_locked_database_is_told(willow: Run, home: Path) -> None:
    willow("migrate")
    with sqlite3.connect(home / "willow.db", isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        done = willow("serve", telegram_token=TOKEN, telegram_api=DEAD)
        holder.execute("ROLLBACK")
    assert told(done).startswith("The database is locked by another program")


def test_a_database_that_can_only_be_read_is_told(willow: Run, home: Path) -> None:
    willow("migrate")
    address = f"sqlite:///file:{home / 'willow.db'}?mode=ro&uri=true"
    done = willow("serve", telegram_token=TOKEN, telegram_api=DEAD, database=address)
    assert told(done).startswith("The database cannot be written")


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(willow: Run, home: Path) -> None:
    home.mkdir()
    (home / "willow.db").write_bytes(b"a letter to my aunt" * 100)
    done = willow("serve", telegram_token=TOKEN, telegram_api=DEAD)
    assert told(done).startswith("The database file is damaged or is no database")
    assert (home / "willow.db").read_bytes() == b"a letter to my aunt" * 100


def test_a_database_address_that_means_nothing_is_told(willow: Run) -> None:
    done = willow("migrate", database="nonsense://here")
    assert told(done).startswith("WILLOW_DATABASE: ")


def test_a_home_that_cannot_be_made_is_told(willow: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = willow("migrate", home=tmp_path / "file" / "home")
    assert told(done).startswith(f"WILLOW_HOME: {tmp_path}/file/home cannot be made (Not a directory).")


def test_a_wrong_master_key_is_told(willow: Run) -> None:
    willow("migrate")
    done = willow("migrate", master_key="too-short")
    assert told(done).startswith("WILLOW_MASTER_KEY must be a key of 32 bytes")


def test_another_master_key_than_the_one_the_database_was_begun_with_is_told(willow: Run, home: Path) -> None:
    willow("migrate")
    store = Store(f"sqlite:///{home / 'willow.db'}", Vault(read_master_key(home / "master.key")))
    with store.transaction() as connection:
        people.meet(connection, store.vault, [("telegram", "1")], lambda who, _: begin(who, "en", NOW), NOW)
    store.close()
    done = willow("migrate", master_key="ab" * 32)
    assert "is not the key that this database was begun with" in told(done)


@pytest.mark.parametrize("words", [["talk"], ["draw", "menu"], ["demo", "--port", "0"]])
def test_unreadable_content_is_told_by_every_command_but_serve(words: list[str], willow: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "cannot be used" in told(willow(*words, content=tmp_path / "empty"))
