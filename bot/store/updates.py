"""Which updates are done: a second delivery of one changes nothing. Kept 7 days, longer than any channel repeats.

After an unclean start the starts of a turn are counted too, so that an update which kills the process is given up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, delete, select

from bot.store import dialects
from bot.store.tables import attempts, failures, updates

Update = tuple[str, str, str]  # participant, channel, the channel's id
SCREENING = "screening: "  # how a failure begins in which only screening went wrong; the frozen core decided

KNOWN = select(updates.c.participant, updates.c.channel, updates.c.name).where(
    updates.c.participant.in_(
        bindparam("ids", expanding=True)
    ),  # three lists: SQLite looks pairs of values up by scanning
    updates.c.channel.in_(bindparam("channels", expanding=True)),
    updates.c.name.in_(bindparam("names", expanding=True)),
)
TRIED = select(attempts.c.count).where(
    attempts.c.participant == bindparam("who"),
    attempts.c.channel == bindparam("where"),
    attempts.c.name == bindparam("which"),
)
DONE = delete(attempts).where(attempts.c.participant == bindparam("who"))


def known(connection: Connection, ids: Collection[str], came: Collection[tuple[str, str]]) -> set[Update]:
    """What of these people is done already, among these pairs of channel and id."""
    lists = {"ids": list(ids), "channels": list({channel for channel, _ in came}), "names": [name for _, name in came]}
    return {(who, channel, name) for who, channel, name in connection.execute(KNOWN, lists)}


def note(connection: Connection, done: Sequence[Update], now: dt.datetime) -> None:
    """These updates are done with the commit of this transaction. Another worker's row is an error: nothing twice."""
    rows = [{"participant": who, "channel": channel, "name": name, "at": now} for who, channel, name in done]
    dialects.many(connection, dialects.into(updates), rows)


def try_once_more(connection: Connection, update: Update) -> int:
    """Count a start of this update's turn: how often it was started, this time included."""
    who, channel, name = update
    row = {"participant": who, "channel": channel, "name": name, "count": 1}
    connection.execute(dialects.count_up(attempts, connection.dialect.name, "count"), row)
    return int(connection.scalar(TRIED, {"who": who, "where": channel, "which": name}) or 0)


def survived(connection: Connection, ids: Collection[str]) -> None:
    """Turns of these participants came to their end: what was counted is forgotten."""
    dialects.many(connection, DONE, [{"who": who} for who in ids])


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


def wrong_since(connection: Connection, since: dt.datetime) -> tuple[int, int]:
    """(turns that were answered with an apology, texts that only the frozen core screened) since then."""
    what = connection.scalars(select(failures.c.what).where(failures.c.at >= since)).all()
    screening = sum(each.startswith(SCREENING) for each in what)
    return len(what) - screening, screening
