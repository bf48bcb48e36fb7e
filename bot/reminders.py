"""Due rows become turns: each joins its person's line, and is judged there by the record as it is then.

The rows follow `flows/agenda.py` in every turn's transaction: equal to it, or earlier and put off when they fire. What
cannot be said now is put off; what has met its purpose is dropped. Each row serves one local date once, and an outage
costs one reminder, not a backlog.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import structlog

from bot.channels import Arrival
from bot.store import due, people, tidy
from bot.store.due import Reminder
from bot.store.failures import StoreProblem
from bot.store.store import Connection, Store
from flows.agenda import ONCE, Due, after_quiet, agenda, in_quiet, moment, zone_of
from flows.record import Record
from flows.turn import Utterance

# Judged: the others follow from what the person did.
PROACTIVE = frozenset({"check_in", "practice", "return", "follow_up", "plan_review"})
DAILY = frozenset({"check_in", "practice"})
# Kept when nothing is due, so that a date is not served twice and no firing has the name of an earlier one.
REMEMBERED = frozenset({"check_in", "return", "follow_up"})
LAZY = frozenset({"return", "left"})  # every turn puts them off; the row fires early and is put off only then
ACTIVE = dt.timedelta(minutes=30)
LATER = dt.timedelta(hours=2)
CHECKED_IN = frozenset({"mood", "distress"})
LONGEST = 3600.0  # seconds without a look at the rows
RETRY = 5.0  # seconds, while the store is away

log = structlog.get_logger("bot.reminders")


class Ruling(msgspec.Struct, frozen=True):
    """What becomes of a firing: it goes, is put off until a moment, or is dropped; without a row it came too late."""

    row: Reminder | None
    goes: bool = False
    until: dt.datetime | None = None


class Settled(msgspec.Struct, frozen=True):
    changed: list[Reminder]
    gone: list[Reminder]


def name_of(row: Reminder) -> str:
    """The update id of a firing: the same for every worker that finds the row due."""
    return f"{row.kind}:{row.purpose}:{row.generation}"


def rule(record: Record, rows: Sequence[Reminder], arrival: Arrival, library: Any, now: dt.datetime) -> Ruling | None:
    """Judge a firing by the record; None if the arrival is not the firing of a row."""
    trigger = arrival.utterance.trigger
    if trigger is None or not arrival.update.startswith(f"{trigger}:"):
        return None
    row = next((each for each in rows if name_of(each) == arrival.update), None)
    if row is None or row.due_at is None or row.due_at > now:
        return Ruling(None)
    wanted = _wanted(record, row, now)
    if wanted is None or _met(record, row):
        return Ruling(row)
    if row.rule == ONCE and wanted.due_at > now:  # a row that was let be: see LAZY
        return Ruling(row, until=wanted.due_at)
    until = _put_off(record, library, row.kind, now) if row.kind in PROACTIVE else None
    return Ruling(row, goes=until is None, until=until)


def settle(record: Record, rows: Sequence[Reminder], ruling: Ruling | None, now: dt.datetime) -> Settled:
    """The rows as the record wants them from now on: those that change, and those that go."""
    current = [_ruled(row, ruling) if ruling is not None and row is ruling.row else row for row in rows]
    served = {(row.kind, row.purpose): row.last_day for row in current if row.last_day is not None}
    wanted: dict[tuple[str, str], Due] = {(each.kind, each.purpose): each for each in agenda(record, now, served)}
    changed: list[Reminder] = []
    gone: list[Reminder] = []
    for before, row in zip(rows, current, strict=True):
        after = _follow(record, row, wanted.pop((row.kind, row.purpose), None), now)
        if after is None and not _is_remembered(record, row, now):
            gone.append(row)
        elif (after := after or msgspec.structs.replace(row, due_at=None, moved=False)) != before:
            changed.append(after)
    changed += [_first(record.id, each) for each in wanted.values()]
    return Settled(changed, gone)


def _ruled(row: Reminder, ruling: Ruling) -> Reminder:
    if ruling.until is not None:
        return msgspec.structs.replace(row, due_at=ruling.until, moved=True, generation=row.generation + 1)
    if row.due_at is None:
        return row
    return msgspec.structs.replace(row, due_at=None, moved=False, generation=row.generation + 1, last_day=row.day)


def _follow(record: Record, row: Reminder, wanted: Due | None, now: dt.datetime) -> Reminder | None:
    """The row brought up to date; a daily one that is due or put off stays until it was served."""
    at = row.due_at
    if row.kind in DAILY and at is not None and (row.moved or at <= now) and _wanted(record, row, now):
        return row
    if wanted is None:
        return None
    if row.kind in LAZY and at is not None and now < at <= wanted.due_at:
        return row
    return msgspec.structs.replace(
        row, rule=wanted.rule, zone=wanted.zone, due_at=wanted.due_at, day=wanted.day, moved=False
    )


def _first(participant: str, wanted: Due) -> Reminder:
    return Reminder(participant, wanted.kind, wanted.purpose, wanted.rule, wanted.zone, wanted.due_at, wanted.day)


def _is_remembered(record: Record, row: Reminder, now: dt.datetime) -> bool:
    """True if the date it served must not be forgotten: the record would ask for it again."""
    return row.last_day is not None and (row.kind in REMEMBERED or _wanted(record, row, now) is not None)


def _wanted(record: Record, row: Reminder, now: dt.datetime) -> Due | None:
    """What the record, as it is, asks for in place of this very row: a daily one as of the moment before its time."""
    asof = now if row.rule == ONCE else min(now, moment(row.day, row.rule, row.zone) - dt.timedelta(seconds=1))
    key = (row.kind, row.purpose, row.rule, row.zone)
    return next((each for each in agenda(record, asof) if (each.kind, each.purpose, each.rule, each.zone) == key), None)


def _met(record: Record, row: Reminder) -> bool:
    """A check-in that was done on its date without being asked for."""
    zone = ZoneInfo(zone_of(record.profile))
    return row.kind == "check_in" and any(
        rating.name in CHECKED_IN and rating.at.astimezone(zone).date() >= row.day for rating in record.ratings[-6:]
    )


def _put_off(record: Record, library: Any, kind: str, now: dt.datetime) -> dt.datetime | None:
    """Until when it must wait: safety comes first, somebody in a conversation is not interrupted, quiet hours hold.

    A note after a hard time does not wait for a safety flow: it may be open because somebody fell silent in it.
    """
    active = record.last_utterance is not None and now - record.last_utterance < ACTIVE
    flows = [library.flows.get(run.flow) for run in record.runs if kind != "follow_up"]
    if active or any(flow is not None and flow.kind == "safety" for flow in flows):
        return after_quiet(now + LATER, record.profile)
    return after_quiet(now, record.profile) if in_quiet(now, record.profile) else None


class Reminders:
    """The loop that hands due rows to the turns. It sleeps until the next one is due or `wake` is called."""

    def __init__(
        self,
        store: Store,
        take: Callable[[Arrival], Awaitable[None]],
        clock: Callable[[], dt.datetime],
        pushing: Collection[str],
        decisions_days: int = tidy.DECISIONS_DAYS,
    ) -> None:
        self.store = store
        self.decisions_days = decisions_days
        self.take = take
        self.clock = clock
        self.pushing = pushing
        self._changed = asyncio.Event()
        self._rung: list[str] = []
        self._tidied = dt.datetime.min.replace(tzinfo=dt.UTC)

    def wake(self) -> None:
        """Rows have changed, or the clock was moved."""
        self._changed.set()

    async def run(self) -> None:
        """For ever; ends by cancellation."""
        while True:
            self._changed.clear()
            try:
                pause = 0.0 if await self.ring() else await self._until_next()
            except StoreProblem:
                pause = RETRY
            if pause:
                await self._sleep(pause)

    async def ring(self) -> int:
        """Hand over a batch of what is due and wait for its turns; how many, 0 if they are the same as last time."""
        now = self.clock()
        rows, where = await self.store.run(lambda connection: self._due(connection, now))
        arrivals = [
            _arrival(row, *door(where[row.participant], self.pushing), now) for row in rows if row.participant in where
        ]
        results = await asyncio.gather(*(self.take(arrival) for arrival in arrivals), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        if arrivals:
            log.info("reminders_rung", count=len(arrivals))
        rung, self._rung = self._rung, [f"{arrival.address} {arrival.update}" for arrival in arrivals]
        return len(arrivals) if rung != self._rung else 0

    def _due(self, connection: Connection, now: dt.datetime) -> tuple[list[Reminder], dict[str, dict[str, str]]]:
        if now - self._tidied > LATER:
            tidy.tidy(connection, now, self.decisions_days)
            self._tidied = now
        rows = due.due(connection, now)
        return rows, people.addresses(connection, self.store.vault, {row.participant for row in rows}) if rows else {}

    async def _until_next(self) -> float:
        at = await self.store.run(due.next_due)
        return min(max((at - self.clock()).total_seconds(), 0.05), LONGEST) if at is not None else LONGEST

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return


def door(where: dict[str, str], pushing: Collection[str]) -> tuple[str, str]:
    """The channel to reach somebody by, with their address there: one that can push, if there is one."""
    return min(where.items(), key=lambda each: each[0] not in pushing)


def _arrival(row: Reminder, channel: str, address: str, now: dt.datetime) -> Arrival:
    utterance = Utterance(at=now, trigger=row.kind, subject=row.purpose)  # type: ignore[arg-type]
    return Arrival(channel, address, name_of(row), utterance)
