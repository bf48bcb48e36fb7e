"""Telegram for the tests of its door: the fake server, a bot on it, and a stand-in for the turns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from telegram import Bot

from bot.channels import Arrival
from bot.channels.http import AiohttpRequest
from tests.fake_telegram import TOKEN, FakeTelegram


class Taking:
    """Remembers what was handed in, in order; `refuse` may raise before that, as turns do when the store is away."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.refuse: Callable[[Arrival], None] = lambda _: None

    async def take(self, arrival: Arrival) -> None:
        self.refuse(arrival)
        self.arrivals.append(arrival)

    @property
    def texts(self) -> list[str | None]:
        return [arrival.utterance.text for arrival in self.arrivals]


@pytest.fixture
def taking() -> Taking:
    return Taking()


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    request = AiohttpRequest(read_timeout=1.0)
    made = Bot(TOKEN, base_url=telegram.base_url, request=request, get_updates_request=request)
    await made.initialize()
    yield made
    await made.shutdown()
