"""The real `willow serve`, met by people through a fake Telegram: polling and webhook, trouble, and a clean end."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.service import PATIENCE, Service, by_webhook, free_port, serving
from tests.fake_telegram import MEDIA, TOKEN, FakeTelegram, Message, bad_gateway, hang, reset_after, too_many

CANARY = "my own words that nobody else may read"
ODD = ("\u202edne", "\x00", "\U0001f642" * 2048, "nonsense", "one\ntwo\nthree", "<b>&amp;</i>", "/nonsense")
AWAY = 60.0  # seconds on a busy machine for what has pauses of its own


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


async def asked(telegram: FakeTelegram, person: int) -> Message:
    """The newest message with buttons, once the person's last act has been answered."""
    await telegram.wait_for(lambda: telegram.since(person), f"an answer to {person}", within=PATIENCE)
    return await telegram.wait_for(
        lambda: next((m for m in reversed(telegram.to(person)) if m.buttons), None), "buttons", within=PATIENCE
    )


async def walk(telegram: FakeTelegram, service: Service, person: int, steps: int) -> None:
    """Press the first button, again and again; type where there is none."""
    telegram.say(person, "/start")
    for _ in range(steps):
        await service.quiet()
        labels = telegram.to(person)[-1].labels
        telegram.press(person, labels[0]) if labels else telegram.say(person, "3")
    await service.quiet()


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_somebody_is_met_and_led_on(way: str, telegram: FakeTelegram, tmp_path: Path) -> None:
    settings = by_webhook() if way == "webhook" else {}
    async with serving(tmp_path / "home", telegram, **settings) as service:
        await walk(telegram, service, 5, steps=6)
    assert len(telegram.to(5)) >= 6
    assert (telegram.refused, telegram.unanswered) == ([], [])


@pytest.mark.long
async def test_polling_and_webhook_give_the_same_conversation(telegram: FakeTelegram, tmp_path: Path) -> None:
    shown: list[list[list[str]]] = []
    for person, settings in ((5, {}), (6, by_webhook())):
        async with serving(tmp_path / str(person), telegram, **settings) as service:
            await walk(telegram, service, person, steps=6)
        messages = telegram.to(person)
        shown.append([[label for _, markup in m.versions for row in (markup or {}).get("inline_keyboard", [])
                       for label in (button["text"] for button in row)] or m.labels for m in messages])  # fmt: skip
    assert shown[0] == shown[1]


async def test_a_repeated_update_changes_nothing(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram) as service:
        telegram.say(5, "/start")
        await service.quiet()
        before = len(telegram.sent)
        telegram.again()
        telegram.again()
        await service.quiet()
        assert len(telegram.sent) == before
        assert service.rows("SELECT count(*) FROM turns") == [(1,)]


async def test_a_double_press_acts_once_and_both_are_acknowledged(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram) as service:
        telegram.say(5, "/start")
        message = await asked(telegram, 5)
        await service.quiet()
        label = message.labels[0]
        telegram.press(5, label, message.number)
        telegram.press(5, label, message.number)
        await service.quiet()
        asks = service.rows("SELECT count(*) FROM outbox WHERE kind = 'ask'")
    assert telegram.unanswered == []
    assert asks == [(2,)]


async def test_updates_in_disorder_are_all_taken(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram) as service:
        telegram.say(5, "/start")
        await service.quiet()
        telegram.hold()
        for words in ("one", "two", "three"):
            telegram.say(5, words)
        telegram.release(reversed)
        await service.quiet()
        assert service.rows("SELECT count(*) FROM updates") == [(4,)]


@pytest.mark.long
@pytest.mark.parametrize(
    "fault", [too_many(1), bad_gateway(), reset_after(), hang(0.1)], ids=["429", "502", "reset", "silence"]
)
async def test_trouble_with_one_message_keeps_the_order_and_loses_nothing(
    fault: Any, telegram: FakeTelegram, tmp_path: Path
) -> None:
    async with serving(tmp_path / "calm", telegram) as service:
        telegram.say(5, "/start")
        await service.quiet()
    async with serving(tmp_path / "stormy", telegram) as service:
        telegram.next("sendMessage", fault, chat=6)
        telegram.say(6, "/start")
        await telegram.wait_for(lambda: len(telegram.to(6)) >= len(telegram.to(5)), "every message", within=AWAY)
        await service.quiet()
        rows = service.rows("SELECT count(*) FROM outbox WHERE status = 'dead'")
    said = [message.text for message in telegram.to(6)]
    assert rows == [(0,)]
    assert len(dict.fromkeys(said)) == len(telegram.to(5))


async def test_somebody_who_blocked_the_bot_is_met_again_on_return(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram) as service:
        telegram.say(5, "/start")
        await service.quiet()
        telegram.block(5)
        await service.quiet()
        assert service.rows("SELECT reachable FROM participants") == [(0,)]
        telegram.unblock(5)
        telegram.say(5, "/start")
        await telegram.hears(5, within=PATIENCE)
        await service.quiet()
        assert service.rows("SELECT reachable FROM participants") == [(1,)]


async def test_a_group_is_left_and_no_participant_is_made_of_it(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram) as service:
        telegram.join_group(-100)
        await telegram.wait_for(lambda: telegram.world.chat(-100).refusal, "the bot to leave", within=PATIENCE)
        assert service.rows("SELECT count(*) FROM participants") == [(0,)]
    assert len(telegram.to(-100)) == 1


