"""Stop clocks around the parts of the path: CPU of the thread they run in, so that waiting for the disk does not count.

They are handed in where the path is put together and change nothing of it. They cost a little themselves, so what the
whole costs is measured without them.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from bot.channels import Channel, Message, Outcome
from bot.exchange import Engine
from bot.store.store import Store
from bot.store.vault import Key, Vault

T = TypeVar("T")


class NoClocks:
    """The path as it is."""

    def store(self, url: str, vault: Vault) -> Store:
        return Store(url, vault)

    def vault(self, master: bytes) -> Vault:
        return Vault(master)

    def engine(self, engine: Engine) -> Engine:
        return engine

    def channel(self, channel: Channel) -> Channel:
        return channel


class StopClocks(NoClocks):
    """The same path with a clock at each part; `seconds` by part. What one part does within another counts for it."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def timed(self, part: str, work: Callable[[], T], within: str = "") -> T:
        begun = time.thread_time()
        try:
            return work()
        finally:
            took = time.thread_time() - begun
            self.seconds[part] += took
            if within:
                self.seconds[within] -= took

    def store(self, url: str, vault: Vault) -> Store:
        return _Store(url, vault, self)

    def vault(self, master: bytes) -> Vault:
        return _Vault(master, self)

    def engine(self, engine: Engine) -> Engine:
        def respond(*given: Any) -> Any:
            return self.timed("engine", lambda: engine.respond(*given), within="store")

        return msgspec.structs.replace(engine, respond=respond)

    def channel(self, channel: Channel) -> Channel:
        return _Channel(channel, self)


class _Store(Store):
    def __init__(self, url: str, vault: Vault, clocks: StopClocks) -> None:
        super().__init__(url, vault)
        self._clocks = clocks

    async def threaded(self, work: Callable[[], T]) -> T:
        return await super().threaded(lambda: self._clocks.timed("store", work))


class _Vault(Vault):
    """Only what a turn uses is timed."""

    def __init__(self, master: bytes, clocks: StopClocks) -> None:
        super().__init__(master)
        self._clocks = clocks

    def seal(self, key: Key, where: bytes, plain: bytes) -> bytes:
        return self._clocks.timed("encryption", lambda: super(_Vault, self).seal(key, where, plain), within="store")

    def unseal(self, key: Key, where: bytes, sealed: bytes) -> bytes:
        return self._clocks.timed("encryption", lambda: super(_Vault, self).unseal(key, where, sealed), within="store")

    def open_key(self, participant: str, wrapped: bytes) -> Key:
        return self._clocks.timed(
            "encryption", lambda: super(_Vault, self).open_key(participant, wrapped), within="store"
        )

    def lookup(self, kind: str, external_id: str) -> bytes:
        return self._clocks.timed("encryption", lambda: super(_Vault, self).lookup(kind, external_id), within="store")


class _Channel:
    pushes = True

    def __init__(self, channel: Channel, clocks: StopClocks) -> None:
        self.name, self.typing = channel.name, channel.typing
        self._channel, self._clocks = channel, clocks

    async def deliver(self, message: Message) -> Outcome:
        """The stubbed network never makes it wait, so its thread's CPU is its own."""
        begun = time.thread_time()
        outcome = await self._channel.deliver(message)
        self._clocks.seconds["send"] += time.thread_time() - begun
        return outcome
