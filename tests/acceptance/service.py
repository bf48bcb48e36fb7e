"""The real service as a process of its own, for tests that start, stop and kill it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.fake_telegram import TOKEN, FakeTelegram

ROOT = Path(__file__).resolve().parents[2]
UNSENT = "SELECT count(*) FROM outbox WHERE status = 'unsent' AND NOT timed"
PATIENCE = 20.0  # seconds for a start or a stop on a busy machine


class Service:
    """`willow serve` with a home of its own, answering at `telegram`."""

    def __init__(self, home: Path, telegram: FakeTelegram, **settings: object) -> None:
        self.home = home
        self.telegram = telegram
        given = {"home": home, "telegram_token": TOKEN, "telegram_api": telegram.base_url, "pace": 0, **settings}
        bare = {name: value for name, value in os.environ.items() if not name.startswith("WILLOW_")}
        self.environment = {**bare, "PYTHONPATH": str(ROOT)}
        self.environment |= {f"WILLOW_{name.upper()}": str(value) for name, value in given.items()}
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start, and return at once; what people say meanwhile waits at Telegram."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", env=self.environment, cwd=self.home, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def quiet(self, within: float = PATIENCE) -> None:
        """Wait until every update is confirmed and every row of the outbox is dealt with."""
        await self.telegram.settled(within=within)
        async with asyncio.timeout(within):
            while self.rows(UNSENT) != [(0,)]:  # noqa: ASYNC110  another process writes it
                await asyncio.sleep(0.02)

    @property
    def log(self) -> str:
        """What it wrote so far, over all its lives."""
        return (self.home / "log").read_text(encoding="utf-8")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look into the database from outside."""
        with sqlite3.connect(f"file:{self.home / 'willow.db'}?mode=ro", uri=True, timeout=10) as database:
            return database.execute(query, values).fetchall()


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def by_webhook() -> dict[str, Any]:
    """The settings that make it receive by webhook."""
    listen = f"127.0.0.1:{free_port()}"
    return {"webhook_url": f"http://{listen}/hook", "webhook_listen": listen}


@asynccontextmanager
async def serving(home: Path, telegram: FakeTelegram, **settings: object) -> AsyncIterator[Service]:
    """A service that runs until the end of the block, and then stops in peace."""
    service = Service(home, telegram, **settings)
    await service.start()
    try:
        yield service
    finally:
        code = await service.stop()
    assert code == 0, service.log
