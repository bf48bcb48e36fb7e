"""The path of a turn, over a real SQLite file, with a coach that only echoes."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import msgspec
import pytest

from bot.channels import Outcome
from bot.exchange import seed_of
from bot.store import people
from bot.store.failures import StoreAway
from flows.turn import Turn

HOUSE = Any  # the fixture of conftest.py


def record_of(house: HOUSE, address: str = "7") -> Any:
    with house.store.transaction() as connection:
        return people.meet(connection, house.store.vault, [("telegram", address)], None, house.clock())[0].record


async def test_a_text_is_answered_in_order(house: HOUSE) -> None:
    await house.say("hello")
    assert house.channel.texts() == ["heard hello", "question 1"]


async def test_take_returns_only_after_the_commit_of_everything(house: HOUSE) -> None:
    await house.turns.take(house.text("hello"))
    tables = ("records", "turns", "updates", "answers", "runs", "outbox")
    counts = {table: house.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
    assert counts == {"records": 1, "turns": 1, "updates": 1, "answers": 1, "runs": 1, "outbox": 2}


async def test_a_known_update_changes_nothing(house: HOUSE) -> None:
    await house.turns.take(house.text("hello", update="5"))
    await house.turns.take(house.text("hello", update="5"))
    await house.delivery.settled()
    assert house.channel.texts() == ["heard hello", "question 1"]


async def test_a_duplicate_in_the_same_tick_changes_nothing(house: HOUSE) -> None:
    arrival = house.press("1.0", update="5")
    await asyncio.gather(house.turns.take(arrival), house.turns.take(arrival))
    assert house.rows("SELECT count(*) FROM turns") == [(1,)]


async def test_two_copies_of_one_text_that_wait_together_are_one_utterance(house: HOUSE) -> None:
    arrival = house.text("hello", update="5")
    await asyncio.gather(house.turns.take(arrival), house.turns.take(arrival))
    await house.delivery.settled()
    assert house.channel.texts() == ["heard hello", "question 1"]


async def test_a_known_press_is_only_acknowledged_again(house: HOUSE) -> None:
    await house.say("hello")
    press = house.press("1.0")
    await house.turns.take(press)
    await house.turns.take(press)
    await house.delivery.settled()
    toasts = [message.target for message in house.channel.sent if message.kind == "acknowledge"]
    assert (toasts, house.rows("SELECT count(*) FROM turns")) == ([press.press] * 2, [(2,)])


async def test_an_update_with_a_smaller_number_is_not_a_duplicate(house: HOUSE) -> None:
    await house.turns.take(house.text("later", update="9"))
    await house.delivery.settled()
    await house.turns.take(house.text("earlier", update="8"))
    await house.delivery.settled()
    assert [text for text in house.channel.texts() if text.startswith("heard")] == ["heard later", "heard earlier"]


async def test_texts_that_wait_together_are_one_utterance(house: HOUSE) -> None:
    await asyncio.gather(*(house.turns.take(house.text(text)) for text in ("one", "two", "three")))
    await house.delivery.settled()
    assert house.channel.texts() == ["heard one\ntwo\nthree", "question 1"]


async def test_a_press_between_texts_keeps_its_place(house: HOUSE) -> None:
    arrivals = [house.text("one"), house.press("1.0"), house.text("two")]
    await asyncio.gather(*map(house.turns.take, arrivals))
    assert house.rows("SELECT count(*) FROM turns") == [(3,)]


async def test_many_people_share_a_tick(house: HOUSE) -> None:
    await asyncio.gather(*(house.turns.take(house.text("hi", address=str(n))) for n in range(70)))
    times = house.rows("SELECT count(*) FROM participants")
    assert times == [(70,)]


async def test_a_turn_that_raises_keeps_the_place_and_says_where_help_is(house: HOUSE) -> None:
    await house.say("hello", "boom")
    failures = house.rows("SELECT what, quarantined FROM failures")
    assert (house.channel.texts()[-1], record_of(house).asks, failures) == ("Sorry. Help: 112.", 1, [("ValueError", 0)])


async def test_a_record_over_its_bound_is_not_saved(house: HOUSE) -> None:
    await house.say("grow")
    assert (house.rows("SELECT what FROM failures"), record_of(house).wording) == ([("RecordTooLarge",)], {})


async def test_one_persons_poison_does_not_stop_the_others_of_its_tick(house: HOUSE) -> None:
    """A value that the database refuses fails the whole transaction; the people are then run one by one."""
    honest = house.engine.respond

    class Wild(str):
        def __getitem__(self, _: object) -> Any:
            return object()

    def wild(library: Any, record: Any, utterance: Any, now: Any, seed: Any) -> Turn:
        turn: Turn = honest(library, record, utterance, now, seed)
        return msgspec.structs.replace(turn, reading=Wild("x")) if utterance.text == "poison" else turn

    house.turns.tick.engine = msgspec.structs.replace(house.engine, respond=wild)
    people_ = {"1": "hi", "2": "poison", "3": "hi"}
    await asyncio.gather(*(house.turns.take(house.text(text, address=who)) for who, text in people_.items()))
    await house.delivery.settled()
    last = [house.channel.texts(who)[-1] for who in people_]
    assert last == ["question 1", "Sorry. Help: 112.", "question 1"]


async def test_a_failure_that_cannot_even_be_apologised_for_counts_as_done(house: HOUSE) -> None:
    await house.say("hello")

    def broken(*_: Any) -> Turn:
        raise RuntimeError

    house.turns.tick.engine = msgspec.structs.replace(house.engine, respond=broken, apologise=broken)
    await house.turns.take(house.text("again"))
    await house.delivery.settled()
    assert (house.channel.texts()[-1], house.rows("SELECT quarantined FROM failures")) == (
        "Help in your country",
        [(1,)],
    )


async def test_while_the_store_is_away_each_update_is_answered_once_and_left_unconfirmed(house: HOUSE) -> None:
    await house.say("country")
    house.store.transaction = lost  # the stand-in for a database that is gone
    arrival = house.text("help me")
    for _ in range(2):
        with pytest.raises(StoreAway):
            await house.turns.take(arrival)
    assert house.channel.texts()[2:] == ["Help in DE"]


async def test_a_stranger_gets_help_without_a_country_and_can_choose_one(house: HOUSE) -> None:
    house.store.transaction = lost
    for arrival in (house.text("hello"), house.press("country.FR")):
        with pytest.raises(StoreAway):
            await house.turns.take(arrival)
    assert house.channel.texts() == ["Help in your country", "Help in FR"]


async def test_help_that_could_not_be_sent_is_sent_with_the_next_delivery_of_the_update(house: HOUSE) -> None:
    house.store.transaction = lost
    house.channel.outcomes = [Outcome("wait", seconds=1)]
    arrival = house.text("hello")
    for _ in range(2):
        with pytest.raises(StoreAway):
            await house.turns.take(arrival)
    assert house.channel.texts() == ["Help in your country"]


async def test_whoever_waits_goes_on_even_if_help_itself_breaks(house: HOUSE) -> None:
    def broken(country: str | None) -> Any:
        raise RuntimeError

    house.store.transaction = lost
    house.turns.help_from_memory = broken
    with pytest.raises(StoreAway):
        await house.turns.take(house.text("hello"))


async def test_a_hiccup_of_the_database_is_no_reason_to_turn_people_away(house: HOUSE) -> None:
    honest, failures = house.store.transaction, [StoreAway()]

    def hiccup() -> Any:
        if failures:
            raise failures.pop()
        return honest()

    house.store.transaction = hiccup
    await asyncio.gather(*(house.turns.take(house.text("hi", address=str(n))) for n in range(3)))
    assert house.rows("SELECT count(*) FROM turns") == [(3,)]


async def test_somebody_erased_begins_anew(house: HOUSE) -> None:
    await house.say("hello")
    with house.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM keys")
    async with asyncio.timeout(5):
        await house.say("hello again")
    assert house.channel.texts()[-1] == "question 1"


async def test_what_could_not_be_confirmed_is_taken_when_the_store_is_back(house: HOUSE) -> None:
    honest = house.store.transaction
    house.store.transaction = lost
    arrival = house.text("hello")
    with pytest.raises(StoreAway):
        await house.turns.take(arrival)
    house.store.transaction = honest
    await house.turns.take(arrival)
    await house.delivery.settled()
    assert house.channel.texts() == ["Help in your country", "heard hello", "question 1"]


def lost() -> Any:
    raise StoreAway


async def test_what_was_typed_before_the_question_arrived_does_not_answer_it(house: HOUSE, until: Any) -> None:
    house.channel.outcomes = [Outcome("wait", seconds=0.3)]
    await house.turns.take(house.text("hello"))
    await until(lambda: house.channel.tried)
    await house.turns.take(house.text("too early"))
    assert house.rows("SELECT reading FROM turns ORDER BY number") == [("echo",), ("early",)]


async def test_an_unsent_question_that_is_said_again_is_sent_once(house: HOUSE, until: Any) -> None:
    house.channel.outcomes = [Outcome("wait", seconds=0.2)]
    await house.turns.take(house.text("hello"))
    await until(lambda: house.channel.tried)
    await house.turns.take(house.text("too early"))
    await house.delivery.settled()
    assert house.channel.texts() == ["heard hello", "question 1"]


async def test_a_text_dated_before_the_question_does_not_answer_it(house: HOUSE) -> None:
    early = house.text("typed before")
    house.clock.forward(seconds=2)
    await house.say("hello")
    await house.turns.take(early)
    assert house.rows("SELECT reading FROM turns WHERE number = 2") == [("early",)]


async def test_a_text_of_the_same_second_counts_as_seen(house: HOUSE) -> None:
    house.clock.forward(milliseconds=900)
    await house.say("hello", "answer")
    assert house.rows("SELECT reading FROM turns WHERE number = 2") == [("echo",)]


async def test_a_text_that_comes_while_its_question_is_being_sent_waits_for_the_landing(house: HOUSE) -> None:
    house.clock.forward(milliseconds=900)
    await house.turns.take(house.text("hello"))
    house.channel.gate.clear()
    while not house.delivery.asks_in_flight("telegram", "7"):
        await asyncio.sleep(0)
        house.channel.gate.set() if not house.channel.sent else house.channel.gate.clear()
    taking = asyncio.create_task(house.turns.take(house.text("quick answer")))
    await asyncio.sleep(0.02)
    house.channel.gate.set()
    await taking
    assert house.rows("SELECT reading FROM turns WHERE number = 2") == [("echo",)]


async def test_what_an_earlier_life_left_unmarked_counts_as_seen(house: HOUSE) -> None:
    await house.turns.take(house.text("hello"))
    house.kill()
    house.clock.forward(seconds=30)
    house.start()
    answer = house.text("answer", update="77")
    house.clock.forward(seconds=30)
    await house.delivery.adopt()
    await house.delivery.settled()
    await house.turns.take(answer)
    assert house.rows("SELECT reading FROM turns WHERE number = 2") == [("echo",)]


async def test_an_edit_of_the_last_answer_is_told_from_an_older_one(house: HOUSE) -> None:
    seen: list[str] = []
    honest = house.engine.respond

    def listening(library: Any, record: Any, utterance: Any, now: Any, seed: Any) -> Turn:
        seen.append(utterance.edits)
        return honest(library, record, utterance, now, seed) if not utterance.edits else Turn(record)

    house.turns.tick.engine = msgspec.structs.replace(house.engine, respond=listening)
    await house.say("one", "two")
    for old in ("m2", "m1"):
        await house.turns.take(msgspec.structs.replace(house.text("new"), replaces=old, message=""))
    assert seen == ["", "", "last", "older"]


async def test_a_third_start_after_unclean_ends_is_given_up(house: HOUSE, until: Any) -> None:
    """The stand-in for a turn that kills the process: its tick never gets to its commit."""
    house.kill()
    arrival = house.text("deadly", update="66")
    for _ in range(2):
        house.start()
        begun, end = threading.Event(), threading.Event()

        def deadly(*_: Any, begun: threading.Event = begun, end: threading.Event = end) -> Any:
            begun.set()
            end.wait()
            raise StoreAway

        house.turns.tick.run = deadly
        taking = asyncio.create_task(house.turns.take(arrival))
        await until(begun.is_set)
        taking.cancel()
        end.set()
        house.kill()
    house.start()
    await house.turns.take(arrival)
    await house.delivery.settled()
    failures = house.rows("SELECT what, quarantined FROM failures")
    assert (house.channel.texts(), failures) == (["Sorry. Help: 112."], [("Quarantined", 1)])


async def test_after_an_unclean_start_a_good_turn_forgets_its_starts(house: HOUSE) -> None:
    house.kill()
    house.start()
    await house.say("hello")
    assert (house.rows("SELECT * FROM attempts"), house.turns.tick.counting) == ([], False)


async def test_a_person_who_blocked_the_channel_is_noted_through_a_turn(house: HOUSE, until: Any) -> None:
    house.channel.outcomes = [Outcome("unreachable")]
    await house.turns.take(house.text("hello"))
    await until(lambda: house.rows("SELECT reachable FROM participants") == [(0,)])
    await house.delivery.settled()
    assert (record_of(house).unreachable, house.channel.sent) == (True, [])


async def test_the_same_turn_always_has_the_same_chance(house: HOUSE) -> None:
    await house.say("hello")
    [(who, seed)] = house.rows("SELECT participant, seed FROM turns")
    assert seed == seed_of(who, 1)
