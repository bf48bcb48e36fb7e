"""Faults on order, the journal, the ways to wait, and the server as a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.channels.http import AiohttpRequest, NotSent, OutcomeUnknown
from tests.fake_telegram import (
    FakeTelegram,
    Remote,
    bad_gateway,
    blocked,
    hang,
    reset_after,
    reset_before,
    too_many,
)

CHAT = 5
YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="1.0"), InlineKeyboardButton("No", callback_data="1.1")]]
)


async def write(bot: Bot, text: str, **more: Any) -> Message:
    return await bot.send_message(CHAT, text, parse_mode=ParseMode.HTML, **more)


async def test_the_second_of_three_messages_can_meet_a_flood_limit(
    telegram: FakeTelegram, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    telegram.say(CHAT, "/start")
    telegram.next("sendMessage", too_many(3), after=1, chat=CHAT)
    await write(bot, "one")
    with pytest.raises(RetryAfter, match="0:00:03"):
        await write(bot, "two")
    await write(bot, "two")
    assert [message.text for message in telegram.to(CHAT)] == ["one", "two"]


async def test_a_proxy_a_block_and_a_broken_connection_before_it_was_done_leave_nothing(
    telegram: FakeTelegram, bot: Bot
) -> None:
    telegram.say(CHAT, "/start")
    for fault, error in ((bad_gateway(), NetworkError), (blocked(), Forbidden), (reset_before(), OutcomeUnknown)):
        telegram.next("sendMessage", fault)
        with pytest.raises(error):
            await write(bot, "hello")
    assert telegram.sent == []


async def test_a_connection_that_breaks_afterwards_leaves_the_message_there(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.say(CHAT, "/start")
    telegram.next("*", reset_after())
    with pytest.raises(OutcomeUnknown):
        await write(bot, "hello")
    assert [message.text for message in telegram.sent] == ["hello"]


@pytest.mark.parametrize("done", [False, True])
async def test_a_call_can_hang(telegram: FakeTelegram, bot: Bot, done: bool) -> None:
    telegram.say(CHAT, "/start")
    telegram.next("sendMessage", hang(done=done))
    with pytest.raises(OutcomeUnknown):
        await write(bot, "hello", read_timeout=0.1)
    assert len(telegram.sent) == done


async def test_a_server_that_is_gone_was_certainly_not_told(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.server.stop()
    with pytest.raises(NotSent):
        await bot.get_me()


async def test_waiting_returns_what_was_waited_for(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.say(CHAT, "/start")
    waiting = asyncio.create_task(telegram.hears(CHAT, "Welcome"))
    await write(bot, "One moment")
    await write(bot, "<b>Welcome</b>")
    assert (await waiting).text == "Welcome"


async def test_waiting_in_vain_says_what_was_sent_instead(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.say(CHAT, "/start")
    await write(bot, "Shall we?", reply_markup=YES_NO)
    with pytest.raises(AssertionError, match=r"Waited 0.05 s for a message to 5 with 'Welcome'") as failed:
        await telegram.hears(CHAT, "Welcome", within=0.05)
    assert "to 5: 'Shall we?' ['Yes', 'No']" in str(failed.value)


async def test_every_accepted_call_is_in_the_journal_at_once(telegram: FakeTelegram, bot: Bot, tmp_path: Path) -> None:
    telegram.say(CHAT, "/start")
    await write(bot, "one")
    with pytest.raises(BadRequest):
        await write(bot, "")
    telegram.next("sendMessage", reset_after())
    with pytest.raises(OutcomeUnknown):
        await write(bot, "two")
    lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    assert [(line["method"], line["params"]["text"]) for line in lines] == [
        ("sendMessage", "one"),
        ("sendMessage", "two"),
    ]


async def test_parameters_may_come_as_a_form_and_method_names_in_any_case(telegram: FakeTelegram) -> None:
    telegram.say(CHAT, "/start")
    form = {"chat_id": str(CHAT), "text": "x", "reply_markup": json.dumps(YES_NO.to_dict())}
    async with (
        ClientSession() as client,
        client.post(f"{telegram.base_url}{telegram.token}/sendmessage", data=form) as answer,
    ):
        update = Update.de_json({"update_id": 1, "message": (await answer.json())["result"]}, None)
    assert update.message
    assert (update.message.text, telegram.sent[0].labels) == ("x", ["Yes", "No"])


async def test_it_can_run_as_a_process_of_its_own(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    command = [sys.executable, "-m", "tests.fake_telegram", "--journal", str(tmp_path / "journal")]
    process = await asyncio.create_subprocess_exec(*command, cwd=root, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout
        base = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()
        remote = Remote(int(base.rsplit(":", 1)[1].removesuffix("/bot")))
        update = await asyncio.to_thread(remote.do, "say", chat=CHAT, words="/start")
        assert await asyncio.to_thread(remote.do, "pending") == [update["update_id"]]
        await asyncio.to_thread(remote.do, "next", method="sendMessage", fault="too_many", of={"retry_after": 1})
        async with AiohttpRequest() as request:
            bot = Bot("123456:fake-token-for-tests", base_url=base, request=request)
            with pytest.raises(RetryAfter):
                await write(bot, "hello")
            await write(bot, "hello", reply_markup=YES_NO)
        sent = await asyncio.to_thread(remote.do, "sent", chat=CHAT)
        assert [(message["text"], message["labels"]) for message in sent] == [("hello", ["Yes", "No"])]
        assert (tmp_path / "journal").read_text().count('"sendMessage"') == 1
    finally:
        process.terminate()
        await process.wait()
