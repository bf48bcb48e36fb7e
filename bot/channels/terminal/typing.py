"""The lines that come in, from a person or from a pipe, without holding up the loop or the end of the process."""

from __future__ import annotations

import asyncio
import codecs
import os
import threading
from collections.abc import AsyncIterator, Callable

CHUNK = 4096


async def typed_lines(descriptor: int) -> AsyncIterator[str]:
    """Line after line of UTF-8, until the end of input.

    A thread that nobody has to wait for reads the descriptor itself: Python's own buffered reader holds a lock that a
    process which ends in the middle of a line cannot take.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def hand_over(line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, line)

    threading.Thread(target=_read, args=(descriptor, hand_over), daemon=True, name="terminal").start()
    while (line := await lines.get()) is not None:
        yield line


def _read(descriptor: int, hand_over: Callable[[str | None], None]) -> None:
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    rest = ""
    while chunk := os.read(descriptor, CHUNK):
        *lines, rest = (rest + decode(chunk)).split("\n")
        for line in lines:
            hand_over(line)
    if rest:
        hand_over(rest)
    hand_over(None)
