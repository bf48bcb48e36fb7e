"""The lines of alerts on their way: claimed, sent or edited, and what became of each.

A line is claimed for half a minute in a transaction of its own: whoever dies in between leaves it to the next claim, so
that it arrives at least once. What a line reads follows from its alert; nothing is stored of its words.
"""

from __future__ import annotations

import datetime as dt

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from bot.channels import Outcome
from bot.store import alerts as rows
from bot.store import dialects, on_call
from bot.store.alert_tables import alert_lines, alerts, on_call_chats
from bot.store.tables import keys
from bot.store.vault import Vault

CLAIM = dt.timedelta(seconds=30)  # longer than a send can take
AGAIN = dt.timedelta(seconds=5)  # until a send with an unknown outcome is repeated
TRIES = 2  # of a send whose outcome is unknown: it may have arrived
SHORTEST = 0.5  # seconds


class Line(msgspec.Struct, frozen=True):
    """A line with its alert, claimed. Without a `reference` it is new, else the message is edited."""

    participant: str
    alert: str
    chat: str
    cycle: int
    wave: int
    attempts: int
    reference: str
    channel: str
    address: str
    at: dt.datetime
    step: str
    kind: str
    status: str  # of the alert
    newest: int  # cycle of the alert
    said_at: dt.datetime
    revision: int
    who: str
    who_at: dt.datetime | None


OWN = (alert_lines.c.participant == alerts.c.participant, alert_lines.c.alert == alerts.c.id)
PENDING = or_(
    and_(alert_lines.c.status == "unsent", alerts.c.status == "raised"),
    and_(alert_lines.c.status == "sent", alert_lines.c.shown < alerts.c.revision),
)
WANTED = (
    select(
        *(alert_lines.c[name] for name in ("participant", "alert", "chat", "cycle", "wave", "attempts", "reference")),
        on_call_chats.c.channel,
        on_call_chats.c.sealed.label("address"),
        *(alerts.c[name] for name in ("at", "step", "sealed", "status")),
        alerts.c.cycle.label("newest"),
        *(alerts.c[name] for name in ("said_at", "revision", "who", "who_at")),
        keys.c.wrapped,
    )
    .join(alerts, and_(*OWN))
    .join(keys, keys.c.participant == alerts.c.participant)
    .join(on_call_chats, on_call_chats.c.name == alert_lines.c.chat)
    .where(PENDING, alert_lines.c.not_before <= bindparam("now"))
    .order_by(alerts.c.at, alert_lines.c.chat)
    .limit(rows.BATCH)
)
NEXT = (
    select(func.min(alert_lines.c.not_before))
    .join(alerts, and_(*OWN))
    .join(on_call_chats, on_call_chats.c.name == alert_lines.c.chat)
    .where(PENDING)
)
LAST_SENT = select(func.max(alert_lines.c.sent_at))


def claim(connection: Connection, vault: Vault, now: dt.datetime) -> list[Line]:
    """Lines that are to be sent or edited now; nobody else gets them for half a minute."""
    found = connection.execute(WANTED.with_for_update(skip_locked=True, of=alert_lines), {"now": now}).mappings().all()
    lines = [_opened(vault, dict(row)) for row in found]
    for line in lines:
        _set(connection, line, not_before=now + CLAIM)
    return lines


def release(connection: Connection, now: dt.datetime) -> None:
    """At a start: what the life before had claimed is free at once. SQLite has one service at a time."""
    if not dialects.locks_rows(connection):
        held = (alert_lines.c.status.in_(("unsent", "sent")), alert_lines.c.not_before > now)
        connection.execute(update(alert_lines).where(*held).values(not_before=now))


def settle(connection: Connection, line: Line, outcome: Outcome, now: dt.datetime) -> bool:
    """What became of a claimed line. True if it will never arrive, and somebody else must be told."""
    new = not line.reference
    if outcome.kind == "sent":
        sent = {"status": "sent", "reference": outcome.reference or line.reference, "shown": line.revision}
        _set(connection, line, **sent, **({"sent_at": now} if new else {}), not_before=now)
        on_call.note_trouble(connection, line.chat, "")
        if new:
            rows.act(connection, _standing(line), "sent", line.chat, now)
        return False
    if outcome.kind == "wait":
        seconds = max(outcome.seconds, SHORTEST)
        _set(connection, line, attempts=line.attempts + 1, not_before=now + dt.timedelta(seconds=seconds))
        return False
    if outcome.kind == "unknown" and line.attempts + 1 < TRIES:
        _set(connection, line, attempts=line.attempts + 1, not_before=now + AGAIN)
        return False
    return _given_up(connection, line, outcome, new, now)


def next_due(connection: Connection) -> dt.datetime | None:
    """When the next line is to be sent or edited."""
    moment: dt.datetime | None = connection.scalar(NEXT)
    return moment


def last_sent(connection: Connection) -> dt.datetime | None:
    """When the last line arrived in an on-call chat."""
    moment: dt.datetime | None = connection.scalar(LAST_SENT)
    return moment


def _given_up(connection: Connection, line: Line, outcome: Outcome, new: bool, now: dt.datetime) -> bool:
    if not new:  # an edit that cannot be made is left: the line itself was read
        _set(connection, line, shown=line.revision, not_before=now)
        return False
    _set(connection, line, status="failed", attempts=line.attempts + 1, not_before=now)
    on_call.note_trouble(connection, line.chat, outcome.reason or outcome.kind)
    rows.act(connection, _standing(line), "failed", line.chat, now)
    rows.hurry(connection, line.participant, line.alert, now)
    return True


def _set(connection: Connection, line: Line, **values: object) -> None:
    mine = (
        alert_lines.c.participant == line.participant,
        alert_lines.c.alert == line.alert,
        alert_lines.c.chat == line.chat,
        alert_lines.c.cycle == line.cycle,
    )
    connection.execute(update(alert_lines).where(*mine).values(**values))


def _opened(vault: Vault, row: dict[str, object]) -> Line:
    wrapped, sealed = row.pop("wrapped"), row.pop("sealed")
    whose, alert = str(row["participant"]), str(row["alert"])
    row["kind"] = rows.kind_of(vault, whose, wrapped, alert, sealed)  # type: ignore[arg-type]
    row["address"] = on_call.opened(vault, str(row["chat"]), row["address"])  # type: ignore[arg-type]
    return Line(**row)  # type: ignore[arg-type]


def _standing(line: Line) -> rows.Standing:
    return rows.Standing(
        line.participant, line.alert, line.at, line.step, line.status, line.wave, None, line.said_at, line.newest,
        line.revision, line.who, line.who_at, "",
    )  # fmt: skip
