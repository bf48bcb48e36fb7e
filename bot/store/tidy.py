"""What is not needed any more goes: words that were sent, ids of updates, rows of the outbox."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete, update

from bot.store.tables import outbox, updates

BODIES = dt.timedelta(hours=24)  # reliability.md section 6: emptied when sent + 24 h
UPDATES = dt.timedelta(days=7)  # DESIGN 2.2
ROWS = dt.timedelta(days=28)  # as long as a person may come back and press an old button


def tidy(connection: Connection, now: dt.datetime) -> None:
    """Empty bodies after a day, forget ids after a week and rows after four weeks."""
    over = outbox.c.status != "unsent"
    connection.execute(
        update(outbox).where(over, outbox.c.sealed.is_not(None), outbox.c.sent_at < now - BODIES).values(sealed=None)
    )
    connection.execute(delete(outbox).where(over, outbox.c.sent_at < now - ROWS))
    connection.execute(delete(updates).where(updates.c.at < now - UPDATES))
