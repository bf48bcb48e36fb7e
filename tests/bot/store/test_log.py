"""The log keeps what replay needs, and of words only what may be kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from bot.store import due, log, people, texts, tidy, updates
from bot.store.log import Sealed, keeps_words
from bot.store.store import Store
from bot.store.vault import place
from flows.record import Consent, Record
from flows.turn import Answer, RunFact, Turn

HOUSE = Any  # the fixture of conftest.py
NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
ALONE = Record("p", "en", NOON)
CONSENTED = msgspec.structs.replace(ALONE, consents={"processing": Consent(True, "v1", "en", NOON)})
WITHDRAWN = msgspec.structs.replace(ALONE, consents={"processing": Consent(False, "v1", "en", NOON)})
DISCARDED = (Answer("s", "worry", "text", "private", "discard"),)


@pytest.mark.parametrize(
    ("before", "turn", "kept"),
    [
        (CONSENTED, Turn(CONSENTED), True),
        (ALONE, Turn(ALONE), False),
        (ALONE, Turn(CONSENTED), False),
        (CONSENTED, Turn(WITHDRAWN), False),
        (CONSENTED, Turn(CONSENTED, answers=DISCARDED), False),
    ],
)
def test_words_are_kept_only_with_consent_and_never_of_a_discarded_answer(
    before: Record, turn: Turn, kept: bool
) -> None:
    assert keeps_words(before, turn) is kept


def sealed_turn(house: HOUSE) -> Sealed:
    with house.store.transaction() as connection:
        person = people.meet(connection, house.store.vault, [("telegram", "7")], None, NOON)[0]
        [(number, sealed)] = connection.exec_driver_sql("SELECT number, sealed FROM turns ORDER BY number DESC LIMIT 1")
    plain = house.store.vault.unseal(person.key, place("turns", "sealed", person.id, number), sealed)
    return msgspec.json.decode(plain, type=Sealed)


async def test_before_consent_the_log_holds_the_way_but_not_the_words(house: HOUSE) -> None:
    await house.say("my secret")
    logged = sealed_turn(house)
    assert (logged.utterance.text, [step.left_by for step in logged.steps]) == ("", ["secret_way"])


async def test_after_consent_the_words_are_there_for_whoever_has_the_key(house: HOUSE) -> None:
    honest = house.engine.respond

    def respond(library: Any, record: Record, *rest: Any) -> Turn:
        turn: Turn = honest(library, record, *rest)
        return msgspec.structs.replace(turn, record=msgspec.structs.replace(turn.record, consents=CONSENTED.consents))

    house.turns.tick.engine = msgspec.structs.replace(house.engine, respond=respond)
    await house.say("hello", "my secret")
    assert sealed_turn(house).utterance.text == "my secret"


async def test_only_kept_answers_of_level_summary_stand_plain(house: HOUSE) -> None:
    await house.say("discard")
    assert house.rows("SELECT slot, number, choice FROM answers") == [("mood", 7, None)]


async def test_an_answer_that_is_taken_back_no_longer_stands_plain_and_the_log_stays(house: HOUSE) -> None:
    await house.say("discard")
    number = house.rows("SELECT max(turn) FROM answers")[0][0]

    def going_back(library: Any, record: Record, *_: Any) -> Turn:
        return Turn(record, taken_back=(number,))

    house.turns.tick.engine = msgspec.structs.replace(house.engine, respond=going_back)
    await house.say("back")
    counts = "SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM turns WHERE number = " + str(number) + ")"
    assert house.rows(counts) == [(0, 1)]


async def test_a_run_keeps_its_beginning_and_gets_its_end(house: HOUSE) -> None:
    await house.say("hello")
    house.clock.forward(minutes=10)

    def ending(library: Any, record: Record, *_: Any) -> Turn:
        fact = RunFact("r1", "talk", "v1", "session", "ended", "done", reached_plan=True)
        return Turn(msgspec.structs.replace(record, runs=()), runs=(fact,))

    house.turns.tick.engine = msgspec.structs.replace(house.engine, respond=ending)
    await house.say("bye")
    assert [
        (status, end, plan, started[11:16], ended[11:16])
        for status, end, plan, started, ended in house.rows(
            "SELECT status, end, reached_plan, started, ended FROM runs"
        )
    ] == [("ended", "done", 1, "12:00", "12:10")]


def test_a_version_is_stored_once_and_needed_while_a_run_waits(store: Store) -> None:
    with store.transaction() as connection:
        texts.keep(connection, [("talk", "v1", b"one"), ("talk", "v2", b"two")], NOON)
        texts.keep(connection, [("talk", "v1", b"other")], NOON)
        connection.exec_driver_sql("INSERT INTO participants VALUES ('p', '2026', 1)")
        connection.exec_driver_sql(
            "INSERT INTO runs VALUES ('p', 'r', 'talk', 'v1', 'session', 'open', '', '2026', '2026', NULL, 0)"
        )
        assert (texts.needed(connection), len(texts.stored(connection))) == ([("talk", "v1", b"one")], 2)


async def test_a_day_later_what_was_said_is_gone_but_the_open_ask_and_a_week_later_the_ids(house: HOUSE) -> None:
    await house.say("hello")
    found = []
    for days in (0.5, 1, 6):
        house.clock.forward(days=days)
        await house.store.run(lambda connection: tidy.tidy(connection, house.clock()))
        found.append(house.rows("SELECT (SELECT group_concat(kind) FROM outbox), (SELECT count(*) FROM updates)")[0])
    assert found == [("say,ask", 1), ("ask", 1), ("ask", 0)]


def test_an_update_noted_twice_in_one_moment_is_refused_by_the_database(store: Store) -> None:
    with store.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO participants VALUES ('p', '2026', 1)")
        updates.note(connection, [("p", "telegram", "5")], NOON)
    with pytest.raises(Exception, match="UNIQUE"), store.transaction() as connection:
        updates.note(connection, [("p", "telegram", "5")], NOON)


def test_nothing_is_due_in_an_empty_house(store: Store) -> None:
    with store.transaction() as connection:
        assert (due.due(connection, NOON), due.next_due(connection)) == ([], None)


async def test_the_message_of_the_last_answer_is_known(house: HOUSE) -> None:
    await house.say("one", "two")
    [(who,)] = house.rows("SELECT id FROM participants")
    with house.store.transaction() as connection:
        assert log.last_answered(connection, who) == "m2"
