"""Messages, edits, presses, people and the bot's own profile, seen through python-telegram-bot."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden
from telegram.warnings import PTBUserWarning

from tests.fake_telegram import (
    MEDIA,
    FakeTelegram,
)

CHAT = 5
PICTURE = InputFile(b"\x89PNG\r\n\x1a\n picture", filename="chart.png")
YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="1.0"), InlineKeyboardButton("No", callback_data="1.1")]]
)


async def raw(bot: Bot, method: str, **given: Any) -> Any:
    """A call that the library's own methods would not let through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBUserWarning)
        return await bot.do_api_request(method, given)


async def write(bot: Bot, text: str, **more: Any) -> Message:
    return await bot.send_message(CHAT, text, parse_mode=ParseMode.HTML, **more)


async def test_a_press_is_found_by_label_or_data_and_must_be_answered(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.say(CHAT, "/start")
    ask = await write(bot, "Shall we?", reply_markup=YES_NO)
    telegram.press(CHAT, "Yes")
    telegram.press(CHAT, "1.1", ask.message_id)
    presses = [update.callback_query for update in await bot.get_updates() if update.callback_query]
    assert [press.data for press in presses] == ["1.0", "1.1"]
    await presses[0].answer()
    assert [press.button for press in telegram.unanswered] == ["1.1"]
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("999")
    with pytest.raises(AssertionError, match=r"no button 'Perhaps' in chat 5; there are \['Yes', 'No'\]"):
        telegram.press(CHAT, "Perhaps")


async def test_an_edit_replaces_text_and_keyboard_and_the_old_buttons_can_still_be_pressed(
    telegram: FakeTelegram, bot: Bot
) -> None:
    telegram.say(CHAT, "/start")
    ask = await write(bot, "Shall we?", reply_markup=YES_NO)
    await bot.edit_message_text("You chose: Yes", CHAT, ask.message_id)
    message = telegram.to(CHAT)[0]
    assert (message.text, message.labels, message.versions[0][0]) == ("You chose: Yes", [], "Shall we?")
    with pytest.raises(AssertionError, match="no button"):
        telegram.press(CHAT, "Yes")
    assert telegram.press(CHAT, "Yes", ask.message_id)["callback_query"]["data"] == "1.0"


async def test_an_edit_that_changes_nothing_or_finds_nothing_is_refused(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.say(CHAT, "/start")
    ask = await write(bot, "Shall we?", reply_markup=YES_NO)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(CHAT, ask.message_id, reply_markup=YES_NO)
    await bot.edit_message_reply_markup(CHAT, ask.message_id)
    assert telegram.to(CHAT)[0].labels == []
    await bot.delete_message(CHAT, ask.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", CHAT, ask.message_id)
    assert telegram.to(CHAT) == []


async def test_forged_and_very_old_presses_arrive_as_telegram_sends_them(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.say(CHAT, "/start")
    await write(bot, "Shall we?", reply_markup=YES_NO)
    telegram.forge(CHAT, "erase.everything")
    telegram.press(CHAT, "Yes", out_of_reach=True)
    forged, old = [update.callback_query for update in await bot.get_updates()][1:]
    assert forged
    assert old
    assert old.message
    assert (forged.data, old.message.is_accessible) == ("erase.everything", False)


async def test_pictures_and_documents_are_kept_and_can_be_sent_again_by_reference(
    telegram: FakeTelegram, bot: Bot
) -> None:
    telegram.say(CHAT, "/start")
    photo = await bot.send_photo(CHAT, PICTURE, caption="<b>Your week</b>", parse_mode=ParseMode.HTML)
    await bot.send_photo(CHAT, photo.photo[0].file_id)
    await bot.send_document(CHAT, InputFile(b"%PDF-1.7", filename="summary.pdf"))
    kept = [(m.kind, m.text, m.file.filename) for m in telegram.sent if m.file]
    assert kept == [("photo", "Your week", "chart.png"), ("photo", "", "chart.png"), ("document", "", "summary.pdf")]
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(CHAT, InputFile(b"%PDF-1.7", filename="chart.png"))
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(CHAT, PICTURE, caption="x" * 1025)


async def test_every_kind_of_message_can_be_read_by_the_library(telegram: FakeTelegram, bot: Bot) -> None:
    for kind in MEDIA:
        telegram.media(CHAT, kind, "a caption")
    updates = await bot.get_updates()
    assert [kind for kind, update in zip(MEDIA, updates, strict=True) if not getattr(update.message, kind)] == []


async def test_an_edited_message_names_the_one_it_replaces(telegram: FakeTelegram, bot: Bot) -> None:
    message = telegram.say(CHAT, "sad")["message"]["message_id"]
    telegram.edit(CHAT, message, "very sad")
    edited = (await bot.get_updates())[1].edited_message
    assert edited
    assert (edited.message_id, edited.text) == (message, "very sad")


async def test_typing_is_seen_and_only_what_telegram_knows(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.say(CHAT, "/start")
    await bot.send_chat_action(CHAT, "typing")
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(CHAT, "thinking")
    assert telegram.world.chats[CHAT].actions == ["typing"]


async def test_menu_and_descriptions_are_kept_per_language(telegram: FakeTelegram, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("help", "Help now")], language_code="nl")
    assert [(c.command, c.description) for c in await bot.get_my_commands(language_code="nl")] == [("help", "Help now")]
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("What it is")
    await bot.set_my_short_description("Short", language_code="nl")
    await bot.set_my_name("Wilg", language_code="nl")
    assert (await bot.get_my_description(language_code="nl")).description == "What it is"
    assert (await bot.get_my_short_description()).short_description == ""
    assert [(await bot.get_my_name(language_code=code)).name for code in ("nl", "en")] == ["Wilg", "Willow"]
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await raw(bot, "setMyCommands", commands=[{"command": "Help!", "description": "x"}])
    with pytest.raises(BadRequest, match="too long"):
        await raw(bot, "setMyDescription", description="x" * 513)


async def test_a_person_who_blocks_is_out_of_reach_until_they_return(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.say(CHAT, "/start")
    telegram.block(CHAT)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await write(bot, "hello")
    telegram.unblock(CHAT)
    await write(bot, "hello")
    changes = [u.my_chat_member for u in await bot.get_updates() if u.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]


async def test_a_group_can_be_told_and_left(telegram: FakeTelegram, bot: Bot) -> None:
    group = telegram.join_group()["my_chat_member"]["chat"]["id"]
    await bot.send_message(group, "I only talk in private.")
    await bot.leave_chat(group)
    with pytest.raises(Forbidden, match="not a member of the supergroup chat"):
        await bot.send_message(group, "hello")
    statuses = [u.my_chat_member.new_chat_member.status for u in await bot.get_updates() if u.my_chat_member]
    assert statuses == ["member", "left"]
