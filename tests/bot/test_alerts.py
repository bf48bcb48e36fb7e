"""Alerts over the whole path: raised by a turn, told to one after the other, confirmed, and told to the person."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.store import alerts, on_call
from flows.alias import alias_of
from flows.library import Library, load_library
from tests.bot.ward import CLINIC, DANGER, DESK, LEADS, PERSON, Ward
from tests.fake_telegram import FakeTelegram, blocked, hang

ACTS = "SELECT what, who FROM alert_acts ORDER BY at, number"
STATUS = "SELECT status, who FROM alerts"


@pytest.fixture(scope="session")
def content(root: Path) -> Library:
    library, problems = load_library(root / "content")
    assert library is not None, problems
    return library


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def opened(tmp_path: Path, telegram: FakeTelegram, content: Library) -> AsyncIterator[Callable[..., Any]]:
    """Open a service; it is stopped at the end."""
    wards: list[Ward] = []

    async def start(clinic: Any = CLINIC) -> Ward:
        ward = Ward(tmp_path, telegram, content, clinic)
        await ward.start()
        wards.append(ward)
        return ward

    yield start
    for ward in wards:
        await ward.stop()


@pytest.fixture
async def ward(opened: Callable[..., Any]) -> Ward:
    """Two chats are on call: a group first, somebody's own chat second; the person has alerts switched on."""
    ward: Ward = await opened()
    await ward.register(DESK, "duty desk")
    await ward.register(LEADS, "leads")
    await ward.agree()
    return ward


async def danger(ward: Ward, person: int = PERSON, words: str = DANGER) -> None:
    """The person writes of danger, and has the answer."""
    ward.telegram.say(person, words)
    await ward.telegram.hears(person)


async def test_the_first_chat_gets_one_neutral_line(ward: Ward) -> None:
    await danger(ward)
    (line,) = await ward.lines(DESK, 1)
    whose = ward.rows("SELECT participant FROM alerts")[0][0]
    said = re.sub(r"\w{3} \d\d \w{3}, \d\d:\d\d", "TIME", line.text)
    step = "The person was told to call the emergency number, and coaching stopped (N4)."
    assert (said, line.labels) == (
        f"{alias_of(whose)}: thoughts of suicide. {step} TIME. Please confirm.",
        ["I have seen this", "Handled"],
    )


async def test_the_person_sees_the_same_name_as_the_team(ward: Ward) -> None:
    ward.telegram.say(PERSON, "/access")
    shown = await ward.telegram.hears(PERSON, "The team knows you as")
    await danger(ward)
    (line,) = await ward.lines(DESK, 1)
    assert line.text.partition(":")[0] in shown.text


