"""What the sender makes of an outbox row, and of every trouble on the way, against the fake Bot API."""

from __future__ import annotations

import pytest
from telegram import Bot

from bot.channels import Message, Outcome
from bot.channels.telegram import TelegramChannel
from flows.turn import Button
from tests.fake_telegram import FakeTelegram, Fault, bad_gateway, refusal, reset_after, too_many

PERSON = 5
YES_NO = ((Button("Yes", "3.0", main=True), Button("No & no", "3.1")),)


@pytest.fixture
def channel(telegram: FakeTelegram, bot: Bot) -> TelegramChannel:
    telegram.world.chat(PERSON)
    return TelegramChannel(bot)


def row(kind: str, text: str = "", **more: object) -> Message:
    return Message(row=1, participant="p", channel="telegram", address=str(PERSON), kind=kind, text=text, **more)  # type: ignore[arg-type]


async def test_a_bubble_is_sent_as_html_without_a_preview(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    outcome = await channel.deliver(row("say", "<b>Welcome</b> &amp; hello"))
    assert telegram.sent[0].text == "Welcome & hello"
    assert telegram.sent[0].params["link_preview_options"] == {"is_disabled": True}
    assert outcome == Outcome("sent", reference=str(telegram.sent[0].number))


async def test_an_ask_carries_its_buttons(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    await channel.deliver(row("ask", "Shall we begin?", ask=3, buttons=YES_NO))
    assert [(button["text"], button["callback_data"]) for button in telegram.sent[0].buttons] == [
        ("Yes", "3.0"),
        ("No & no", "3.1"),
    ]


async def test_a_long_ask_comes_in_parts_with_the_buttons_on_the_last(
    channel: TelegramChannel, telegram: FakeTelegram
) -> None:
    outcome = await channel.deliver(row("ask", "A sentence. " * 800, buttons=YES_NO))
    assert [bool(message.buttons) for message in telegram.sent] == [False, False, True]
    assert outcome.reference == str(telegram.sent[-1].number)


async def test_parts_that_arrived_are_not_sent_again(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    telegram.next("sendMessage", too_many(2), after=1)
    message = row("say", "A sentence. " * 800)
    assert await channel.deliver(message) == Outcome("wait", seconds=2, reason="too many requests")
    assert (await channel.deliver(message)).kind == "sent"
    assert sum(len(message.text) for message in telegram.sent) < 800 * len("A sentence. ")


async def test_markup_that_telegram_cannot_read_is_sent_once_more_as_plain_text(
    channel: TelegramChannel, telegram: FakeTelegram
) -> None:
    outcome = await channel.deliver(row("say", "<b>All is <foo>well</b> &amp; good"))
    assert outcome.kind == "sent"
    assert telegram.sent[0].text == "All is well & good"


async def test_closing_adds_the_answer_to_the_question_and_takes_the_buttons(
    channel: TelegramChannel, telegram: FakeTelegram
) -> None:
    asked = await channel.deliver(row("ask", "Shall we begin?", buttons=YES_NO))
    await channel.deliver(row("close", "You chose: Yes", target=asked.reference))
    assert telegram.sent[0].text == "Shall we begin?\n\nYou chose: Yes"
    assert telegram.sent[0].buttons == []


async def test_closing_after_a_restart_takes_the_buttons_and_leaves_the_words(
    channel: TelegramChannel, telegram: FakeTelegram, bot: Bot
) -> None:
    asked = await channel.deliver(row("ask", "Shall we begin?", buttons=YES_NO))
    await TelegramChannel(bot).deliver(row("close", "You chose: Yes", target=asked.reference))
    assert (telegram.sent[0].text, telegram.sent[0].buttons) == ("Shall we begin?", [])


@pytest.mark.parametrize("target", ["", "4711"])
async def test_closing_what_is_gone_is_done(target: str, channel: TelegramChannel) -> None:
    assert (await channel.deliver(row("close", "You chose: Yes", target=target))).kind == "sent"


async def test_closing_twice_is_done(channel: TelegramChannel) -> None:
    asked = await channel.deliver(row("ask", "Shall we begin?", buttons=YES_NO))
    closing = row("close", "You chose: Yes", target=asked.reference)
    assert [(await channel.deliver(closing)).kind for _ in range(2)] == ["sent", "sent"]


async def test_an_edit_changes_the_message_in_its_place(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    asked = await channel.deliver(row("ask", "Which?", buttons=YES_NO))
    edited = await channel.deliver(row("edit", "Which?", buttons=((Button("✓ Yes", "3.0"),),), target=asked.reference))
    assert (len(telegram.sent), telegram.sent[0].labels) == (1, ["✓ Yes"])
    assert edited.reference == asked.reference


async def test_an_edit_of_a_message_that_is_gone_is_said_anew(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    edited = await channel.deliver(row("edit", "Which?", buttons=YES_NO, target="4711"))
    assert edited == Outcome("sent", reference=str(telegram.sent[0].number))


async def test_an_edit_that_changes_nothing_is_done(channel: TelegramChannel) -> None:
    asked = await channel.deliver(row("ask", "Which?", buttons=YES_NO))
    again = await channel.deliver(row("edit", "Which?", buttons=YES_NO, target=asked.reference))
    assert again == Outcome("sent", reference=asked.reference)


async def test_a_press_is_acknowledged_with_a_toast_in_plain_words(
    channel: TelegramChannel, telegram: FakeTelegram
) -> None:
    await channel.deliver(row("ask", "Shall we begin?", buttons=YES_NO))
    press = telegram.press(PERSON, "Yes")["callback_query"]["id"]
    outcome = await channel.deliver(row("acknowledge", "That is answered &amp; done", target=press))
    assert outcome.kind == "sent"
    assert telegram.world.presses[press].text == "That is answered & done"


async def test_a_press_that_is_too_old_needs_no_acknowledgement(channel: TelegramChannel) -> None:
    assert (await channel.deliver(row("acknowledge", target="1"))).kind == "sent"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (too_many(3), "wait"),
        (bad_gateway(), "wait"),
        (reset_after(), "unknown"),
        (refusal(403, "Forbidden: bot was blocked by the user"), "unreachable"),
        (refusal(400, "Bad Request: chat not found"), "unreachable"),
        (refusal(400, "Bad Request: something new"), "refused"),
        (refusal(401, "Unauthorized"), "wait"),
    ],
)
async def test_trouble_becomes_an_outcome(
    fault: Fault, kind: str, channel: TelegramChannel, telegram: FakeTelegram
) -> None:
    telegram.next("sendMessage", fault)
    assert (await channel.deliver(row("say", "Hello"))).kind == kind


async def test_telegram_being_away_altogether_is_waited_for(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    await telegram.server.stop()
    await channel.deliver(row("say", "Hello"))  # meets the end of the old connection
    assert (await channel.deliver(row("say", "Hello"))).kind == "wait"


async def test_typing_is_shown_and_its_failure_does_no_harm(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    telegram.next("sendChatAction", bad_gateway())
    await channel.typing(str(PERSON))
    await channel.typing(str(PERSON))
    assert telegram.world.chat(PERSON).actions == ["typing"]
