"""The sentences that SQLite and PostgreSQL say differently, each named once.

Everything else in the store is plain SQLAlchemy Core. Statements are built once per dialect and kept.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Connection, Dialect, Executable, LargeBinary, Select, Table, event, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine

STARTING = 20_261_125  # any number, the same in every process: PostgreSQL's lock of who starts
BUSY = 5_000  # milliseconds that SQLite waits for another writer

Row = dict[str, Any]  # values by the names of the statement


@functools.cache
def _insert(table: Table, dialect: str) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@functools.cache
def insert_new(table: Table, dialect: str) -> Executable:
    """Insert what is not there yet; leave what is."""
    statement: Executable = _insert(table, dialect).on_conflict_do_nothing()
    return statement


@functools.cache
def upsert(table: Table, dialect: str, *keep: str) -> Executable:
    """Insert, or bring every column outside the key up to date, but for those named in `keep`."""
    statement = _insert(table, dialect)
    fresh = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if not column.primary_key and column.name not in keep
    }
    settled: Executable = statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=fresh)
    return settled


@functools.cache
def count_up(table: Table, dialect: str, counter: str) -> Executable:
    """Insert, or add one to the counter."""
    statement = _insert(table, dialect)
    rising = {counter: table.c[counter] + 1}
    settled: Executable = statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=rising)
    return settled


@functools.cache
def add_up(table: Table, dialect: str, counter: str) -> Executable:
    """Insert, or add the new row's counter to the old one's."""
    statement = _insert(table, dialect)
    rising = {counter: table.c[counter] + statement.excluded[counter]}
    settled: Executable = statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=rising)
    return settled


class Many:
    """A statement for many rows: compiled once, its values given to the driver without a detour.

    On the path of a turn this is many times cheaper than `execute` with a list, which takes every row apart by name.
    """

    def __init__(self, statement: Executable, names: Sequence[str], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))  # type: ignore[attr-defined]
        self.sql: str = compiled.string
        self.constants = {name: value for name, value in compiled.params.items() if name not in names}
        self.positions: list[str] | None = compiled.positiontup
        self.shapes = {
            name: shape
            for bind, name in compiled.bind_names.items()
            if not isinstance(bind.type, (Boolean, LargeBinary))
            and (shape := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }

    def values(self, rows: list[Row]) -> list[Any]:
        """The values of rows as the driver wants them: by position for SQLite, by name for PostgreSQL. Changes rows."""
        if self.constants:
            for row in rows:
                row.update(self.constants)
        for name, shape in self.shapes.items():
            for row in rows:
                row[name] = shape(row[name])
        if self.positions is None:
            return rows
        if len(self.positions) == 1:
            return [(row[self.positions[0]],) for row in rows]
        return list(map(itemgetter(*self.positions), rows))


@functools.cache
def _many(statement: Executable, names: tuple[str, ...], dialect: Dialect) -> Many:
    return Many(statement, names, dialect)


def many(connection: Connection, statement: Executable, rows: list[Row]) -> int:
    """Run the statement once per row, all with the same names; how many rows it touched. The rows are used up."""
    if not rows:
        return 0
    prepared = _many(statement, tuple(rows[0]), connection.dialect)
    return connection.exec_driver_sql(prepared.sql, prepared.values(rows)).rowcount


@functools.cache
def into(table: Table) -> Executable:
    """A plain insert, one per table."""
    return insert(table)


def locks_rows(connection: Connection) -> bool:
    """True where several workers may hold rows at once; SQLite's transaction holds the whole database."""
    return connection.dialect.name == "postgresql"


def locked(statement: Select[Any]) -> Select[Any]:
    """Take the rows that nobody else holds, and hold them."""
    return statement.with_for_update(skip_locked=True)


def one_at_a_time(connection: Connection) -> None:
    """Let one process at a time migrate or begin a life. SQLite's immediate transaction already does."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": STARTING})


def prepare(engine: Engine) -> None:
    """Durable, patient and strict: what each new connection is told."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that tables too are made in one transaction
    for pragma in ("journal_mode = WAL", "synchronous = FULL", f"busy_timeout = {BUSY}", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def arguments(dialect: Dialect) -> dict[str, Any]:
    """What the driver is told when it connects: a dead link must not hold a person's row for hours."""
    if dialect.name != "postgresql":
        return {"timeout": BUSY / 1000, "check_same_thread": False}
    patience = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    return {**patience, "tcp_user_timeout": 15_000, "options": "-c idle_in_transaction_session_timeout=15s"}
