"""Updates reach a bot as Telegram brings them: again until confirmed, by polling or by webhook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict

from tests.fake_telegram import (
    SECRET_HEADER,
    FakeTelegram,
)

CHAT = 5


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(telegram: FakeTelegram, bot: Bot) -> None:
    first, second = telegram.say(CHAT, "one"), telegram.say(CHAT, "two")
    for _ in range(2):
        assert [update.update_id for update in await bot.get_updates()] == [first["update_id"], second["update_id"]]
    assert [u.update_id for u in await bot.get_updates(offset=first["update_id"] + 1)] == [second["update_id"]]
    assert await bot.get_updates(offset=second["update_id"] + 1) == ()
    assert telegram.inbox.pending == []


async def test_at_most_a_hundred_updates_come_at_once(telegram: FakeTelegram, bot: Bot) -> None:
    for number in range(130):
        telegram.say(CHAT, f"line {number}")
    assert [len(await bot.get_updates(limit=limit)) for limit in (7, 100, None)] == [7, 100, 100]


async def test_a_long_poll_waits_for_somebody_to_write(telegram: FakeTelegram, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await telegram.wait_for(lambda: telegram.polling)
    assert not poll.done()
    telegram.say(CHAT, "hello")
    assert [update.message.text for update in await poll if update.message] == ["hello"]


async def test_a_second_poller_ends_the_first(telegram: FakeTelegram, bot: Bot) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=5))
    await telegram.wait_for(lambda: telegram.polling)
    newer = asyncio.create_task(bot.get_updates(timeout=5))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await older
    telegram.say(CHAT, "hello")
    assert len(await newer) == 1


async def test_what_the_bot_did_not_ask_for_does_not_come(telegram: FakeTelegram, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    telegram.say(CHAT, "hello")
    assert await bot.get_updates() == ()


async def test_an_update_can_come_twice_with_one_id(telegram: FakeTelegram, bot: Bot) -> None:
    update = telegram.say(CHAT, "hello")
    offset = update["update_id"] + 1
    await bot.get_updates()
    assert await bot.get_updates(offset=offset) == ()
    telegram.again(update)
    assert [again.update_id for again in await bot.get_updates(offset=offset)] == [update["update_id"]]
    assert await bot.get_updates(offset=offset) == ()


async def test_updates_can_come_out_of_order_and_none_is_lost(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.hold()
    one, two = telegram.say(CHAT, "one"), telegram.say(CHAT, "two")
    assert await bot.get_updates() == ()
    telegram.release(reversed)
    assert [update.update_id for update in await bot.get_updates()] == [two["update_id"], one["update_id"]]


@pytest.fixture
async def hook() -> AsyncIterator[Any]:
    """A webhook that answers 500 as often as `hook["fail"]` says, and keeps what came."""
    came: dict[str, Any] = {"fail": 0, "updates": [], "secrets": set()}

    async def handler(request: web.Request) -> web.Response:
        came["updates"].append((await request.json())["update_id"])
        came["secrets"].add(request.headers.get(SECRET_HEADER))
        came["fail"] -= 1
        return web.Response(status=500 if came["fail"] >= 0 else 200)

    app = web.Application()
    app.router.add_post("/hook", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    came["url"] = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield came
    await runner.cleanup()


async def test_a_webhook_gets_the_secret_and_the_same_update_until_it_says_yes(
    telegram: FakeTelegram, bot: Bot, hook: Any
) -> None:
    hook["fail"] = 2
    await bot.set_webhook(hook["url"], secret_token="a-secret", max_connections=3)
    update = telegram.say(CHAT, "hello")["update_id"]
    await telegram.settled()
    info = await bot.get_webhook_info()
    assert (hook["updates"], hook["secrets"]) == ([update] * 3, {"a-secret"})
    assert (info.url, info.last_error_message) == (
        hook["url"],
        "Wrong response from the webhook: 500 Internal Server Error",
    )


async def test_nobody_polls_while_a_webhook_is_set(telegram: FakeTelegram, bot: Bot, hook: Any) -> None:
    await bot.set_webhook(hook["url"])
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_a_webhook_of_the_open_internet_needs_tls(telegram: FakeTelegram, bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)https url must be provided"):
        await bot.set_webhook("http://example.org/hook")
