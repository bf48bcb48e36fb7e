"""A fake Telegram, and a bot of python-telegram-bot that talks to it through our own requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot

from bot.channels.http import AiohttpRequest
from tests.fake_telegram import FakeTelegram


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(journal=tmp_path / "journal.jsonl") as fake:
        yield fake


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with AiohttpRequest(read_timeout=2) as request:
        yield Bot(telegram.token, base_url=telegram.base_url, request=request, get_updates_request=request)
