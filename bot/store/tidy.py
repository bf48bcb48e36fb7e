"""What is not needed any more goes: what was said, and the ids of updates. Walks whole tables, so only now and then."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete

from bot.store.tables import outbox, updates

SAID = dt.timedelta(hours=24)  # words go a day after they were sent
UPDATES = dt.timedelta(days=7)  # Telegram keeps an update 24 hours; a week is generous


def tidy(connection: Connection, now: dt.datetime) -> None:
    """Rows of the outbox that are dealt with go after a day, but for asks that are still open; ids after a week."""
    over = (outbox.c.status != "unsent", outbox.c.open.is_(False), outbox.c.sent_at < now - SAID)
    connection.execute(delete(outbox).where(*over))
    connection.execute(delete(updates).where(updates.c.at < now - UPDATES))
