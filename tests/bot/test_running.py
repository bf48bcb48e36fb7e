"""How the parts of a service live together, and how they end."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from bot.running import Stop, until_stopped


async def forever(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("ended")


async def fail() -> None:
    raise ValueError


async def test_what_one_part_raises_ends_all_and_is_raised() -> None:
    ended: list[str] = []
    with pytest.raises(ValueError):  # noqa: PT011  the type is all there is
        await until_stopped(Stop(), forever(ended), fail())
    assert ended == ["ended"]


async def test_a_signal_ends_all_in_peace() -> None:
    ended: list[str] = []
    stop = Stop()
    stop.listen()
    asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), signal.SIGTERM)
    await until_stopped(stop, forever(ended))
    assert ended == ["ended"]


async def test_a_part_that_is_done_does_not_end_the_others() -> None:
    stop = Stop()
    asyncio.get_running_loop().call_later(0.01, stop.asked.set)
    ended: list[str] = []
    await until_stopped(stop, asyncio.sleep(0), forever(ended))
    assert stop.asked.is_set()
