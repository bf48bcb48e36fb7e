"""No statement of a turn or of a look at the due rows walks through a whole table, however many people there are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from bot.channels import Outcome

HOUSE = Any  # the fixture of conftest.py


class Listener:
    """Every statement that the database was given, with the first of its values."""

    def __init__(self) -> None:
        self.heard: dict[str, Any] = {}

    def __call__(self, _: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            self.heard.setdefault(statement, parameters[0] if many else parameters)


async def plans(house: HOUSE, until: Any) -> dict[str, list[str]]:
    """How SQLite goes about each statement of three turns, their messages, and a look at what is due."""
    await house.reminders.ring()  # tidies first, which walks by design
    listener = Listener()
    event.listen(house.store.engine, "before_cursor_execute", listener)
    house.channel.outcomes = [Outcome("wait", seconds=0.1)]
    await house.turns.take(house.text("hello"))
    await until(lambda: house.channel.tried)
    await house.turns.take(house.text("too early"))
    await house.turns.take(house.press("1.0"))
    await house.delivery.settled()
    await house.reminders.ring()
    await house.delivery.adopt()
    event.remove(house.store.engine, "before_cursor_execute", listener)
    found = {}
    with house.store.transaction() as connection:
        for statement, values in listener.heard.items():
            steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            found[statement] = [step[-1] for step in steps]
    return found


async def test_every_statement_of_a_turn_goes_straight_to_its_rows(house: HOUSE, until: Any) -> None:
    found = await plans(house, until)
    walks = {statement: [step for step in steps if "SCAN" in step] for statement, steps in found.items()}
    walks = {statement: steps for statement, steps in walks.items() if steps and "ix_outbox_unsent" not in str(steps)}
    assert (walks, len(found) > 15) == ({}, True)


async def test_unsent_rows_and_open_asks_are_found_by_their_own_small_indexes(house: HOUSE, until: Any) -> None:
    found = await plans(house, until)
    small = {"status = 'unsent'": "ix_outbox_unsent", "AND open ": "ix_outbox_open"}
    used = {
        index: {index in " ".join(steps) for text, steps in found.items() if words in text}
        for words, index in small.items()
    }
    assert used == {"ix_outbox_unsent": {True}, "ix_outbox_open": {True}}
