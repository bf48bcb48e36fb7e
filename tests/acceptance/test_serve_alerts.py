"""The real `willow serve` at a clinic: an alert outlives kill -9, and the command line works beside it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clinic_sample import SAMPLE
from tests.acceptance.service import Service
from tests.fake_telegram import FakeTelegram, hang

PERSON, DESK = 5, -1001
DANGER = "I am going to kill myself tonight"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def service(telegram: FakeTelegram, tmp_path: Path) -> AsyncIterator[Service]:
    """At a clinic whose duty desk is on call; the person has alerts switched on."""
    service = Service(tmp_path, telegram)
    (tmp_path / "clinic.yaml").write_text(SAMPLE, encoding="utf-8")
    await service.start()
    telegram.say(PERSON, "/access")
    await telegram.hears(PERSON, "Shall alerts be on?", within=20)
    telegram.press(PERSON, "Yes, switch them on")
    await telegram.hears(PERSON, "Alerts are on.")
    code = (await willow(service, "alerts", "register", "duty desk")).split()[-1]
    telegram.world.chat(DESK, type="supergroup")
    telegram.say(DESK, f"/oncall {code}")
    await telegram.hears(DESK, "is registered")
    yield service
    await service.stop()


async def willow(service: Service, *words: str) -> str:
    """Run a command beside the service; what it printed."""
    command = (sys.executable, "-m", "bot", *words)
    pipe = asyncio.subprocess.PIPE
    done = await asyncio.create_subprocess_exec(*command, env=service.environment, stdout=pipe, cwd=service.home)
    return (await done.communicate())[0].decode()


async def test_an_alert_that_was_being_sent_at_kill_9_arrives(service: Service, telegram: FakeTelegram) -> None:
    telegram.next("sendMessage", hang(), chat=DESK)
    telegram.say(PERSON, DANGER)
    await telegram.hears(PERSON, "Please call")
    async with asyncio.timeout(10):
        while telegram.server.faults.unmet:  # noqa: ASYNC110  the fake tells nobody
            await asyncio.sleep(0.02)
    await service.kill()
    await service.start()
    line = await telegram.wait_for(lambda: [m for m in telegram.to(DESK) if "The person" in m.text], within=20)
    assert [m.labels for m in line] == [["I have seen this", "Handled"]]


async def test_what_is_confirmed_at_the_command_line_is_told_by_the_service(
    service: Service, telegram: FakeTelegram
) -> None:
    telegram.say(PERSON, DANGER)
    await telegram.wait_for(lambda: [m for m in telegram.to(DESK) if "The person" in m.text])
    alert = (await willow(service, "alerts")).split()[0]
    await willow(service, "alerts", "ack", alert, "--name", "duty desk")
    told = await telegram.hears(PERSON, "Somebody at Riverside Clinic saw the alert", within=20)
    await telegram.wait_for(lambda: "Seen by duty desk at" in telegram.to(DESK)[-1].text, within=20)
    assert told.labels == []
