"""Whatever is broken, a person in danger gets the right help, and the operator is told: /readyz, the log, the doctor.

The real process, over a copy of the shipped content that is spoilt in one place.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.service import PATIENCE, ROOT, Service, free_port, serving
from tests.fake_telegram import FakeTelegram

LONG = pytest.mark.long
PERSON = 5
DANGER = "I want to kill myself, said the heron"
ANY_COUNTRY = "local emergency number"
NOTHING = b"{}"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the shipped content; rules of other languages are left out, so that one thing is broken at a time."""
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder, ignore=shutil.ignore_patterns("signals.*.yaml", "model.*"))
    shutil.copy(ROOT / "content" / "safety" / "signals.en.yaml", folder / "safety")
    return folder


async def readiness(listen: str) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as client, client.get(f"http://{listen}/readyz") as found:
        return found.status, json.loads(await found.text())


async def doctor(service: Service, telegram: FakeTelegram) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "doctor", env=service.environment, cwd=service.home, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    return out.decode()


def broken_rules(content: Path) -> None:
    (content / "safety" / "signals.en.yaml").write_text("language: en\nrules: [", encoding="utf-8")


def no_rules(content: Path) -> None:
    (content / "safety" / "signals.en.yaml").unlink()


def damaged_model(content: Path) -> None:
    (content / "safety" / "model.json").write_bytes(NOTHING)
    (content / "safety" / "model.weights").write_bytes(b"spoilt")


@pytest.mark.parametrize(
    "spoil", [broken_rules, *(pytest.param(each, marks=LONG) for each in (no_rules, damaged_model))]
)
async def test_what_notices_danger_is_spoilt_and_help_still_comes_first(
    spoil: Callable[[Path], None], telegram: FakeTelegram, content: Path, tmp_path: Path
) -> None:
    spoil(content)
    listen = f"127.0.0.1:{free_port()}"
    async with serving(tmp_path / "home", telegram, content=content, web_listen=listen) as service:
        telegram.say(PERSON, DANGER)
        await telegram.hears(PERSON, within=PATIENCE)
        await service.quiet()
        ready, told = await readiness(listen), await doctor(service, telegram)
        steps = service.rows("SELECT step FROM safety")
    said = " ".join(message.text for message in telegram.to(PERSON))
    assert (steps, ANY_COUNTRY in said) == ([("N3",)], True)
    assert (ready[0], "frozen core" in str(ready[1]["screening"])) == (503, True)
    assert ("rules_lacking" in service.log, "heron" in service.log) == (True, False)
    assert [line for line in told.splitlines() if line.startswith("WRONG") and "frozen core" in line] != []


async def test_content_that_cannot_be_read_leaves_the_help_of_the_core_in_the_persons_language(
    telegram: FakeTelegram, content: Path, tmp_path: Path
) -> None:
    (content / "programme.yaml").write_text("flows: [", encoding="utf-8")
    listen = f"127.0.0.1:{free_port()}"
    async with serving(tmp_path / "home", telegram, content=content, web_listen=listen) as service:
        telegram.say(PERSON, DANGER)
        await telegram.hears(PERSON, within=PATIENCE)
        ready, told = await readiness(listen), await doctor(service, telegram)
    assert ANY_COUNTRY in " ".join(message.text for message in telegram.to(PERSON))
    assert (ready[0], "frozen core" in str(ready[1]["content"])) == (503, True)
    assert ("content_unusable" in service.log, "heron" in service.log) == (True, False)
    assert "cannot be used; `willow check` says why" in told


@pytest.mark.long
async def test_a_store_that_is_away_leaves_help_from_memory_and_the_words_are_dealt_with_later(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    listen = f"127.0.0.1:{free_port()}"
    async with serving(tmp_path, telegram, web_listen=listen) as service:
        telegram.say(PERSON, "/start")
        await service.quiet()
        holder = sqlite3.connect(tmp_path / "willow.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        telegram.say(PERSON, DANGER)
        await telegram.hears(PERSON, within=60.0)
        helped, ready = telegram.since(PERSON)[0].text, await readiness(listen)
        holder.execute("ROLLBACK")
        holder.close()
        await service.quiet(within=60.0)
        steps = service.rows("SELECT step FROM safety")
    assert (ANY_COUNTRY in helped, ready[0], str(ready[1]["database"])[:12]) == (True, 503, "The database")
    assert (steps, "heron" in service.log) == ([("N3",)], False)


async def test_an_overlay_that_cannot_be_used_is_refused_with_its_line(telegram: FakeTelegram, tmp_path: Path) -> None:
    folder = tmp_path / "overlay" / "safety"
    folder.mkdir(parents=True)
    (folder / "signals.en.yaml").write_text("language: en\nraise: {en.nothing: urgent}\n", encoding="utf-8")
    service = Service(tmp_path, telegram)
    await service.start()
    assert service.process is not None
    assert await asyncio.wait_for(service.process.wait(), PATIENCE) == 1
    assert service.log.splitlines()[-1].startswith("willow: overlay/safety/signals.en.yaml:2 W966 stop")
    assert "WRONG  overlay/safety/signals.en.yaml:2 W966" in await doctor(service, telegram)
