"""Alerts as rows: raised with the turn that calls for one, told to one after the other, acknowledged, resolved.

Every change is one transaction with its act beside it. What is to be sent follows from the rows alone, so that a kill
at any moment loses nothing. Lines and their sending are in `alert_lines.py`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from bot.store import dialects
from bot.store.alert_tables import alert_acts, alert_lines, alerts
from bot.store.people import Person
from bot.store.tables import keys
from bot.store.vault import Vault, place
from flows.alerts import STEPS
from flows.links import FRESH
from flows.turn import Alert

DAY = dt.timedelta(hours=24)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
ID = 6
BATCH = 64
Tell = Literal["seen", "unseen"]


class Standing(msgspec.Struct, frozen=True):
    """An alert as it stands; `kind` is empty when an answer alone led to it."""

    participant: str
    id: str
    at: dt.datetime
    step: str
    status: str
    wave: int
    next_at: dt.datetime | None
    said_at: dt.datetime
    cycle: int
    revision: int
    who: str
    who_at: dt.datetime | None
    tell: str
    kind: str = ""


COLUMNS = tuple(alerts.c[name] for name in Standing.__struct_fields__ if name != "kind")
BY_ID = select(*COLUMNS).where(alerts.c.id == bindparam("which")).with_for_update()
OPEN_OF = (
    select(*COLUMNS)
    .where(alerts.c.participant == bindparam("whose"), alerts.c.status != "resolved", alerts.c.at >= bindparam("since"))
    .order_by(alerts.c.step.desc(), alerts.c.at.desc())
    .limit(1)
    .with_for_update()
)
DUE = dialects.locked(
    select(*COLUMNS)
    .where(alerts.c.next_at <= bindparam("now"), alerts.c.status == "raised")
    .order_by(alerts.c.next_at)
    .limit(BATCH)
)
NEXT = select(func.min(alerts.c.next_at)).where(alerts.c.status == "raised")
TELLS = select(*COLUMNS).where(alerts.c.tell != "").order_by(alerts.c.at).limit(BATCH)
LISTED = select(*COLUMNS, alerts.c.sealed, keys.c.wrapped).join(keys, keys.c.participant == alerts.c.participant)
LAST_ACT = select(func.max(alert_acts.c.number)).where(
    alert_acts.c.participant == bindparam("whose"), alert_acts.c.alert == bindparam("which")
)


def raise_(connection: Connection, vault: Vault, raised: Iterable[tuple[Person, Alert]], now: dt.datetime) -> None:
    """The alerts of a tick. One stays open per person and step within 24 hours; a higher step raises anew."""
    for person, alert in raised:
        row = connection.execute(OPEN_OF, {"whose": person.id, "since": now - DAY}).first()
        standing = Standing(*row) if row is not None else None
        if standing is not None and STEPS.index(standing.step) >= STEPS.index(alert.step):
            _again(connection, standing, alert, now)
            continue
        new = "".join(secrets.choice(LETTERS) for _ in range(ID))
        if standing is not None:
            _change(connection, standing, now, "replaced", new, {"status": "resolved", "next_at": None, "tell": ""})
        _insert(connection, vault, person, new, alert, now)


def withdraw(connection: Connection, people: Collection[str], now: dt.datetime) -> None:
    """These people do not want it any more: nothing that has not left leaves."""
    for whose in people:
        open_ = select(*COLUMNS).where(alerts.c.participant == whose, alerts.c.next_at.is_not(None))
        for row in connection.execute(open_).all():
            standing = Standing(*row)
            connection.execute(update(alerts).where(*_mine(standing)).values(next_at=None))
            _drop_unsent(connection, standing)
            act(connection, standing, "withdrawn", "", now)


def advance(connection: Connection, waves: Sequence[Collection[str]], minutes: int, now: dt.datetime) -> int:
    """Tell whoever is next of each alert that is due; how many. `waves`: the chats that can be told, in order.

    A wave without chats is passed over at once. Behind the last one the person is told that nobody has confirmed.
    """
    due = [Standing(*row) for row in connection.execute(DUE, {"now": now})]
    for standing in due:
        wave = next((at for at in range(standing.wave + 1, len(waves) + 1) if waves[at - 1]), 0)
        if wave:
            next_at = now + dt.timedelta(minutes=minutes)
            connection.execute(update(alerts).where(*_mine(standing)).values(wave=wave, next_at=next_at))
            _write_lines(connection, standing, wave, sorted(waves[wave - 1]), now)
        else:
            connection.execute(update(alerts).where(*_mine(standing)).values(next_at=None, tell="unseen"))
            act(connection, standing, "unanswered", "", now)
    return len(due)


def acknowledge(connection: Connection, id: str, who: str, now: dt.datetime) -> Standing | None:
    """Somebody has seen it. The alert as it stood before; None if there is no such one. Twice changes nothing."""
    standing = _by_id(connection, id)
    if standing is not None and standing.status == "raised":
        changes = {"status": "acknowledged", "next_at": None, "tell": "seen", "who": who, "who_at": now}
        _change(connection, standing, now, "acknowledged", who, changes)
    return standing


def resolve(connection: Connection, id: str, who: str, reason: str, now: dt.datetime) -> Standing | None:
    """It was dealt with: closed for good. The alert as it stood before; None if there is no such one."""
    standing = _by_id(connection, id)
    if standing is not None and standing.status != "resolved":
        tell = "seen" if standing.status == "raised" else standing.tell
        changes = {"status": "resolved", "next_at": None, "tell": tell, "who": who, "who_at": now}
        _change(connection, standing, now, "resolved", ": ".join(filter(None, (who, reason))), changes)
    return standing


def to_tell(connection: Connection) -> list[Standing]:
    """Alerts of which the person must still hear what became."""
    return [Standing(*row) for row in connection.execute(TELLS)]


def told(connection: Connection, standing: Standing, now: dt.datetime) -> None:
    """The person was told just this, once in a cycle."""
    same = (*_mine(standing), alerts.c.tell == standing.tell, alerts.c.cycle == standing.cycle)
    if connection.execute(update(alerts).where(*same).values(tell="")).rowcount:
        act(connection, standing, "told", standing.tell, now)


def hurry(connection: Connection, whose: str, id: str, now: dt.datetime) -> None:
    """If no line of those told last can arrive any more, the next are told at once."""
    alive = (
        select(alert_lines.c.chat)
        .where(alert_lines.c.participant == whose, alert_lines.c.alert == id, alert_lines.c.cycle == alerts.c.cycle)
        .where(alert_lines.c.wave == alerts.c.wave, alert_lines.c.status.in_(("unsent", "sent")))
    )
    waiting = (alerts.c.participant == whose, alerts.c.id == id, alerts.c.next_at.is_not(None))
    connection.execute(update(alerts).where(*waiting, ~alive.exists()).values(next_at=now))


def next_due(connection: Connection) -> dt.datetime | None:
    """When somebody is to be told next."""
    moment: dt.datetime | None = connection.scalar(NEXT)
    return moment


def listed(connection: Connection, vault: Vault, *, every: bool = False) -> list[Standing]:
    """Open alerts, the oldest first; with `every` those dealt with too."""
    chosen = LISTED if every else LISTED.where(alerts.c.status != "resolved")
    found = []
    for *columns, sealed, wrapped in connection.execute(chosen.order_by(alerts.c.at)):
        standing = Standing(*columns)
        kind = kind_of(vault, standing.participant, wrapped, standing.id, sealed)
        found.append(msgspec.structs.replace(standing, kind=kind))
    return found


def kind_of(vault: Vault, whose: str, wrapped: bytes, id: str, sealed: bytes) -> str:
    """The kind of danger, opened."""
    return vault.unseal(vault.open_key(whose, wrapped), place("alerts", "sealed", whose, id), sealed).decode()


def act(connection: Connection, standing: Standing, what: str, who: str, now: dt.datetime) -> None:
    """Write down what happened."""
    whose = {"whose": standing.participant, "which": standing.id}
    number = (connection.scalar(LAST_ACT, whose) or 0) + 1
    row = {"participant": standing.participant, "alert": standing.id, "number": number}
    connection.execute(insert(alert_acts), {**row, "at": now, "what": what, "who": who[:80]})


def tidy(connection: Connection, before: dt.datetime) -> None:
    """Alerts that were dealt with and are older go, with all that belongs to them."""
    over = (alerts.c.status == "resolved", alerts.c.at < before)
    old = select(alerts.c.id).where(*over)
    for table in (alert_lines, alert_acts):
        connection.execute(delete(table).where(table.c.alert.in_(old)))
    connection.execute(delete(alerts).where(*over))


def _mine(standing: Standing) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return alerts.c.participant == standing.participant, alerts.c.id == standing.id


def _by_id(connection: Connection, id: str) -> Standing | None:
    row = connection.execute(BY_ID, {"which": id.upper()}).first()
    return Standing(*row) if row is not None else None


def _insert(connection: Connection, vault: Vault, person: Person, id: str, alert: Alert, now: dt.datetime) -> None:
    sealed = vault.seal(person.key, place("alerts", "sealed", person.id, id), alert.category.encode())
    standing = Standing(person.id, id, now, alert.step, "raised", 0, now, now, 1, 1, "", None, "")
    row = {name: value for name, value in msgspec.structs.asdict(standing).items() if name != "kind"}
    connection.execute(insert(alerts), {**row, "turn": person.version + 1, "sealed": sealed})
    act(connection, standing, "raised", alert.step, now)


def _again(connection: Connection, standing: Standing, alert: Alert, now: dt.datetime) -> None:
    """The same once more: noted; after half an hour with lines of its own, whoever has seen the first."""
    act(connection, standing, "again", alert.step, now)
    if now - standing.said_at < FRESH:
        return
    _drop_unsent(connection, standing)
    anew = {"status": "raised", "wave": 0, "next_at": now, "said_at": now, "tell": "", "who": "", "who_at": None}
    cycle, revision = standing.cycle + 1, standing.revision + 1
    connection.execute(update(alerts).where(*_mine(standing)).values(**anew, cycle=cycle, revision=revision))


def _change(
    connection: Connection, standing: Standing, now: dt.datetime, what: str, who: str, to: Mapping[str, object]
) -> None:
    """Nobody more is told; lines that were sent will read differently."""
    changed = update(alerts).where(*_mine(standing)).values(**to, revision=standing.revision + 1)
    connection.execute(changed)
    _drop_unsent(connection, standing)
    act(connection, standing, what, who, now)


def _drop_unsent(connection: Connection, standing: Standing) -> None:
    mine = (alert_lines.c.participant == standing.participant, alert_lines.c.alert == standing.id)
    connection.execute(update(alert_lines).where(*mine, alert_lines.c.status == "unsent").values(status="dropped"))


def _write_lines(connection: Connection, standing: Standing, wave: int, chats: Sequence[str], now: dt.datetime) -> None:
    rows = [
        {
            "participant": standing.participant,
            "alert": standing.id,
            "chat": chat,
            "cycle": standing.cycle,
            "wave": wave,
            "status": "unsent",
            "shown": 0,
            "not_before": now,
            "attempts": 0,
            "reference": "",
            "sent_at": None,
        }
        for chat in chats
    ]
    connection.execute(insert(alert_lines), rows)