async def test_every_media_kind_is_answered(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram) as service:
        telegram.say(5, "/start")
        await service.quiet()
        silent = []
        for kind in MEDIA:
            telegram.media(5, kind)
            await service.quiet()
            if not telegram.since(5):
                silent.append(kind)
    assert silent == []


async def test_odd_input_never_meets_silence(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram) as service:
        telegram.say(5, "/start")
        await service.quiet()
        silent = []
        for words in ODD:
            telegram.say(5, words)
            await service.quiet()
            if not telegram.since(5):
                silent.append(words)
    assert silent == []
    assert telegram.refused == []


async def test_three_messages_at_once_are_answered(telegram: FakeTelegram, tmp_path: Path) -> None:
    for words in ("hello", "are you there", "?"):
        telegram.say(5, words)
    async with serving(tmp_path, telegram) as service:
        await service.quiet()
        assert service.rows("SELECT count(*) FROM updates") == [(3,)]
    assert telegram.to(5) != []


@pytest.mark.long
async def test_what_was_said_while_it_was_away_is_answered(telegram: FakeTelegram, tmp_path: Path) -> None:
    for person in range(1, 201):
        telegram.say(person, "/start")
    async with serving(tmp_path, telegram) as service:
        await telegram.settled(within=AWAY)
        await service.quiet()
    assert all(telegram.to(person) for person in range(1, 201))


@pytest.mark.long
async def test_telegram_that_is_away_at_the_start_is_waited_for(telegram: FakeTelegram, tmp_path: Path) -> None:
    telegram.next("getMe", bad_gateway(), times=2)
    telegram.say(5, "/start")
    async with serving(tmp_path, telegram):
        await telegram.hears(5, within=AWAY)


@pytest.mark.long
async def test_while_the_store_is_away_everybody_gets_help_and_is_answered_later(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    async with serving(tmp_path, telegram) as service:
        telegram.say(5, "/start")
        await service.quiet()
        holder = sqlite3.connect(tmp_path / "willow.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        telegram.say(5, "hello")
        await telegram.hears(5, within=AWAY)
        helped = len(telegram.since(5))
        assert telegram.inbox.pending != []
        holder.execute("ROLLBACK")
        holder.close()
        await telegram.wait_for(lambda: len(telegram.since(5)) > helped, "the answer", within=AWAY)
        await service.quiet(within=AWAY)
        assert service.rows("SELECT count(*) FROM turns") == [(2,)]


async def test_a_second_service_on_one_home_is_told(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram) as first:
        await telegram.wait_for(lambda: telegram.inbox.allowed, "the first poll", within=PATIENCE)
        second = Service(tmp_path, telegram)
        await second.start()
        assert second.process is not None
        assert await asyncio.wait_for(second.process.wait(), PATIENCE) == 1
    assert "Another `willow serve` runs with the same HOME" in first.log


async def test_a_second_receiver_is_said_loudly_and_the_older_one_ends(telegram: FakeTelegram, tmp_path: Path) -> None:
    first = Service(tmp_path / "first", telegram)
    await first.start()
    await telegram.wait_for(lambda: telegram.inbox.allowed, "the first poll", within=PATIENCE)
    async with serving(tmp_path / "second", telegram):
        assert first.process is not None
        assert await asyncio.wait_for(first.process.wait(), PATIENCE) == 1
    assert first.log.splitlines()[-1].startswith("willow: Another program receives the messages of this bot.")


async def test_a_refused_token_is_said(telegram: FakeTelegram, tmp_path: Path) -> None:
    service = Service(tmp_path, telegram, telegram_token="999999:not-the-right-token")
    await service.start()
    assert service.process is not None
    assert await asyncio.wait_for(service.process.wait(), PATIENCE) == 1
    assert service.log.splitlines()[-1].startswith("willow: Telegram refused WILLOW_TELEGRAM_TOKEN.")


async def test_unreadable_content_leaves_everybody_with_help(telegram: FakeTelegram, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    listen = f"127.0.0.1:{free_port()}"
    async with serving(tmp_path, telegram, content=tmp_path / "empty", web_listen=listen):
        telegram.say(5, "/start")
        await telegram.hears(5, within=PATIENCE)
        ready = await answer(f"http://{listen}/readyz")
    assert ready[0] == 503
    assert ready[1]["content"] == "The content cannot be used; people get the help of the frozen core."


async def test_it_says_when_it_is_ready(telegram: FakeTelegram, tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    async with serving(tmp_path, telegram, web_listen=listen):
        await telegram.wait_for(lambda: telegram.inbox.allowed, "the first poll", within=PATIENCE)
        ready = await answer(f"http://{listen}/readyz")
    told = dict.fromkeys(("database", "content", "telegram", "screening"), "well")
    assert ready == (200, {"ready": True, **told})


async def test_neither_words_nor_the_token_are_logged(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram, log_level="DEBUG") as service:
        telegram.say(5, "/start")
        await service.quiet()
        telegram.next("sendMessage", bad_gateway())
        telegram.say(5, CANARY)
        await telegram.hears(5, within=PATIENCE)
        await service.quiet()
    assert re.search(f"{CANARY}|{TOKEN.split(':')[1]}", service.log) is None
    assert CANARY.encode() not in (tmp_path / "willow.db").read_bytes()


async def test_the_profile_is_set_at_the_start(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with serving(tmp_path, telegram):
        await telegram.wait_for(lambda: telegram.world.profile["short_description"], within=PATIENCE)
    names = [command["command"] for command in telegram.world.commands['{"type": "all_private_chats"}', ""]]
    assert names[:1] == ["sos"]


async def answer(address: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as client, client.get(address) as found:
        return found.status, json.loads(await found.text())
