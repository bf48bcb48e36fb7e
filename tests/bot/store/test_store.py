"""The store opens as it must, says in one sentence what is wrong, and lets one service in."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.store import dialects, people
from bot.store.failures import (
    AlreadyServing,
    RecordMoved,
    StoreAway,
    StoreBroken,
    StoreFull,
    StoreLocked,
    StoreProblem,
    StoreReadOnly,
    translated,
)
from bot.store.lock import ServeLock
from bot.store.people import Person
from bot.store.store import Store
from bot.store.vault import Vault
from flows.record import Record

NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)


def newcomer(who: str, address: tuple[str, str]) -> Record:
    return Record(who, "en", NOON)


def meet(store: Store, *addresses: str) -> list[Person]:
    with store.transaction() as connection:
        return people.meet(connection, store.vault, [("telegram", each) for each in addresses], newcomer, NOON)


def test_every_commit_reaches_the_disk(store: Store) -> None:
    with store.transaction() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


def test_a_person_met_again_is_the_same(store: Store) -> None:
    assert meet(store, "7")[0].id == meet(store, "7")[0].id


def test_people_come_in_the_order_of_their_ids(store: Store) -> None:
    ids = [person.id for person in meet(store, *map(str, range(20)))]
    assert ids == sorted(ids)


def test_a_record_changed_by_somebody_else_is_not_overwritten(store: Store) -> None:
    [person] = meet(store, "7")
    with store.transaction() as connection:
        people.save(connection, store.vault, [(person, person.record, people.document(person.record))])
    with pytest.raises(RecordMoved), store.transaction() as connection:
        people.save(connection, store.vault, [(person, person.record, people.document(person.record))])


def test_what_a_person_had_goes_with_them(store: Store) -> None:
    meet(store, "7")
    with store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM participants")
        left = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar()
            for name in ("keys", "records", "identities")
        ]
    assert left == [0, 0, 0]


def test_an_address_can_be_read_back_only_by_the_vault(store: Store) -> None:
    [person] = meet(store, "7")
    with store.transaction() as connection:
        assert people.addresses(connection, store.vault, [person.id]) == {person.id: {"telegram": "7"}}


def test_a_locked_database_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialects, "BUSY", 10)
    store = Store(f"sqlite:///{tmp_path / 'willow.db'}", Vault(bytes(32)))
    store.migrate()
    other = sqlite3.connect(tmp_path / "willow.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreLocked, match="locked by another program; stop"):
        meet(store, "7")
    other.close()
    store.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "willow.db").write_bytes(b"this is no database, but it is long enough to look at" * 40)
    with pytest.raises(StoreBroken, match="restore the newest backup"):
        Store(f"sqlite:///{tmp_path / 'willow.db'}", Vault(bytes(32))).migrate()


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "willow.db").mkdir()
    with pytest.raises(StoreAway):
        Store(f"sqlite:///{tmp_path / 'willow.db'}", Vault(bytes(32))).migrate()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("attempt to write a readonly database", StoreReadOnly),
        ("database or disk is full", StoreFull),
        ("disk I/O error", StoreAway),
        ("server closed the connection unexpectedly", StoreAway),
    ],
)
def test_what_the_database_says_becomes_a_sentence_without_its_words(words: str, problem: type[StoreProblem]) -> None:
    with pytest.raises(problem) as told, translated():
        raise OperationalError("SELECT secret", {}, Exception(words))
    assert words not in str(told.value)


def test_the_database_that_takes_no_writes_is_not_there(store: Store) -> None:
    here = store.is_there()
    with store.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE lives")
    assert (here, store.is_there()) == (True, False)


def test_a_life_that_was_not_ended_was_killed(store: Store) -> None:
    found = []
    for killed in (True, False, False):
        store.begin_life(NOON)
        found.append((store.life, store.unclean))
        if not killed:
            store.end_life(NOON)
    assert found == [(1, False), (2, True), (3, False)]


def test_one_home_has_one_service(tmp_path: Path) -> None:
    first, second = ServeLock(tmp_path), ServeLock(tmp_path)
    first.take()
    with pytest.raises(AlreadyServing, match="HOME of its own"):
        second.take()
    first.release()
    second.take()
    second.release()


async def test_the_loop_is_free_while_the_database_works(store: Store) -> None:
    here = threading.get_ident()
    assert await store.threaded(threading.get_ident) != here
