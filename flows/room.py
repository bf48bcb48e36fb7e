"""The record within its size: what the log also holds falls away, oldest first, and only as much as is needed.

Cards never fall away here: from `CARDS_BYTES` on the person is asked which may go before another one is kept.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from flows.record import CARDS, CARDS_BYTES, NO_WAY_BACK, Record

replace = msgspec.structs.replace
Less = Callable[[Record], Record]
FIT_EVERY = 4  # turns between two looks at the size
FIT_BYTES = 36 * 1024  # four turns of the longest texts add less than 24 KiB, so that 64 KiB is never reached


def fit(record: Record) -> Record:
    """The record made small enough, looked at every few turns."""
    if record.turns % FIT_EVERY:
        return record
    for less in LESS:
        if size(record) <= FIT_BYTES:
            break
        record = less(record)
    return record


def size(record: Record) -> int:
    """Bytes of the document, before encryption."""
    return len(msgspec.json.encode(record))


def cards_full(record: Record) -> bool:
    """No room for another card: 40 of them, or 20 KiB."""
    return len(record.cards) >= CARDS or len(msgspec.json.encode(record.cards)) >= CARDS_BYTES


def _less_journal(record: Record) -> Record:
    return replace(record, wording={}, runs=tuple(replace(run, journal=run.journal[-3:]) for run in record.runs))


def _no_way_back(record: Record) -> Record:
    """What falls away from here on could not be put back."""
    return replace(record, runs=tuple(replace(run, journal=NO_WAY_BACK) for run in record.runs))


def _less_kept(newest: int) -> Less:
    def less(record: Record) -> Record:
        return replace(record, kept={name: each[-newest:] for name, each in record.kept.items() if newest})

    return less


def _less_looked_back_on(record: Record) -> Record:
    return replace(record, plans=tuple(plan for plan in record.plans if plan.status == "open"))


def _less_waiting(record: Record) -> Record:
    """Runs that were left, then all but the one on top; the newest plan and goal stay."""
    plans, goals, ratings = record.plans[-1:], record.goals[-1:], record.ratings[-60:]
    return replace(record, runs=record.runs[-1:], plans=plans, goals=goals, ratings=ratings)


LESS: tuple[Less, ...] = (
    _less_journal,
    _no_way_back,
    _less_kept(5),
    _less_kept(1),
    _less_looked_back_on,
    _less_kept(0),
    _less_waiting,
)
