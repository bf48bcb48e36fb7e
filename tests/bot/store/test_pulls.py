"""What a page pulls: rows in their order, marked when they are handed out, late ones of an earlier life left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from bot.channels import Arrival
from bot.store.pulls import Pulled, pulling
from flows.turn import Reply, Turn, Utterance


def typed(house: Any, text: str, address: str = "a") -> Arrival:
    name = f"{text} {house.clock().isoformat()}"
    return Arrival("browser", address, name, Utterance(house.clock(), text=text), message=name)


async def pull(house: Any, address: str = "a") -> Pulled:
    return await pulling(house.store, "browser", house.clock)(address)


def shown(pulled: Pulled) -> list[str]:
    return [line.text for line in pulled.lines if line.kind in ("say", "ask", "typed")]


@pytest.fixture
def timed(house: Any) -> Any:
    """A house whose answers are three bubbles, one at once, two in their time, and an ask."""

    def respond(library: Any, record: Any, utterance: Utterance, now: dt.datetime, seed: int) -> Turn:
        replies = [Reply("say", word, after=after) for word, after in (("now", 0.0), ("in", 4.0), ("out", 8.0))]
        ask = Reply("ask", "done?", ask=1, after=9.0, lasting=True)
        return Turn(msgspec.structs.replace(record, asks=1), (*replies, ask))

    house.engine = msgspec.structs.replace(house.engine, respond=respond)
    house.turns.tick.engine = house.engine
    return house


async def test_a_stranger_pulls_nothing(house: Any) -> None:
    assert await pull(house) == Pulled()


async def test_rows_come_in_order_behind_the_words_that_caused_them(house: Any) -> None:
    await house.turns.take(typed(house, "hello"))
    await pull(house)
    house.clock.forward(minutes=1)
    await house.turns.take(typed(house, "again"))
    assert shown(await pull(house)) == ["", "heard hello", "question 1", "", "heard again", "question 2"]


async def test_what_is_handed_out_is_sent_under_its_own_number(house: Any) -> None:
    await house.turns.take(typed(house, "hello"))
    await pull(house)
    assert house.rows("SELECT DISTINCT status, reference = id FROM outbox") == [("sent", 1)]


async def test_a_row_is_fresh_once(house: Any) -> None:
    await house.turns.take(typed(house, "hello"))
    first, second = await pull(house), await pull(house)
    assert [any(line.fresh for line in pulled.lines) for pulled in (first, second)] == [True, False]


async def test_a_bubble_that_no_page_pulled_before_the_next_turn_is_cancelled_like_any_other(house: Any) -> None:
    await house.turns.take(typed(house, "hello"))
    house.clock.forward(minutes=1)
    await house.turns.take(typed(house, "again"))
    assert "heard hello" not in shown(await pull(house))


async def test_nobody_pulls_what_was_said_to_another(house: Any) -> None:
    await house.turns.take(typed(house, "hello"))
    await house.turns.take(typed(house, "good morning", "b"))
    assert "heard hello" not in shown(await pull(house, "b"))


async def test_only_the_open_ask_is_open(house: Any) -> None:
    await house.turns.take(typed(house, "hello"))
    house.clock.forward(minutes=1)
    await house.turns.take(typed(house, "again"))
    asks = [(line.ask, line.open) for line in (await pull(house)).lines if line.kind == "ask"]
    assert asks == [(1, False), (2, True)]


async def test_a_timed_row_waits_for_its_time_and_says_when_that_is(timed: Any) -> None:
    await timed.turns.take(typed(timed, "breathe"))
    pulled = await pull(timed)
    assert (shown(pulled), pulled.next_at) == (["", "now"], timed.clock() + dt.timedelta(seconds=4))


async def test_when_all_have_come_nothing_waits(timed: Any) -> None:
    await timed.turns.take(typed(timed, "breathe"))
    timed.clock.forward(seconds=9)
    pulled = await pull(timed)
    assert (shown(pulled), pulled.next_at) == (["", "now", "in", "out", "done?"], None)


async def test_a_page_that_looks_late_still_gets_the_whole_list(timed: Any) -> None:
    await timed.turns.take(typed(timed, "breathe"))
    timed.clock.forward(minutes=5)
    assert shown(await pull(timed)) == ["", "now", "in", "out", "done?"]


async def test_after_a_restart_what_is_late_is_dropped_and_the_ask_said(timed: Any) -> None:
    await timed.turns.take(typed(timed, "breathe"))
    await pull(timed)
    timed.kill()
    timed.clock.forward(minutes=5)
    timed.start()
    assert shown(await pull(timed)) == ["", "now", "done?"]
