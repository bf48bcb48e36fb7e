"""The record of somebody who goes on talking is not read anew, and what others wrote always is."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from bot.store import people
from bot.store.people import Person
from bot.store.store import Store
from bot.store.vault import KNOWN, Tampered, Vault, place
from flows.record import Record

NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
HERE = place("records", "sealed", "p1", 1)


def newcomer(who: str, _address: tuple[str, str]) -> Record:
    return Record(who, "en", NOON)


def met(store: Store) -> Person:
    with store.transaction() as connection:
        [person] = people.meet(connection, store.vault, [("telegram", "7")], newcomer, NOON)
    return person


def saved(store: Store, person: Person, turns: int) -> Record:
    record = msgspec.structs.replace(person.record, turns=turns)
    with store.transaction() as connection:
        people.save(connection, store.vault, [(person, record, people.document(record))])
    return record


def test_what_was_saved_is_met_again_without_reading_it(store: Store) -> None:
    record = saved(store, met(store), 1)
    assert met(store).record is record


def test_it_is_handed_out_once_so_that_a_failed_turn_leaves_no_trace(store: Store) -> None:
    record = saved(store, met(store), 1)
    first, second = met(store).record, met(store).record
    assert (first is record, second is record, second == record) == (True, False, True)


def test_what_another_process_saved_in_our_place_is_read_from_the_row(store: Store) -> None:
    person = met(store)
    saved(store, person, 1)
    theirs = msgspec.structs.replace(person.record, turns=2)
    sealed = store.vault.seal(person.key, place("records", "sealed", person.id, 1), people.document(theirs))
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE records SET version = 1, sealed = ?", (sealed,))
    assert met(store).record == theirs


def test_what_was_rolled_back_is_not_remembered_as_saved(store: Store) -> None:
    person = met(store)
    lost = msgspec.structs.replace(person.record, turns=9)
    with store.transaction() as connection:
        people.save(connection, store.vault, [(person, lost, people.document(lost))])
        connection.rollback()
    assert met(store).record == person.record


def test_a_row_moved_to_another_version_is_noticed_although_it_is_remembered(store: Store) -> None:
    saved(store, met(store), 1)
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE records SET version = 5")
    with pytest.raises(Tampered):
        met(store)


def test_after_forgetting_nothing_is_remembered() -> None:
    vault = Vault(bytes(32))
    key, _ = vault.new_key("p1")
    vault.remember(key, HERE, b"sealed", "words")
    vault.forget_opened()
    assert vault.remembered(key, HERE, b"sealed") is None


def test_only_the_last_people_are_remembered() -> None:
    vault = Vault(bytes(32))
    keys = [vault.new_key(f"p{number}")[0] for number in range(KNOWN + 1)]
    for key in keys:
        vault.remember(key, HERE, b"sealed", "words")
    found = [vault.remembered(key, HERE, b"sealed") for key in (keys[0], keys[1], keys[-1])]
    assert found == [None, "words", "words"]
