"""The network, stubbed: what python-telegram-bot calls in place of HTTP. People answer as soon as they are asked.

A fetch gets what people have said meanwhile, in one answer, as Telegram gives it. Calls are counted and answered with a
message id; their JSON is made, as for a real call, and kept for those who are listened to.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from telegram.request import BaseRequest, RequestData

from tests.benchmarks.dialogue import person_of

DONE = b'{"ok":true,"result":true}'
ME = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Willow","username":"willow_bot"}}'


class Wire(BaseRequest):
    """`updates`: what each person will say. `at_once` people talk side by side; the next begins when one is done."""

    def __init__(self, updates: Mapping[int, Sequence[bytes]], bubbles: Sequence[int], at_once: int) -> None:
        self.updates, self.bubbles = updates, bubbles
        self.listened_to: dict[int, list[tuple[int, str, dict[str, Any]]]] = {}  # person -> (step, method, arguments)
        self.calls: Counter[str] = Counter()
        self.over = asyncio.Event()
        self._waiting = list(updates)[::-1]
        self._step: dict[int, int] = {}
        self._unheard: dict[int, int] = {}
        self._ready: list[bytes] = []
        self._arrived = asyncio.Event()
        self._numbers = count(1)
        for _ in range(min(at_once, len(self._waiting))):
            self._begin()

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_limits: Any, **_more: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2].lower()
        if name == "getupdates":
            return 200, await self._fetched()
        if name == "getme":
            return 200, ME
        if name == "deletewebhook" or request_data is None:
            return 200, DONE
        arguments = request_data.parameters
        json.dumps(arguments).encode()
        return 200, self._said(name, arguments)

    async def _fetched(self) -> bytes:
        while not self._ready:
            self._arrived.clear()
            await self._arrived.wait()
        batch, self._ready = self._ready, []
        return b'{"ok":true,"result":[' + b",".join(batch) + b"]}"

    def _said(self, method: str, arguments: dict[str, Any]) -> bytes:
        self.calls[method] += 1
        press = arguments.get("callback_query_id")
        person = person_of(int(press)) if press else int(arguments["chat_id"])
        if person in self.listened_to:
            self.listened_to[person].append((self._step[person], method, arguments))
        if method == "sendmessage":
            self._hear(person)
        return b'{"ok":true,"result":{"message_id":%d}}' % next(self._numbers)

    def _hear(self, person: int) -> None:
        """The last bubble of a turn is its question; the person answers once it is noted as sent."""
        self._unheard[person] -= 1
        if not self._unheard[person]:
            asyncio.get_running_loop().call_soon(self._go_on, person)

    def _begin(self) -> None:
        person = self._waiting.pop()
        self._step[person] = -1
        self._go_on(person)

    def _go_on(self, person: int) -> None:
        step = self._step[person] = self._step[person] + 1
        if step < len(self.updates[person]):
            self._unheard[person] = self.bubbles[step]
            self._ready.append(self.updates[person][step])
            self._arrived.set()
            return
        del self._step[person]
        if self._waiting:
            self._begin()
        elif not self._step:
            self.over.set()
