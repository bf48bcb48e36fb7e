"""What every table shares: the column types, readable in both databases, and how a row names its participant.

A moment is UTC: PostgreSQL keeps it as a time with zone, SQLite as text of one width that sorts and that its date
functions read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, MetaData, String
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

WIDTH = 32  # 2026-11-25T07:00:00.000000+00:00


class Moment(TypeDecorator[dt.datetime]):
    """An aware time in UTC, to the microsecond."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        plain: TypeEngine[Any] = String(WIDTH) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(plain)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        return _as_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return _from_text if dialect.name == "sqlite" else _in_utc


@lru_cache(maxsize=256)  # a tick writes the same moment over and over
def _as_text(value: dt.datetime | None) -> str | None:
    if value is None:
        return None
    utc = value if value.tzinfo is dt.UTC else value.astimezone(dt.UTC)
    return utc.isoformat(timespec="microseconds")


def _from_text(value: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if value is not None else None


def _in_utc(value: dt.datetime | None) -> dt.datetime | None:
    return value.astimezone(dt.UTC) if value is not None else None


def whose() -> Column[str]:
    """The participant a row tells of: first in the key, gone when the participant goes."""
    return Column("participant", String(32), ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True)
