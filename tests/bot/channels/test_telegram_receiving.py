"""Receiving by polling and by webhook: the same arrivals, confirmed only after they were taken."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from telegram import Bot

from bot.channels import Arrival
from bot.channels.telegram import Intake, Polling, SecondReceiver, TokenRefused, Webhook, connect
from bot.channels.telegram.updates import ALLOWED
from bot.listening import Listener
from bot.store.failures import StoreAway
from tests.bot.channels.conftest import Taking
from tests.fake_telegram import MEDIA, SECRET_HEADER, FakeTelegram, bad_gateway, refusal, reset_before, too_many

SECRET = "a-secret-of-the-webhook"
GROUP_WORDS = "I leave this group."
Receiving = Callable[[], Any]


def intake(bot: Bot, taking: Taking) -> Intake:
    return Intake(taking.take, bot, lambda: dt.datetime.now(dt.UTC), GROUP_WORDS)


@asynccontextmanager
async def running(work: Any) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def polling(bot: Bot, taking: Taking) -> AsyncIterator[None]:
    async with running(Polling(bot, intake(bot, taking), long_poll=1).run()):
        yield


@asynccontextmanager
async def webhook(bot: Bot, taking: Taking) -> AsyncIterator[None]:
    listener = Listener("WILLOW_WEBHOOK_LISTEN", "127.0.0.1:0")
    hook = Webhook(bot, intake(bot, taking), f"http://127.0.0.1:{listener.port}/telegram", SECRET)
    async with running(listener.serve(Starlette(routes=[hook.route()]))):
        await hook.announce()
        yield


@pytest.fixture(params=[polling, webhook])
async def receiving(request: pytest.FixtureRequest, bot: Bot, taking: Taking) -> AsyncIterator[None]:
    """The test runs twice: once with each way of receiving."""
    async with request.param(bot, taking):
        yield


@pytest.mark.usefixtures("receiving")
async def test_what_people_do_arrives_and_is_confirmed(telegram: FakeTelegram, taking: Taking) -> None:
    telegram.say(5, "hello")
    telegram.block(6)
    await telegram.settled()
    assert {(each.address, each.utterance.text, each.utterance.trigger) for each in taking.arrivals} == {
        ("5", "hello", None),
        ("6", None, "blocked"),
    }


@pytest.mark.usefixtures("receiving")
async def test_one_person_is_taken_in_order(telegram: FakeTelegram, taking: Taking) -> None:
    for number in range(20):
        telegram.say(5, str(number))
    await telegram.settled()
    assert taking.texts == [str(number) for number in range(20)]


@pytest.mark.usefixtures("receiving")
async def test_every_media_kind_arrives(telegram: FakeTelegram, taking: Taking) -> None:
    for kind in MEDIA:
        telegram.media(5, kind)
    await telegram.settled()
    assert [arrival.utterance.media for arrival in taking.arrivals] == list(MEDIA)


@pytest.mark.usefixtures("receiving")
async def test_an_update_that_was_not_committed_comes_again(telegram: FakeTelegram, taking: Taking) -> None:
    refused: list[Arrival] = []

    def once(arrival: Arrival) -> None:
        if not refused:
            refused.append(arrival)
            raise StoreAway

    taking.refuse = once
    telegram.say(5, "hello")
    await telegram.settled()
    assert taking.arrivals == refused


@pytest.mark.usefixtures("receiving")
async def test_an_update_that_cannot_be_read_is_done_with(telegram: FakeTelegram, taking: Taking) -> None:
    telegram.inbox.add({"update_id": 1, "message": {"chat": {"id": 5}, "from": {"id": 5}, "date": "soon"}})
    telegram.say(5, "hello")
    await telegram.settled()
    assert taking.texts == ["hello"]


@pytest.mark.usefixtures("receiving")
async def test_a_group_hears_one_sentence_and_is_left(telegram: FakeTelegram, taking: Taking) -> None:
    telegram.join_group(-100)
    await telegram.wait_for(lambda: telegram.world.chat(-100).refusal)
    assert [message.text for message in telegram.to(-100)] == [GROUP_WORDS]
    assert taking.arrivals == []


async def test_only_kinds_that_are_read_are_asked_for(bot: Bot, telegram: FakeTelegram, taking: Taking) -> None:
    async with polling(bot, taking):
        await telegram.wait_for(lambda: telegram.inbox.allowed)
    assert telegram.inbox.allowed == list(ALLOWED)


async def test_what_waited_while_we_were_away_is_taken(bot: Bot, telegram: FakeTelegram, taking: Taking) -> None:
    for number in range(230):
        telegram.say(number, "are you there?")
    async with polling(bot, taking):
        await telegram.settled()
    assert len(taking.arrivals) == 230


async def test_polling_takes_down_a_webhook_and_drops_nothing(bot: Bot, telegram: FakeTelegram, taking: Taking) -> None:
    await bot.set_webhook("https://example.org/hook")
    telegram.say(5, "hello")
    async with polling(bot, taking):
        await telegram.settled()
    assert taking.texts == ["hello"]


@pytest.mark.parametrize("fault", [bad_gateway(), reset_before(), too_many(1), refusal(500, "Internal Server Error")])
async def test_trouble_on_the_way_is_waited_out(
    fault: Any, bot: Bot, telegram: FakeTelegram, taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.errors.FIRST_PAUSE", 0.01)
    telegram.next("getUpdates", fault)
    telegram.say(5, "hello")
    async with polling(bot, taking):
        await telegram.settled()
    assert taking.texts == ["hello"]


async def test_a_second_poller_is_noticed(bot: Bot, telegram: FakeTelegram, taking: Taking) -> None:
    first = asyncio.ensure_future(Polling(bot, intake(bot, taking), long_poll=5).run())
    await telegram.wait_for(lambda: telegram.inbox.allowed)
    async with polling(bot, taking):
        with pytest.raises(SecondReceiver):
            await asyncio.wait_for(first, 5)


async def test_a_batch_in_hand_is_finished_when_we_are_told_to_stop(
    bot: Bot, telegram: FakeTelegram, taking: Taking
) -> None:
    begun, ended = asyncio.Event(), list[Arrival]()

    async def slow(arrival: Arrival) -> None:
        begun.set()
        await asyncio.sleep(0.05)
        ended.append(arrival)

    taking.take = slow  # type: ignore[method-assign]
    telegram.say(5, "hello")
    async with polling(bot, taking):
        await begun.wait()
    assert len(ended) == 1


async def test_a_refused_token_is_told(telegram: FakeTelegram) -> None:
    stranger = Bot("999999:not-the-right-token", base_url=telegram.base_url)
    with pytest.raises(TokenRefused):
        await connect(stranger)
    await stranger.shutdown()


async def test_telegram_away_at_the_start_is_waited_for(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.errors.FIRST_PAUSE", 0.01)
    telegram.next("getMe", bad_gateway(), times=3)
    made = Bot(telegram.token, base_url=telegram.base_url)
    await connect(made)
    assert made.username == "willow_test_bot"
    await made.shutdown()


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [
        (SECRET, b'{"update_id": 1}', 200),
        (SECRET + "x", b'{"update_id": 1}', 403),
        ("", b'{"update_id": 1}', 403),
        ("s\xe9cret", b'{"update_id": 1}', 403),
        (SECRET, b"not json", 400),
        (SECRET, b"[]", 400),
        (SECRET, b'{"update_id": 1, "x": "' + b"a" * 1024 * 1024 + b'"}', 413),
    ],
)
async def test_the_webhook_answers_strangers_shortly(
    secret: str, body: bytes, status: int, bot: Bot, telegram: FakeTelegram, taking: Taking
) -> None:
    async with webhook(bot, taking), aiohttp.ClientSession() as client:
        url = telegram.inbox.webhook.url
        async with client.post(url, data=body, headers={SECRET_HEADER: secret}) as answer:
            assert answer.status == status


async def test_the_webhook_asks_to_be_called_again_while_the_store_is_away(
    bot: Bot, telegram: FakeTelegram, taking: Taking
) -> None:
    def away(_: Arrival) -> None:
        raise StoreAway

    taking.refuse = away
    async with webhook(bot, taking):
        telegram.say(5, "hello")
        await telegram.wait_for(lambda: "503" in telegram.inbox.webhook.error)
    assert len(telegram.inbox.pending) == 1


async def test_the_webhook_is_announced_with_its_secret(bot: Bot, telegram: FakeTelegram, taking: Taking) -> None:
    async with webhook(bot, taking):
        assert telegram.inbox.webhook.secret == SECRET
        assert telegram.inbox.allowed == list(ALLOWED)
