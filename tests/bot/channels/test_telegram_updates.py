"""Each kind of update that Telegram sends becomes one utterance, a group to leave, or nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Arrival, Calling, DutyPress
from bot.channels.telegram.updates import MEDIA, SERVICE, Group, Moved, read_update
from bot.channels.words import clean

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
SENT = 1_772_000_000
PERSON = {"id": 77, "is_bot": False, "first_name": "A", "language_code": "pt-br"}
CHAT = {"id": 77, "type": "private"}
ROOM = {"id": -100200, "type": "supergroup", "title": "Friends"}


def message(**more: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": SENT, "chat": CHAT, "from": PERSON, **more}


def press(**more: Any) -> dict[str, Any]:
    asked = {"message_id": 9, "date": SENT, "chat": CHAT}
    return {"id": "4400", "from": PERSON, "message": asked, "data": "12.0", **more}


def member(status: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    return {"chat": chat, "from": PERSON, "date": SENT, "new_chat_member": {"status": status}}


def arrival(**update: Any) -> Arrival:
    found = read_update({"update_id": 900, **update}, NOW)
    assert isinstance(found, Arrival)
    return found


def test_a_text_keeps_its_words_its_time_and_the_language_hint() -> None:
    found = arrival(message=message(text="I feel tense today"))
    assert (found.channel, found.address, found.update, found.message) == ("telegram", "77", "900", "5")
    assert found.utterance.text == "I feel tense today"
    assert found.utterance.at == dt.datetime.fromtimestamp(SENT, dt.UTC)
    assert found.utterance.language == "pt-br"


@pytest.mark.parametrize("kind", MEDIA)
def test_every_media_kind_is_named(kind: str) -> None:
    assert arrival(message=message(**{kind: {}})).utterance.media == kind


def test_a_gif_is_not_called_a_document() -> None:
    assert arrival(message=message(document={}, animation={})).utterance.media == "animation"


def test_a_place_with_a_name_is_a_venue() -> None:
    assert arrival(message=message(location={}, venue={})).utterance.media == "venue"


def test_a_kind_that_is_newer_than_this_programme_is_answered_too() -> None:
    assert arrival(message=message(hologram={})).utterance.media == "unknown"


@pytest.mark.parametrize("kind", SERVICE)
def test_a_notice_of_telegram_itself_is_nothing(kind: str) -> None:
    assert read_update({"update_id": 1, "message": message(**{kind: {}})}, NOW) is None


def test_a_caption_is_read_as_text() -> None:
    assert arrival(message=message(photo=[{}], caption="look at this")).utterance.text == "look at this"


def test_a_forwarded_text_is_read_like_any_other() -> None:
    forwarded = message(text="somebody else's words", forward_origin={"type": "user"})
    assert arrival(message=forwarded).utterance.text == "somebody else's words"


def test_an_edited_text_names_the_message_it_replaces() -> None:
    found = arrival(edited_message=message(text="better words", edit_date=SENT + 60))
    assert (found.replaces, found.message) == ("5", "")
    assert found.utterance.at == dt.datetime.fromtimestamp(SENT + 60, dt.UTC)


def test_a_live_location_that_moves_says_nothing() -> None:
    assert read_update({"update_id": 1, "edited_message": message(location={}, edit_date=SENT)}, NOW) is None


def test_a_press_carries_its_own_id_and_is_dated_now() -> None:
    found = arrival(callback_query=press())
    assert (found.utterance.press, found.press, found.message) == ("12.0", "4400", "")
    assert found.utterance.at == NOW


def test_a_press_on_a_message_that_bots_can_no_longer_see_counts_too() -> None:
    found = arrival(callback_query=press(message={"message_id": 9, "date": 0, "chat": CHAT}))
    assert (found.address, found.utterance.press) == ("77", "12.0")


def test_a_press_without_any_message_goes_to_who_pressed() -> None:
    found = arrival(callback_query={"id": "1", "from": PERSON, "data": "3.1"})
    assert found.address == "77"


def test_a_forged_press_is_passed_on_as_it_is() -> None:
    assert arrival(callback_query=press(data="../../x\x00")).utterance.press == "../../x"


@pytest.mark.parametrize(("status", "trigger"), [("kicked", "blocked"), ("member", "unblocked")])
def test_blocking_and_coming_back_are_triggers(status: str, trigger: str) -> None:
    assert arrival(my_chat_member=member(status)).utterance.trigger == trigger


def test_a_deep_link_is_start_with_a_payload() -> None:
    said = arrival(message=message(text="/start clinic-AbC_9")).utterance
    assert (said.text, said.start) == ("/start", "clinic-AbC_9")


@pytest.mark.parametrize("text", ["/menu", "/menu@willow_bot"])
def test_a_command_with_the_name_of_the_bot_is_the_command(text: str) -> None:
    assert arrival(message=message(text=text)).utterance.text == "/menu"


def test_the_name_of_the_bot_is_cut_only_from_the_command() -> None:
    said = arrival(message=message(text="/why@willow_bot ask me@home")).utterance
    assert said.text == "/why ask me@home"


def test_nul_and_lone_surrogates_go_and_pairs_become_their_character() -> None:
    assert clean("a\x00b\ud83dc\ud83d\ude42") == "abc\U0001f642"


@given(st.text(alphabet=st.characters()))
def test_what_is_left_of_any_text_can_be_stored(text: str) -> None:
    assert "\x00" not in clean(text).encode("utf-8").decode()


def test_nothing_but_strange_characters_is_still_answered() -> None:
    assert arrival(message=message(text="\x00\ud83d")).utterance.media == "unknown"


@pytest.mark.parametrize("status", ["member", "administrator"])
def test_a_group_is_told_once_and_left(status: str) -> None:
    found = read_update({"update_id": 1, "my_chat_member": member(status, ROOM)}, NOW)
    assert found == Group("-100200", speak=True)


def test_a_message_in_a_group_is_not_read_and_the_group_is_left_in_silence() -> None:
    found = read_update({"update_id": 1, "message": message(chat=ROOM, text="hello")}, NOW)
    assert found == Group("-100200", speak=False)


def test_being_put_out_of_a_group_needs_nothing() -> None:
    assert read_update({"update_id": 1, "my_chat_member": member("left", ROOM)}, NOW) is None


def test_an_update_of_another_kind_is_nothing() -> None:
    assert read_update({"update_id": 1, "poll": {}}, NOW) is None


@pytest.mark.parametrize("chat", [CHAT, ROOM])
@pytest.mark.parametrize("words", ["/oncall ABCD-EFGH", "/oncall@willow_bot abcdefgh", " /oncall  ABCDEFGH "])
def test_a_code_goes_to_the_desk_from_any_chat(words: str, chat: dict[str, Any]) -> None:
    found = read_update({"update_id": 900, "message": message(text=words, chat=chat)}, NOW)
    assert (type(found), getattr(found, "address", "")) == (Calling, str(chat["id"]))


@pytest.mark.parametrize("words", ["/oncall", "/oncall I cannot go on", "/oncall ABCD-EFG", "say /oncall ABCD-EFGH"])
def test_what_is_no_code_is_what_somebody_says(words: str) -> None:
    assert arrival(message=message(text=words)).utterance.text == words


def test_a_changed_message_registers_nothing() -> None:
    changed = message(text="/oncall ABCD-EFGH", edit_date=SENT + 60)
    assert arrival(edited_message=changed).utterance.text == "/oncall ABCD-EFGH"


def test_without_a_desk_a_code_in_a_group_is_a_group_to_leave() -> None:
    found = read_update({"update_id": 900, "message": message(text="/oncall ABCD-EFGH", chat=ROOM)}, NOW)
    assert isinstance(found, Calling)
    assert found.otherwise == Group("-100200", speak=False)


@pytest.mark.parametrize("what", ["seen", "handled"])
def test_a_button_of_an_alert_goes_to_the_desk(what: str) -> None:
    asked = {"message_id": 9, "date": SENT, "chat": ROOM}
    found = read_update({"update_id": 900, "callback_query": press(data=f"alert.K7Q2MF.{what}", message=asked)}, NOW)
    assert (type(found), getattr(found, "alert", ""), getattr(found, "what", "")) == (DutyPress, "K7Q2MF", what)


@pytest.mark.parametrize("text", ["alert.K7Q2MF.other", "alert.", "alert.k7.seen", "xalert.K7Q2MF.seen"])
def test_other_presses_are_presses(text: str) -> None:
    assert arrival(callback_query=press(data=text)).utterance.press == text


def test_a_group_with_a_new_address_is_known_again() -> None:
    found = read_update({"update_id": 900, "message": message(chat=ROOM, migrate_to_chat_id=-100900)}, NOW)
    assert found == Moved("-100200", "-100900")
