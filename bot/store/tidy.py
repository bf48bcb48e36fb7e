"""What is not needed any more goes: what was said, and the ids of updates. Walks whole tables, so only now and then."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete

from bot.store import audit
from bot.store.tables import outbox, updates

SAID = dt.timedelta(hours=24)  # words go a day after they were sent
DECISIONS_DAYS = 365  # what screening decided, unless clinic.yaml says otherwise
UPDATES = dt.timedelta(days=7)  # Telegram keeps an update 24 hours; a week is generous


def tidy(connection: Connection, now: dt.datetime, decisions_days: int = DECISIONS_DAYS) -> None:
    """Rows of the outbox that are dealt with go after a day, but for asks that are still open; ids after a week.

    What screening decided, and what was answered to it, goes after `decisions_days`.
    """
    over = (outbox.c.status != "unsent", outbox.c.open.is_(False), outbox.c.sent_at < now - SAID)
    connection.execute(delete(outbox).where(*over))
    connection.execute(delete(updates).where(updates.c.at < now - UPDATES))
    audit.tidy(connection, now - dt.timedelta(days=decisions_days))
