"""What a door shows that draws by itself: the rows of one person, pulled when the page or the terminal wants them.

Pulled is sent: a row that is due is marked in the transaction that hands it out, under its own number as reference.
The person's typed words come from the log; those that it may not keep have no text there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from bot.store import outbox
from bot.store.log import Sealed
from bot.store.outbox import Body, Mark
from bot.store.store import Store
from bot.store.tables import identities, keys, turns
from bot.store.tables import outbox as rows
from bot.store.vault import Key, Vault, place
from flows.turn import Button

NEWEST = 200  # rows shown at most
LATE = dt.timedelta(seconds=10)  # as in delivery

WHO = (
    select(identities.c.participant, keys.c.wrapped)
    .join(keys, keys.c.participant == identities.c.participant)
    .where(identities.c.channel == bindparam("door"), identities.c.lookup == bindparam("name"))
)
SHOWN = (
    select(rows)
    .where(rows.c.participant == bindparam("who"), rows.c.channel == bindparam("door"))
    .where(rows.c.status.in_(("sent", "unsent")), rows.c.sealed.is_not(None))
    .order_by(rows.c.turn.desc(), rows.c.id.desc())
    .limit(NEWEST)
)
SAID = (
    select(turns.c.number, turns.c.at, turns.c.message, turns.c.sealed)
    .where(turns.c.participant == bindparam("who"), turns.c.channel == bindparam("door"), turns.c.message != "")
    .where(turns.c.number >= bindparam("first"))
)


class Line(msgspec.Struct, frozen=True):
    """Something to show, or to change in what is shown. `typed`: the person's own words, `message` their id.

    `fresh`: not handed out before.
    """

    at: dt.datetime
    turn: int
    row: int
    kind: Literal["say", "ask", "edit", "close", "acknowledge", "typed"]
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    ask: int = 0
    target: str = ""
    open: bool = False
    fresh: bool = False
    message: str = ""


class Pulled(msgspec.Struct, frozen=True):
    """Everything that can be shown now, in order, and when the next row is due, if one waits. `known`: met before."""

    known: bool = False
    lines: tuple[Line, ...] = ()
    next_at: dt.datetime | None = None


Pull = Callable[[str], Awaitable[Pulled]]  # address -> what there is to show


def pull(connection: Connection, vault: Vault, life: int, channel: str, address: str, now: dt.datetime) -> Pulled:
    """Hand out the person's rows and mark those that are new."""
    found = connection.execute(WHO, {"door": channel, "name": vault.lookup(channel, address)}).first()
    if found is None:
        return Pulled()
    key = vault.open_key(found.participant, found.wrapped)
    kept = connection.execute(SHOWN, {"who": found.participant, "door": channel}).all()
    missed = [row for row in kept if _is_missed(row, life, now)]
    due = [row for row in kept if row.not_before <= now and row not in missed]
    fresh = [row for row in due if row.status == "unsent"]
    marks = [Mark(found.participant, row.id, "sent", now, str(row.id)) for row in fresh]
    outbox.mark(connection, marks + [Mark(found.participant, row.id, "cancelled", now) for row in missed])
    lines = [_line(vault, key, row) for row in due]
    if due:
        first = {"who": found.participant, "door": channel, "first": min(row.turn for row in due)}
        lines += _typed(vault, key, found.participant, connection.execute(SAID, first).all())
    waiting = [row.not_before for row in kept if row.not_before > now and row not in missed]
    return Pulled(True, tuple(sorted(lines, key=_order)), min(waiting, default=None))


def pulling(store: Store, channel: str, clock: Callable[[], dt.datetime]) -> Pull:
    """`pull` for one channel, each time in the database thread."""

    async def pull_for(address: str) -> Pulled:
        return await store.run(lambda connection: pull(connection, store.vault, store.life, channel, address, clock()))

    return pull_for


def _is_missed(row: Row[Any], life: int, now: dt.datetime) -> bool:
    """A timed bubble that an earlier life left: the exercise was interrupted, only its ask is said."""
    earlier = row.adopted or row.life != life
    return bool(row.timed and row.kind == "say" and row.status == "unsent" and earlier and row.not_before < now - LATE)


def _line(vault: Vault, key: Key, row: Row[Any]) -> Line:
    plain = vault.unseal(key, place("outbox", "sealed", row.participant, row.id), row.sealed)
    body = msgspec.json.decode(plain, type=Body)
    return Line(
        at=row.not_before,
        turn=row.turn,
        row=row.id,
        kind=row.kind,
        text=body.text,
        buttons=body.buttons,
        ask=row.ask,
        target=row.target,
        open=row.open,
        fresh=row.status == "unsent",
    )


def _typed(vault: Vault, key: Key, participant: str, found: Any) -> list[Line]:
    lines = []
    for number, at, message, sealed in found:
        plain = vault.unseal(key, place("turns", "sealed", participant, number), sealed)
        utterance = msgspec.json.decode(plain, type=Sealed).utterance
        if utterance.text is not None:
            lines.append(Line(at, number, -1, "typed", utterance.text, message=message))
    return lines


def _order(line: Line) -> tuple[dt.datetime, int, int]:
    return line.at, line.turn, line.row
