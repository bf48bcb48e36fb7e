"""What people see before they press Start is brought up to date, and only where it differs."""

from __future__ import annotations

import pytest
from telegram import Bot

from bot.channels.telegram import ProfileWords, update_profile
from tests.fake_telegram import FakeTelegram, bad_gateway

ENGLISH = ProfileWords("Willow", "A coach that is a program.", "A coach.", (("menu", "Sessions"), ("sos", "Help now")))
DUTCH = ProfileWords("Willow", "Een coach die een programma is.", "Een coach.", (("menu", "Sessies"),))


def writes(telegram: FakeTelegram) -> list[str]:
    return [call.method for call in telegram.calls if call.method.startswith("set")]


async def test_each_language_gets_its_words_and_english_is_for_everybody_else(bot: Bot, telegram: FakeTelegram) -> None:
    await update_profile(bot, {"en": ENGLISH, "nl": DUTCH})
    commands = {code: [each["description"] for each in said] for (_, code), said in telegram.world.commands.items()}
    assert commands == {"": ["Sessions", "Help now"], "en": ["Sessions", "Help now"], "nl": ["Sessies"]}
    assert telegram.world.profile["description"]["nl"] == "Een coach die een programma is."


async def test_what_is_so_already_is_not_written_again(bot: Bot, telegram: FakeTelegram) -> None:
    await update_profile(bot, {"en": ENGLISH})
    before = writes(telegram)
    assert await update_profile(bot, {"en": ENGLISH}) == 0
    assert writes(telegram) == before


async def test_the_name_that_the_operator_gave_stays(bot: Bot, telegram: FakeTelegram) -> None:
    await update_profile(bot, {"en": ENGLISH})
    assert "setMyName" not in writes(telegram)


@pytest.mark.parametrize("method", ["getMyCommands", "setMyDescription"])
async def test_a_part_that_fails_does_not_keep_the_others_back(method: str, bot: Bot, telegram: FakeTelegram) -> None:
    telegram.next(method, bad_gateway())
    await update_profile(bot, {"en": ENGLISH})
    assert telegram.world.profile["short_description"][""] == "A coach."
