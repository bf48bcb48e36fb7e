"""The lives of the service: when it started, when it was seen, whether it stopped or was killed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.store import dialects
from bot.store.tables import lives

NEWEST = select(lives.c.number, lives.c.stopped).order_by(lives.c.number.desc()).limit(1)
MARK = update(lives).where(lives.c.number == bindparam("life"))


def begin(connection: Connection, now: dt.datetime) -> tuple[int, bool]:
    """Open the next life: (its number, whether the newest one before has no end)."""
    dialects.one_at_a_time(connection)
    before = connection.execute(NEWEST).first()
    number = before.number + 1 if before else 1
    connection.execute(insert(lives), {"number": number, "started": now, "seen": now})
    return number, before is not None and before.stopped is None


def end(connection: Connection, life: int, now: dt.datetime) -> None:
    """Close a life in order."""
    connection.execute(MARK.values(stopped=now, seen=now), {"life": life})


def sign(connection: Connection, life: int, now: dt.datetime) -> None:
    """This life is still there."""
    connection.execute(MARK.values(seen=now), {"life": life})


def touch(connection: Connection, life: int) -> None:
    """A write that changes nothing: it fails if the database is away, read-only or full."""
    connection.execute(MARK.values(number=lives.c.number), {"life": life})


def living(connection: Connection, life: int, silent_since: dt.datetime) -> list[int]:
    """Numbers of the lives that may still send what they wrote: this one, and others that gave a sign since.

    SQLite has one service at a time (`lock.py`): whatever another life left there is an orphan at once.
    """
    if not dialects.locks_rows(connection):
        return [life]
    alive = (lives.c.stopped.is_(None), lives.c.seen >= silent_since, lives.c.number != life)
    return [life, *connection.scalars(select(lives.c.number).where(*alive))]
