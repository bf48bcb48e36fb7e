"""The outbox: what is to be said, in order per person, and what became of it.

A row is written in its turn's transaction and sent only after the commit. Marks come later: a row without one may have
arrived, and a later life that adopts it says so (`adopted`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from sqlalchemy import Connection, Row, bindparam, select, update

from bot.channels import Message
from bot.store import dialects, lives, people
from bot.store.tables import OPEN, UNSENT, keys, outbox
from bot.store.vault import Key, Vault, place
from flows.turn import Button

Kind = Literal["say", "ask", "edit", "close", "acknowledge"]
PAGE = 500  # rows adopted at once


class Body(msgspec.Struct, frozen=True, gc=False):
    """What is sealed of a row."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()


class Post(msgspec.Struct, frozen=True, gc=False):
    """A message with what decides when it is sent. `turn` and `message.row` give the order within a person."""

    message: Message
    turn: int
    not_before: dt.datetime
    timed: bool = False
    lasting: bool = False
    open: bool = False
    adopted: bool = False


class Copy(msgspec.Struct, frozen=True, gc=False):
    """A row that carries an ask: said once, or several times under the same number."""

    row: int
    ask: int
    status: str
    reference: str
    sent_at: dt.datetime | None
    adopted: bool


class Mark(msgspec.Struct, frozen=True, gc=False):
    """What became of a row. `at` is when the send began: the channel dates the message then or later."""

    participant: str
    row: int
    status: Literal["sent", "cancelled", "dead"]
    at: dt.datetime
    reference: str = ""
    attempts: int = 1


_mine = (outbox.c.participant == bindparam("who"), outbox.c.id == bindparam("row"))
OPEN_ASKS = (
    select(
        outbox.c.participant,
        outbox.c.id,
        outbox.c.ask,
        outbox.c.status,
        outbox.c.reference,
        outbox.c.sent_at,
        outbox.c.adopted,
    )
    .where(outbox.c.participant.in_(bindparam("ids", expanding=True)), OPEN)
    .order_by(outbox.c.participant, outbox.c.turn, outbox.c.id)
)
MARK = (
    update(outbox)
    .where(*_mine)
    .values(
        status=bindparam("fate"), reference=bindparam("name"), sent_at=bindparam("when"), attempts=bindparam("tries")
    )
)
SHUT = update(outbox).where(*_mine).values(open=False)
CANCEL = (
    update(outbox)
    .where(outbox.c.participant == bindparam("who"), UNSENT)
    .where(outbox.c.lasting.is_(False), outbox.c.turn < bindparam("before"))
    .values(status="cancelled", sent_at=bindparam("when"))
)
SUPERSEDE = (
    update(outbox).where(*_mine, outbox.c.status == "unsent").values(status="cancelled", sent_at=bindparam("when"))
)
ORPHANS = dialects.locked(
    select(outbox.c.participant, outbox.c.id)
    .where(UNSENT, outbox.c.channel.in_(bindparam("channels", expanding=True)))
    .where(outbox.c.life.not_in(bindparam("living", expanding=True)))
    .order_by(outbox.c.participant, outbox.c.turn, outbox.c.id)
    .limit(PAGE)
)
ADOPT = update(outbox).where(*_mine).values(life=bindparam("into"), adopted=True)
ROWS = (
    select(outbox, keys.c.wrapped)
    .join(keys, keys.c.participant == outbox.c.participant)
    .where(
        outbox.c.participant.in_(bindparam("whose", expanding=True)), outbox.c.id.in_(bindparam("ids", expanding=True))
    )
    .order_by(outbox.c.turn, outbox.c.id)
)
TARGET = (
    select(outbox.c.reference)
    .where(outbox.c.participant == bindparam("who"), outbox.c.ask == bindparam("number"))
    .where(outbox.c.kind == "ask", outbox.c.status == "sent")
    .order_by(outbox.c.turn.desc(), outbox.c.id.desc())
    .limit(1)
)


