"""What can be wrong with a store, each told in one sentence with its cure. The docstring is the sentence.

`translated()` turns the driver's error into one of these; the driver's words are never shown, they may hold a path or a
parameter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


class StoreProblem(Exception):
    """The database cannot be used."""

    def __str__(self) -> str:
        return " ".join((type(self).__doc__ or "").split())


class StoreAway(StoreProblem):
    """The database cannot be reached; check that its server runs or that its folder is there."""


class StoreLocked(StoreAway):
    """The database is locked by another program; stop the other program or wait until it has finished."""


class StoreReadOnly(StoreAway):
    """The database cannot be written; give this user the right to write the file and its folder."""


class StoreFull(StoreAway):
    """The disk is full; make room, and Willow goes on by itself."""


class StoreNewer(StoreProblem):
    """The database was made by a newer version of Willow; install that version, or restore a backup of before."""


class StoreBroken(StoreProblem):
    """The database file is damaged or is no database; restore the newest backup."""


class AlreadyServing(StoreProblem):
    """Another `willow serve` runs with the same HOME; stop it first, or give this one a HOME of its own."""


class RecordMoved(Exception):
    """A participant's record was changed by somebody else between loading and saving."""


class RecordTooLarge(Exception):
    """A participant's record is over 64 KiB: a list in it has lost its bound."""


SIGNS: tuple[tuple[str, type[StoreProblem]], ...] = (
    ("database is locked", StoreLocked),
    ("database table is locked", StoreLocked),
    ("readonly database", StoreReadOnly),
    ("read-only", StoreReadOnly),
    ("disk is full", StoreFull),
    ("no space left", StoreFull),
    ("not a database", StoreBroken),
    ("malformed", StoreBroken),
    ("unable to open", StoreAway),
    ("disk i/o error", StoreAway),
    ("no such table", StoreAway),
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise a StoreProblem for what the database's state did; let mistakes in a statement or value pass as they are."""
    try:
        yield
    except DBAPIError as error:
        problem = _problem(error)
        if problem is None:
            raise
        raise problem from None


def _problem(error: DBAPIError) -> StoreProblem | None:
    words = str(error.orig).lower()
    for sign, problem in SIGNS:
        if sign in words:
            return problem()
    lost = error.connection_invalidated or isinstance(error, (InterfaceError, OperationalError))
    return StoreAway() if lost else None
