"""Which updates are done: a second delivery of one changes nothing. Kept 7 days, longer than any channel repeats.

After an unclean start the starts of a turn are counted too, so that an update which kills the process is given up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.store import dialects
from bot.store.tables import attempts, failures, updates

Update = tuple[str, str, str]  # participant, channel, the channel's id

KNOWN = select(updates.c.participant, updates.c.channel, updates.c.name).where(
    updates.c.participant.in_(bindparam("ids", expanding=True)), updates.c.name.in_(bindparam("names", expanding=True))
)
TRIED = select(attempts.c.count).where(
    attempts.c.participant == bindparam("who"),
    attempts.c.channel == bindparam("where"),
    attempts.c.name == bindparam("which"),
)
DONE = delete(attempts).where(attempts.c.participant == bindparam("who"))


def known(connection: Connection, ids: Collection[str], names: Collection[str]) -> set[Update]:
    """Those of these updates that are done already."""
    found = connection.execute(KNOWN, {"ids": list(ids), "names": list(names)})
    return {(who, channel, name) for who, channel, name in found}


def note(connection: Connection, done: Sequence[Update], now: dt.datetime) -> None:
    """These updates are done with the commit of this transaction. Another worker's row is an error: nothing twice."""
    if done:
        rows = [{"participant": who, "channel": channel, "name": name, "at": now} for who, channel, name in done]
        connection.execute(insert(updates), rows)


def try_once_more(connection: Connection, update: Update) -> int:
    """Count a start of this update's turn: how often it was started, this time included."""
    who, channel, name = update
    row = {"participant": who, "channel": channel, "name": name, "count": 1}
    connection.execute(dialects.count_up(attempts, connection.dialect.name, "count"), row)
    return int(connection.scalar(TRIED, {"who": who, "where": channel, "which": name}) or 0)


def survived(connection: Connection, ids: Collection[str]) -> None:
    """Turns of these participants came to their end: what was counted is forgotten."""
    if ids:
        connection.execute(DONE, [{"who": who} for who in ids])


def failed(connection: Connection, update: Update, what: str, now: dt.datetime, *, quarantined: bool = False) -> None:
    """Write down that a turn went wrong: the exception's name, never its words."""
    who, channel, name = update
    row = {
        "participant": who,
        "channel": channel,
        "name": name,
        "at": now,
        "what": what[:64],
        "quarantined": quarantined,
    }
    connection.execute(dialects.upsert(failures, connection.dialect.name), row)
