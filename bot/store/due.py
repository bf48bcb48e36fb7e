"""Rows of reminders: what is due, and when the next one is. What should be there says `flows/agenda.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select

from bot.store import dialects
from bot.store.tables import reminders

BATCH = 64  # due rows taken at once: as many as a tick takes people


class Reminder(msgspec.Struct, frozen=True):
    """A row. `due_at` None: it has fired and nothing follows, but the date it served is remembered."""

    participant: str
    kind: str
    purpose: str
    rule: str
    zone: str
    due_at: dt.datetime | None
    day: dt.date
    moved: bool = False
    generation: int = 0
    last_day: dt.date | None = None


COLUMNS = tuple(reminders.c[name] for name in Reminder.__struct_fields__)
OF = select(*COLUMNS).where(reminders.c.participant.in_(bindparam("ids", expanding=True)))
DUE = select(*COLUMNS).where(reminders.c.due_at <= bindparam("now")).order_by(reminders.c.due_at).limit(BATCH)
NEXT = select(func.min(reminders.c.due_at))
DROP = delete(reminders).where(
    reminders.c.participant == bindparam("who"),
    reminders.c.kind == bindparam("what"),
    reminders.c.purpose == bindparam("about"),
)


def of(connection: Connection, ids: Collection[str]) -> dict[str, list[Reminder]]:
    """The reminders of these participants."""
    found: dict[str, list[Reminder]] = {}
    for row in connection.execute(OF, {"ids": list(ids)}):
        found.setdefault(row[0], []).append(Reminder(*row))
    return found


def due(connection: Connection, now: dt.datetime) -> list[Reminder]:
    """A batch of what is due, the oldest first."""
    return [Reminder(*row) for row in connection.execute(DUE, {"now": now})]


def next_due(connection: Connection) -> dt.datetime | None:
    """When the next reminder of anybody is due."""
    moment: dt.datetime | None = connection.scalar(NEXT)
    return moment


def write(connection: Connection, changed: Sequence[Reminder]) -> None:
    """Insert these rows, or bring them up to date."""
    rows = [msgspec.structs.asdict(reminder) for reminder in changed]
    dialects.many(connection, dialects.upsert(reminders, connection.dialect.name), rows)


def drop(connection: Connection, gone: Iterable[Reminder]) -> None:
    """Delete these rows."""
    rows = [{"who": each.participant, "what": each.kind, "about": each.purpose} for each in gone]
    dialects.many(connection, DROP, rows)