def open_asks(connection: Connection, ids: Collection[str]) -> dict[str, list[Copy]]:
    """Every row that carries an ask which can still be answered, oldest first, by participant."""
    found: dict[str, list[Copy]] = {}
    for who, *columns in connection.execute(OPEN_ASKS, {"ids": list(ids)}):
        found.setdefault(who, []).append(Copy(*columns))
    return found


def write(connection: Connection, vault: Vault, life: int, posts: Iterable[tuple[Key, Post]]) -> None:
    """Put posts into the outbox, for this life to send."""
    dialects.many(connection, dialects.into(outbox), [_row(vault, key, life, post) for key, post in posts])


def mark(connection: Connection, marks: Sequence[Mark]) -> None:
    """Write down what became of rows."""
    rows = [
        {"who": m.participant, "row": m.row, "fate": m.status, "name": m.reference, "when": m.at, "tries": m.attempts}
        for m in marks
    ]
    dialects.many(connection, MARK, rows)


def cancel(connection: Connection, whose: Mapping[str, int], now: dt.datetime) -> None:
    """Cancel what is unsent and not lasting of these participants, written before the turn of that number."""
    dialects.many(connection, CANCEL, [{"who": who, "before": turn, "when": now} for who, turn in whose.items()])


def supersede(connection: Connection, rows: Sequence[tuple[str, int]], now: dt.datetime) -> None:
    """Cancel unsent copies of an ask that is said again."""
    dialects.many(connection, SUPERSEDE, [{"who": who, "row": row, "when": now} for who, row in rows])


def shut(connection: Connection, rows: Sequence[tuple[str, int]]) -> None:
    """These asks can no longer be answered."""
    dialects.many(connection, SHUT, [{"who": who, "row": row} for who, row in rows])


def adopt(
    connection: Connection, vault: Vault, life: int, channels: Collection[str], silent_since: dt.datetime
) -> list[Post]:
    """Take over a page of what lives that are over left unsent for these channels, in order; empty: none is left."""
    living = lives.living(connection, life, silent_since)
    orphans = connection.execute(ORPHANS, {"living": living, "channels": list(channels)}).all()
    if not orphans:
        return []
    dialects.many(connection, ADOPT, [{"who": who, "row": row, "into": life} for who, row in orphans])
    whose = {who for who, _ in orphans}
    where = people.addresses(connection, vault, whose)
    rows = connection.execute(ROWS, {"whose": list(whose), "ids": [row for _, row in orphans]})
    return [_post(vault, row, where[row.participant].get(row.channel, "")) for row in rows]


def target_of(connection: Connection, participant: str, ask: int) -> str:
    """The channel's id of the message that carried this ask last; empty if none was sent."""
    return connection.scalar(TARGET, {"who": participant, "number": ask}) or ""


def _row(vault: Vault, key: Key, life: int, post: Post) -> dict[str, object]:
    message = post.message
    plain = people.encode(Body(message.text, message.buttons))
    return {
        "participant": message.participant,
        "id": message.row,
        "turn": post.turn,
        "channel": message.channel,
        "kind": message.kind,
        "sealed": vault.seal(key, place("outbox", "sealed", message.participant, message.row), plain),
        "ask": message.ask,
        "open": post.open,
        "target": message.target,
        "not_before": post.not_before,
        "timed": post.timed,
        "priority": message.priority,
        "lasting": post.lasting,
        "status": "unsent",
        "attempts": 0,
        "reference": "",
        "life": life,
        "adopted": False,
    }


def _post(vault: Vault, row: Row[tuple[object, ...]], address: str) -> Post:
    """A row opened for sending again."""
    key = vault.open_key(row.participant, row.wrapped)
    plain = vault.unseal(key, place("outbox", "sealed", row.participant, row.id), row.sealed)
    body = msgspec.json.decode(plain, type=Body)
    message = Message(
        row=row.id,
        participant=row.participant,
        channel=row.channel,
        address=address,
        kind=row.kind,
        text=body.text,
        buttons=body.buttons,
        ask=row.ask,
        target=row.target,
        priority=row.priority,
        attempts=row.attempts,
    )
    return Post(message, row.turn, row.not_before, row.timed, row.lasting, row.open, adopted=True)
