"""The fake Telegram as a process of its own: `python -m tests.fake_telegram --port N --journal FILE`.

Prints its base address on the first line and serves until it is told to stop.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from tests.fake_telegram.control import routes
from tests.fake_telegram.fake import FakeTelegram


def main() -> None:
    arguments = argparse.ArgumentParser(prog="tests.fake_telegram", description="A small Telegram for tests.")
    arguments.add_argument("--port", type=int, default=0, help="0 takes any free port")
    arguments.add_argument("--journal", type=Path, help="a file for every accepted call, one line of JSON each")
    given = arguments.parse_args()
    asyncio.run(serve(given.port, given.journal))


async def serve(port: int, journal: Path | None) -> None:
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    fake = FakeTelegram(port=port, journal=journal)
    fake.routes += routes(fake)
    async with fake:
        print(fake.base_url, flush=True)
        await stop.wait()


if __name__ == "__main__":
    main()
