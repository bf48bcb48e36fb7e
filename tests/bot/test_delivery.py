"""The outbox on its way out: order, pauses, outcomes, and what a new life does with what is left."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import msgspec
import pytest

from bot.channels import Message, Outcome
from bot.parcels import LONGEST_PAUSE, Lane, Tokens, pause_before
from bot.store.failures import StoreAway
from bot.store.outbox import Post
from flows.turn import Button, Reply, Turn

HOUSE = Any  # the fixture of conftest.py


def statuses(house: HOUSE) -> list[tuple[Any, ...]]:
    return house.rows("SELECT kind, status FROM outbox ORDER BY turn, id")


def answering(house: HOUSE, *replies: Reply, cancels: bool = False) -> None:
    """From now on the engine says just this."""

    def respond(library: Any, record: Any, utterance: Any, now: Any, seed: Any) -> Turn:
        return Turn(record, replies, cancels=cancels)

    house.turns.tick.engine = msgspec.structs.replace(house.engine, respond=respond)


async def test_what_was_sent_is_marked_with_its_reference(house: HOUSE) -> None:
    await house.say("hello")
    assert house.rows("SELECT kind, status, reference FROM outbox ORDER BY id") == [
        ("say", "sent", "100"),
        ("ask", "sent", "101"),
    ]


async def test_one_person_gets_one_message_at_a_time(house: HOUSE) -> None:
    await house.say("hello", "again")
    assert house.channel.most == 1


async def test_a_bubble_goes_only_when_the_mark_of_the_one_before_is_committed(house: HOUSE) -> None:
    """So that a kill repeats at most one bubble per person."""
    honest, seen = house.channel.deliver, []

    async def deliver(message: Message) -> Outcome:
        seen.append(statuses(house))
        return await honest(message)  # type: ignore[no-any-return]

    house.channel.deliver = deliver
    await house.say("hello")
    assert seen == [[("say", "unsent"), ("ask", "unsent")], [("say", "sent"), ("ask", "unsent")]]


async def test_people_are_served_side_by_side(house: HOUSE, until: Any) -> None:
    house.channel.gate.clear()
    await asyncio.gather(*(house.turns.take(house.text("hi", address=str(n))) for n in range(40)))
    await until(lambda: house.channel.now == 32)
    house.channel.gate.set()
    await house.delivery.settled()
    assert house.channel.most == 32


async def test_safety_does_not_wait_for_a_free_place(house: HOUSE, until: Any) -> None:
    house.channel.gate.clear()
    await asyncio.gather(*(house.turns.take(house.text("hi", address=str(n))) for n in range(40)))
    await until(lambda: house.channel.now == 32)
    answering(house, Reply("say", "Help: 112", priority="safety"))
    await house.turns.take(house.text("help", address="99"))
    await until(lambda: house.channel.tried[-1].text == "Help: 112")
    house.channel.gate.set()


async def test_an_unknown_outcome_is_sent_once_more(house: HOUSE, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.AGAIN", 0.02)
    house.channel.outcomes = [Outcome("unknown"), Outcome("unknown")]
    await house.say("hello")
    tried = [(message.text, message.attempts) for message in house.channel.tried]
    assert tried == [("heard hello", 0), ("heard hello", 1), ("question 1", 0)]


async def test_safety_overtakes_a_bubble_that_waits_to_be_sent_again(house: HOUSE, until: Any) -> None:
    house.channel.outcomes = [Outcome("unknown")]
    await house.turns.take(house.text("hello"))
    await until(lambda: house.channel.tried)
    answering(house, Reply("say", "Help: 112", priority="safety"))
    await house.turns.take(house.press("sos"))
    await until(lambda: house.channel.texts() == ["Help: 112"])


async def test_what_leads_to_a_safety_step_in_the_same_turn_stands_before_it(house: HOUSE) -> None:
    help_first = Reply("say", "Help: 112", priority="safety")
    answering(house, Reply("say", "Thank you for telling me."), help_first, Reply("say", "More later."))
    await house.say("hello")
    assert house.channel.texts() == ["Thank you for telling me.", "Help: 112", "More later."]


async def test_a_reminder_with_an_unknown_outcome_is_not_repeated(house: HOUSE) -> None:
    answering(house, Reply("say", "Time for a check-in", priority="reminder"))
    house.channel.outcomes = [Outcome("unknown")]
    await house.say("x")
    assert (len(house.channel.tried), statuses(house)) == (1, [("say", "dead")])


async def test_a_send_that_must_wait_is_tried_until_it_goes(house: HOUSE) -> None:
    house.channel.outcomes = [Outcome("wait", seconds=0.01), Outcome("wait", seconds=0.01), Outcome("wait")]
    await house.say("hello")
    assert house.channel.texts() == ["heard hello", "question 1"]


async def test_a_refused_message_does_not_hold_up_the_next(house: HOUSE) -> None:
    house.channel.outcomes = [Outcome("refused", reason="too long")]
    await house.say("hello")
    assert statuses(house) == [("say", "dead"), ("ask", "sent")]


async def test_a_channel_that_raises_stops_nobody(house: HOUSE, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.AGAIN", 0.02)
    honest, failures = house.channel.deliver, [ValueError("broken")]

    async def deliver(message: Message) -> Outcome:
        if failures:
            raise failures.pop()
        return await honest(message)  # type: ignore[no-any-return]

    house.channel.deliver = deliver
    await house.say("hello")
    assert house.channel.texts() == ["heard hello", "question 1"]


async def test_a_turn_that_moves_on_cancels_unsent_bubbles_but_no_ask(house: HOUSE, until: Any) -> None:
    house.channel.outcomes = [Outcome("wait", seconds=0.2)]
    await house.turns.take(house.text("hello"))
    await until(lambda: house.channel.tried)
    await house.turns.take(house.press("1.0"))
    await house.delivery.settled()
    assert house.channel.texts() == ["question 1", "heard 1.0", "question 2"]


async def test_a_safety_bubble_is_never_cancelled(house: HOUSE, until: Any) -> None:
    answering(house, Reply("say", "Help: 112", priority="safety"))
    house.channel.outcomes = [Outcome("wait", seconds=0.2)]
    await house.turns.take(house.text("help"))
    await until(lambda: house.channel.tried)
    answering(house, Reply("say", "next"), cancels=True)
    await house.say("go on")
    assert house.channel.texts() == ["Help: 112", "next"]


async def test_a_closing_finds_the_message_that_carries_its_ask(house: HOUSE) -> None:
    await house.say("hello", "answer")
    closings = [(message.target, message.text) for message in house.channel.sent if message.kind == "close"]
    assert closings == [("101", "You chose")]


async def test_a_closing_of_an_ask_that_was_not_sent_yet_is_aimed_when_it_is_sent(house: HOUSE, until: Any) -> None:
    house.channel.outcomes = [Outcome("wait", seconds=0.2)]
    await house.turns.take(house.text("hello"))
    await until(lambda: house.channel.tried)
    await house.turns.take(house.press("1.0"))
    await house.delivery.settled()
    closings = [message.target for message in house.channel.sent if message.kind == "close"]
    assert closings == ["101"]


async def test_an_ask_said_again_closes_the_older_keyboard_and_a_closing_reaches_every_copy(house: HOUSE) -> None:
    early = house.text("typed before")
    house.clock.forward(seconds=2)
    await house.say("hello")
    await house.turns.take(early)
    await house.delivery.settled()
    older = [message.target for message in house.channel.sent if message.kind == "close"]
    await house.turns.take(house.press("1.0"))
    await house.delivery.settled()
    closings = [message.target for message in house.channel.sent if message.kind == "close"]
    assert (older, closings) == (["101"], ["101", "103"])


async def test_an_edit_changes_the_newest_copy(house: HOUSE) -> None:
    await house.say("hello")
    marked = ((Button("✓ Yes", "1.0"),),)
    answering(house, Reply("edit", "question 1", ask=1, buttons=marked))
    await house.turns.take(house.press("1.0"))
    await house.delivery.settled()
    assert [(each.target, each.buttons) for each in house.channel.sent if each.kind == "edit"] == [("101", marked)]


async def test_what_a_killed_life_left_is_sent_by_the_next(house: HOUSE) -> None:
    house.channel.gate.clear()
    await house.turns.take(house.text("hello"))
    house.kill()
    house.channel.gate.set()
    house.start()
    adopted = await house.delivery.adopt()
    await house.delivery.settled()
    assert (adopted, house.channel.texts()) == (2, ["heard hello", "question 1"])


async def test_after_an_orderly_stop_nothing_is_sent_twice(house: HOUSE) -> None:
    await house.say("hello")
    await house.delivery.stop()
    house.store.end_life(house.clock())
    house.kill()
    house.start()
    assert (house.store.unclean, await house.delivery.adopt()) == (False, 0)


async def test_a_timed_bubble_over_ten_seconds_late_is_dropped_but_its_prompt_is_said(house: HOUSE) -> None:
    house.pace = 1.0
    house.kill()
    house.start()
    answering(house, Reply("say", "breathe in", after=4.0), Reply("ask", "done?", ask=1, after=9.0))
    await house.turns.take(house.text("go"))
    house.kill()
    house.clock.forward(minutes=1)
    house.start()
    await house.delivery.adopt()
    await house.delivery.settled()
    assert (house.channel.texts(), statuses(house)) == (["done?"], [("say", "cancelled"), ("ask", "sent")])


async def test_a_timed_bubble_waits_for_its_moment(house: HOUSE, until: Any) -> None:
    house.pace = 1.0
    house.kill()
    house.start()
    answering(house, Reply("say", "breathe in", after=0.05))
    await house.turns.take(house.text("go"))
    await asyncio.sleep(0.02)
    before = list(house.channel.sent)
    house.clock.forward(seconds=1)
    await until(lambda: house.channel.texts() == ["breathe in"])
    assert before == []


async def test_a_post_that_breaks_the_delivery_is_given_up_and_the_next_goes(house: HOUSE) -> None:
    broken = [RuntimeError()]
    honest = house.delivery._announce

    async def announce(*post: Any) -> None:
        if broken:
            raise broken.pop()
        await honest(*post)

    house.delivery._announce = announce
    await house.say("hello")
    assert statuses(house) == [("say", "dead"), ("ask", "sent")]


async def test_a_door_that_draws_by_itself_finds_its_rows_unsent(house: HOUSE) -> None:
    await house.turns.take(msgspec.structs.replace(house.text("hello"), channel="browser"))
    await house.delivery.settled()
    assert (statuses(house), house.channel.tried) == ([("say", "unsent"), ("ask", "unsent")], [])


async def test_rows_of_a_channel_that_this_service_does_not_have_are_left_to_who_has_it(house: HOUSE) -> None:
    house.channel.gate.clear()
    await house.turns.take(house.text("hello"))
    house.kill()
    house.start()
    house.delivery.channels = {}
    assert await house.delivery.adopt() == 0


async def test_marks_that_could_not_be_written_are_written_later(house: HOUSE, until: Any) -> None:
    await house.turns.take(house.text("hello"))
    honest = house.store.run
    failed: list[bool] = []

    async def lost(work: Any) -> Any:
        failed.append(True)
        raise StoreAway

    house.store.run = lost
    await until(lambda: failed)
    house.store.run = honest
    await house.delivery.settled()
    assert statuses(house) == [("say", "sent"), ("ask", "sent")]


def post(text: str, kind: Any = "say", priority: str = "talk") -> Post:
    return Post(Message(1, "p", "telegram", "7", kind, text, priority=priority), 1, dt.datetime.now(dt.UTC))


@pytest.mark.parametrize(
    ("sent", "pause"),
    [
        (post("x" * 40), 1.4),
        (post("x" * 4000), LONGEST_PAUSE),
        (post("x", priority="safety"), 0.0),
        (post("", "close"), 0.0),
    ],
)
async def test_a_bubble_after_another_waits_as_long_as_typing_takes(sent: Post, pause: float) -> None:
    lane = Lane()
    lane.said_at = asyncio.get_running_loop().time()
    assert pause_before(sent, lane, 1.0) == pytest.approx(pause, abs=0.05)


async def test_the_first_bubble_comes_at_once() -> None:
    assert pause_before(post("hello"), Lane(), 1.0) <= 0


async def test_without_pace_there_is_no_pause() -> None:
    lane = Lane()
    lane.said_at = asyncio.get_running_loop().time()
    assert pause_before(post("x" * 40), lane, 0.0) <= 0


async def test_reminders_are_spread_to_twenty_five_a_second() -> None:
    tokens, loop = Tokens(), asyncio.get_running_loop()
    start = loop.time()
    for _ in range(6):
        await tokens.take()
    assert loop.time() - start >= 5 / 25
