"""Content by version: a run finishes the flow that it began, however often content/ has changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, exists, select

from bot.store import dialects
from bot.store.tables import runs, texts

Compiled = tuple[str, str, bytes]  # name of the flow, its version, the document


def keep(connection: Connection, compiled: Iterable[Compiled], now: dt.datetime) -> None:
    """Store the versions that are new."""
    rows = [{"flow": flow, "version": version, "body": body, "stored": now} for flow, version, body in compiled]
    if rows:
        connection.execute(dialects.insert_new(texts, connection.dialect.name), rows)


def stored(connection: Connection) -> list[Compiled]:
    """Every version, oldest first."""
    rows = connection.execute(
        select(texts.c.flow, texts.c.version, texts.c.body).order_by(texts.c.stored, texts.c.flow)
    )
    return [(flow, version, body) for flow, version, body in rows]


def needed(connection: Connection) -> list[Compiled]:
    """The versions that runs which are not over began with; `left` ones may be taken up again."""
    waits = runs.c.status.in_(("open", "paused", "left"))
    of_one = exists().where(waits, runs.c.flow == texts.c.flow, runs.c.version == texts.c.version)
    rows = connection.execute(select(texts.c.flow, texts.c.version, texts.c.body).where(of_one))
    return [(flow, version, body) for flow, version, body in rows]