async def test_a_confirmation_is_told_to_the_person_beside_the_open_question(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    question = next(message for message in reversed(ward.telegram.to(PERSON)) if message.buttons)
    ward.telegram.press(DESK, "I have seen this")
    told = await ward.telegram.wait_for(
        lambda: next((m for m in ward.telegram.to(PERSON) if "saw the alert" in m.text), None), "the news"
    )
    assert ("Somebody at Riverside Clinic saw the alert at" in told.text, told.labels, bool(question.labels)) == (
        True,
        [],
        True,
    )


async def test_a_confirmation_changes_the_lines_in_every_chat(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    ward.forward(minutes=16)
    await ward.lines(LEADS, 1)
    ward.telegram.press(LEADS, "I have seen this")
    chats = (DESK, LEADS)
    await ward.telegram.wait_for(
        lambda: all("Seen by leads at" in ward.standing(chat)[0].text for chat in chats), "both lines changed"
    )
    assert [(len(ward.standing(chat)), ward.standing(chat)[0].labels) for chat in chats] == [(1, ["Handled"])] * 2


async def test_a_second_press_changes_nothing(ward: Ward) -> None:
    await danger(ward)
    (line,) = await ward.lines(DESK, 1)
    ward.telegram.press(DESK, "I have seen this")
    await ward.telegram.wait_for(lambda: "Seen by" in line.text, "the edit")
    ward.telegram.press(DESK, "I have seen this", line.number)  # on a phone that shows the old keyboard
    await ward.telegram.settled()
    await ward.telegram.wait_for(lambda: not ward.telegram.unanswered, "the press answered")
    assert [what for what, _ in ward.rows(ACTS)].count("acknowledged") == 1


async def test_what_was_handled_has_no_buttons_any_more(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    ward.telegram.press(DESK, "Handled")
    await ward.telegram.wait_for(lambda: "Handled by duty desk at" in ward.standing(DESK)[0].text, "the edit")
    assert (ward.standing(DESK)[0].labels, ward.rows(STATUS)) == ([], [("resolved", "duty desk")])


async def test_when_nobody_confirms_the_next_are_told_and_at_the_end_the_person_hears_it(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    ward.forward(minutes=16)
    (second,) = await ward.lines(LEADS, 1)
    ward.forward(minutes=16)
    await ward.telegram.hears(PERSON, "Nobody at Riverside Clinic has confirmed the alert so far.")
    await ward.holds("SELECT tell FROM alerts", [("",)])
    acts = [("raised", "N4"), ("sent", "duty desk"), ("sent", "leads"), ("unanswered", ""), ("told", "unseen")]
    assert ("Nobody has confirmed it yet." in second.text, ward.rows(ACTS)) == (True, acts)


async def test_whoever_confirms_after_the_whole_chain_is_told_of_too(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    ward.forward(minutes=16)
    await ward.lines(LEADS, 1)
    ward.forward(minutes=16)
    await ward.telegram.hears(PERSON, "Nobody at Riverside Clinic")
    ward.telegram.press(DESK, "I have seen this")
    assert await ward.telegram.hears(PERSON, "Somebody at Riverside Clinic saw the alert")


async def test_a_chat_that_cannot_be_reached_is_passed_over_at_once(ward: Ward) -> None:
    ward.telegram.next("sendMessage", blocked(), chat=DESK)
    await danger(ward)
    await ward.lines(LEADS, 1)
    assert ward.house.watch is not None
    trouble = await ward.house.watch.trouble()
    assert (ward.standing(DESK), trouble) == ([], "Alerts do not reach these on-call chats: duty desk.")


async def test_a_line_that_arrives_takes_the_trouble_away(ward: Ward) -> None:
    ward.telegram.next("sendMessage", blocked(), chat=DESK)
    await danger(ward)
    await ward.lines(LEADS, 1)
    ward.forward(minutes=31)
    await danger(ward)
    await ward.lines(DESK, 1)
    assert ward.house.watch is not None
    await ward.holds("SELECT count(*) FROM on_call_chats WHERE trouble != ''", [(0,)])
    assert await ward.house.watch.trouble() == ""


class Deaf(asyncio.Event):
    """A bell that nobody hears: the loop sleeps on."""

    def set(self) -> None:
        return


async def test_a_line_that_was_committed_and_not_sent_leaves_in_the_next_life(ward: Ward) -> None:
    assert ward.house.watch is not None
    ward.house.watch._changed = Deaf()
    await danger(ward)
    await ward.holds("SELECT count(*) FROM alerts", [(1,)])
    before = ward.standing(DESK)
    await ward.again()
    await ward.lines(DESK, 1)
    assert before == []


async def test_a_line_whose_send_was_cut_off_is_sent_again(ward: Ward, until: Any) -> None:
    ward.telegram.next("sendMessage", hang(), chat=DESK)
    await danger(ward)
    await until(lambda: not ward.telegram.server.faults.unmet)
    await ward.again()
    assert len(await ward.lines(DESK, 1)) == 1


async def test_the_news_for_the_person_survive_a_kill_and_come_once(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    ward.telegram.press(DESK, "I have seen this")
    await ward.telegram.hears(PERSON, "saw the alert")
    with ward.store.transaction() as connection:  # killed after the turn, before it was noted that they heard
        connection.exec_driver_sql("UPDATE alerts SET tell = 'seen'")
    await ward.again()
    await ward.holds("SELECT tell FROM alerts", [("",)])
    assert len([m for m in ward.telegram.to(PERSON) if "saw the alert" in m.text]) == 1


async def test_without_the_consent_nothing_leaves(opened: Callable[..., Any]) -> None:
    ward = await opened()
    await ward.register(DESK, "duty desk")
    await danger(ward)
    await ward.telegram.settled()
    assert (ward.standing(DESK), ward.rows("SELECT * FROM alerts")) == ([], [])


async def test_without_a_clinic_nothing_leaves(opened: Callable[..., Any]) -> None:
    ward = await opened(None)
    ward.telegram.say(PERSON, "/access")
    await ward.telegram.hears(PERSON, "Nobody is linked to this chat.")
    await danger(ward)
    await ward.telegram.settled()
    assert (ward.house.watch, ward.rows("SELECT * FROM alerts")) == (None, [])


async def test_a_consent_to_another_clinic_does_not_carry_over(ward: Ward) -> None:
    ward.library = msgspec.structs.replace(ward.library, clinic=msgspec.structs.replace(CLINIC, name="Hill Clinic"))
    await ward.again()
    await danger(ward)
    await ward.telegram.settled()
    assert ward.rows("SELECT * FROM alerts") == []


async def test_switching_alerts_off_stops_what_has_not_left(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    ward.telegram.say(PERSON, "/access")
    await ward.telegram.hears(PERSON, "Shall alerts stay on?")
    ward.telegram.press(PERSON, "Switch them off")
    await ward.telegram.hears(PERSON, "Alerts are off, from this moment on.")
    ward.forward(minutes=16)
    assert ward.house.watch is not None
    assert (await ward.house.watch.ring(), ward.standing(LEADS), ward.rows(ACTS)[-1]) == (0, [], ("withdrawn", ""))


async def test_the_same_step_within_half_an_hour_brings_no_second_line(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    await danger(ward)
    await ward.telegram.settled()
    await ward.holds("SELECT count(*) FROM alert_acts WHERE what = 'again'", [(1,)])
    assert (len(ward.standing(DESK)), ward.rows("SELECT cycle FROM alerts")) == (1, [(1,)])


async def test_after_half_an_hour_the_same_alert_is_raised_anew(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    ward.telegram.press(DESK, "I have seen this")
    await ward.telegram.hears(PERSON, "saw the alert")
    ward.forward(minutes=31)
    await danger(ward)
    older, newer = await ward.lines(DESK, 2)
    await ward.telegram.wait_for(lambda: "A newer line stands below." in older.text, "the older line changed")
    assert (older.labels, newer.labels, len(ward.rows("SELECT * FROM alerts"))) == (
        [],
        ["I have seen this", "Handled"],
        1,
    )


async def test_a_graver_step_raises_anew_and_takes_the_place_of_the_other(ward: Ward) -> None:
    await danger(ward, words="I want to kill myself")
    (first,) = await ward.lines(DESK, 1)
    await danger(ward)
    await ward.lines(DESK, 2)
    await ward.telegram.wait_for(lambda: "A graver alert stands in its place." in first.text, "the first line changed")
    steps = ward.rows("SELECT step, status FROM alerts ORDER BY step")
    assert ("(N3)" in first.text, steps) == (True, [("N3", "resolved"), ("N4", "raised")])


def files(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())


async def test_nothing_that_the_person_wrote_is_in_a_row_or_a_line(ward: Ward, tmp_path: Path) -> None:
    await danger(ward, words=f"{DANGER}, said the heron of the canal")
    (line,) = await ward.lines(DESK, 1)
    ward.telegram.press(DESK, "Handled")
    await ward.telegram.hears(PERSON, "saw the alert")
    raw = files(tmp_path)
    lines = " ".join(text for text, _ in [(line.text, None), *line.versions]).encode()
    words = (b"heron of the canal", b"kill myself", b"thoughts of suicide", b"Someone")
    assert [word for word in words[:2] if word in raw + lines] + [word for word in words[2:] if word in raw] == []


async def test_the_kind_of_danger_is_not_plain_in_the_files(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    assert [row for row in ward.rows("SELECT * FROM alerts") if "suicide" in str(row)] == []


async def test_a_press_in_a_chat_that_is_not_on_call_changes_nothing(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    alert = ward.rows("SELECT id FROM alerts")[0][0]
    ward.telegram.forge(PERSON, f"alert.{alert}.seen", ward.telegram.to(PERSON)[-1])
    await ward.telegram.wait_for(lambda: not ward.telegram.unanswered, "the press answered")
    assert ward.rows(STATUS) == [("raised", "")]


async def test_clinicians_words_with_signs_are_shown_as_they_are(opened: Callable[..., Any]) -> None:
    ward = await opened(msgspec.structs.replace(CLINIC, name="A <b>&</b> B"))
    ward.telegram.world.chat(DESK, type="supergroup")
    ward.telegram.say(DESK, f"/oncall {ward.code('duty desk')}")
    said = await ward.telegram.hears(DESK, "is registered")
    assert ("for A <b>&</b> B." in said.text, ward.telegram.refused) == (True, [])


async def test_a_code_works_once(opened: Callable[..., Any]) -> None:
    ward = await opened()
    code = ward.code("duty desk")
    for chat, words in ((DESK, "is registered"), (LEADS, "not valid")):
        ward.telegram.world.chat(chat, type="private" if chat > 0 else "supergroup")
        ward.telegram.say(chat, f"/oncall {code}")
        await ward.telegram.hears(chat, words)
    assert ward.rows("SELECT count(*) FROM on_call_chats") == [(1,)]


async def test_the_same_message_once_more_is_confirmed_once_more(opened: Callable[..., Any]) -> None:
    ward = await opened()
    code = ward.code("duty desk")
    for _ in range(2):  # after a kill Telegram delivers it again
        ward.telegram.say(LEADS, f"/oncall@willow_test_bot {code.lower()}")
        said = await ward.telegram.hears(LEADS, "is registered as “duty desk” for Riverside Clinic.")
    assert said.number == ward.telegram.to(LEADS)[-1].number


async def test_a_code_is_valid_for_a_day(opened: Callable[..., Any]) -> None:
    ward = await opened()
    code = ward.code("duty desk")
    ward.forward(hours=24, seconds=1)
    ward.telegram.say(LEADS, f"/oncall {code}")
    await ward.telegram.hears(LEADS, "not valid")
    assert ward.rows("SELECT count(*) FROM on_call_chats") == [(0,)]


async def test_a_code_is_nowhere_in_the_files(opened: Callable[..., Any], tmp_path: Path) -> None:
    ward = await opened()
    code = ward.code("duty desk")
    ward.telegram.say(LEADS, f"/oncall {code}")
    await ward.telegram.hears(LEADS, "is registered")
    raw = files(tmp_path)
    assert [word for word in (code, code.replace("-", ""), str(LEADS)) if word.encode() in raw] == []


async def test_an_on_call_chat_is_no_participant(opened: Callable[..., Any]) -> None:
    ward = await opened()
    await ward.register(DESK, "duty desk")
    ward.telegram.say(DESK, "what a day")
    await ward.telegram.settled()
    assert (ward.rows("SELECT count(*) FROM participants"), len(ward.telegram.to(DESK))) == ([(0,)], 1)


async def test_words_behind_the_command_that_are_no_code_are_screened(ward: Ward) -> None:
    ward.telegram.say(PERSON, f"/oncall {DANGER}")
    assert await ward.telegram.hears(PERSON, "Please call")


async def test_without_a_clinic_the_command_is_what_somebody_says(opened: Callable[..., Any]) -> None:
    ward = await opened(None)
    ward.telegram.say(PERSON, "/oncall ABCD-EFGH")
    assert await ward.telegram.hears(PERSON, "Hello. This is Willow")


async def test_a_group_is_left_unless_a_code_is_awaited_there(opened: Callable[..., Any]) -> None:
    ward = await opened()
    ward.telegram.join_group(-1002)
    await ward.telegram.hears(-1002, "Willow leaves.")
    ward.code("duty desk")
    ward.telegram.join_group(DESK)
    await ward.telegram.settled()
    assert (ward.telegram.world.chat(-1002).refusal != "", ward.telegram.world.chat(DESK).refusal) == (True, "")


async def test_a_chat_keeps_its_place_when_its_group_gets_a_new_address(ward: Ward) -> None:
    ward.telegram.world.chat(-1005, type="supergroup")
    chat = {"id": DESK, "type": "group", "title": "A group"}
    ward.telegram._update("message", {"message_id": 1, "date": 1, "chat": chat, "migrate_to_chat_id": -1005})
    await ward.telegram.settled()
    await danger(ward)
    await ward.lines(-1005, 1)
    assert ward.standing(DESK) == []


async def test_a_chat_that_was_taken_off_gets_nothing_more(ward: Ward) -> None:
    ward.store.now(lambda connection: on_call.remove(connection, "duty desk", ward.clock()))
    await danger(ward)
    await ward.lines(LEADS, 1)
    assert ward.standing(DESK) == []


async def test_what_is_closed_at_the_desk_is_seen_in_the_chats(ward: Ward) -> None:
    await danger(ward)
    (line,) = await ward.lines(DESK, 1)
    alert = ward.rows("SELECT id FROM alerts")[0][0]
    ward.store.now(lambda connection: alerts.resolve(connection, alert, "the desk", "talked", ward.clock()))
    ward.forward(seconds=1)
    await ward.telegram.wait_for(lambda: "Handled by the desk at" in line.text, "the edit")
    assert ("resolved", "the desk: talked") in ward.rows(ACTS)


async def test_alerts_that_were_dealt_with_go_after_the_time_that_the_clinic_set(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    ward.telegram.press(DESK, "Handled")
    await ward.holds("SELECT status, tell FROM alerts", [("resolved", "")])
    ward.forward(days=366)
    await ward.holds("SELECT count(*) FROM alerts", [(0,)])
    assert ward.rows("SELECT count(*) FROM alert_lines") == ward.rows("SELECT count(*) FROM alert_acts") == [(0,)]


async def test_erasing_a_person_erases_their_alerts(ward: Ward) -> None:
    await danger(ward)
    await ward.lines(DESK, 1)
    with ward.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM participants")
    counts = [ward.rows(f"SELECT count(*) FROM {name}")[0][0] for name in ("alerts", "alert_acts", "alert_lines")]
    assert counts == [0, 0, 0]
