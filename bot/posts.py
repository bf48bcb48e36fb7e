"""What a turn wants said, as posts for the outbox: numbered, dated, aimed at the messages they change. Pure.

An ask said again keeps its number: the copy that is not sent yet makes way for the new one, and the keyboard of a copy
that was sent closes. A closing reaches every copy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import count

import msgspec

from bot.channels import Arrival, Message
from bot.store.outbox import Copy, Post
from flows.record import Record
from flows.turn import Reply, Turn, Utterance

ROWS_PER_LIFE = 1 << 40
LASTING = frozenset({"safety", "person"})  # priorities that no later turn cancels


class Said(msgspec.Struct, frozen=True):
    """Posts of one turn; rows of asks that make way (`superseded`) or can no longer be answered (`shut`)."""

    posts: tuple[Post, ...] = ()
    superseded: tuple[int, ...] = ()
    shut: tuple[int, ...] = ()


def rows_of(life: int) -> Iterator[int]:
    """Numbers for the rows of a service life: unique for ever, rising within the life."""
    return count(life * ROWS_PER_LIFE + 1)


def said(
    turn: Turn, number: int, whose: str, arrival: Arrival, copies: Sequence[Copy], rows: Iterator[int], now: dt.datetime
) -> Said:
    """The posts of a turn, in order. `copies` are the rows of asks that could be answered before it."""
    live = _open_numbers(turn.record)
    again = {reply.ask for reply in turn.replies if reply.kind == "ask"}
    superseded = tuple(
        copy.row for copy in copies if copy.ask in again and copy.status == "unsent" and not copy.adopted
    )
    there = [copy for copy in copies if copy.row not in superseded]
    posts: list[Post] = []
    for reply in _with_closings(_kept_in_order(turn.replies)):
        for shaped, target in _operations(reply, arrival, there):
            message = Message(
                row=next(rows),
                participant=whose,
                channel=arrival.channel,
                address=arrival.address,
                kind=shaped.kind,
                text=shaped.text,
                buttons=shaped.buttons,
                ask=shaped.ask,
                target=target,
                priority=shaped.priority,
            )
            posts.append(_post(message, shaped, number, live, now))
    shut = tuple(
        copy.row for copy in copies if copy.ask not in live or (copy.ask in again and copy.row not in superseded)
    )
    return Said(tuple(posts), superseded, shut)


def acknowledgement(arrival: Arrival, number: int, whose: str, row: int, now: dt.datetime) -> Post:
    """A press that is known already still spins on the person's screen."""
    message = Message(row, whose, arrival.channel, arrival.address, "acknowledge", "", target=arrival.press)
    return Post(message, number, now, lasting=True)


def was_seen(copies: Sequence[Copy], open_ask: int, utterance: Utterance) -> bool:
    """False only if the ask is unsent in this life, or every copy of it is dated after the utterance."""
    mine = [copy for copy in copies if copy.ask == open_ask]
    if not mine:
        return True
    second = utterance.at.replace(microsecond=0)
    return any(
        copy.adopted
        or copy.status == "dead"
        or (copy.sent_at is not None and copy.status == "sent" and copy.sent_at.replace(microsecond=0) <= second)
        for copy in mine
    )


def open_ask(record: Record) -> int:
    """The number of the ask that waits for an answer; 0 if none does."""
    asked = record.runs[-1].asked if record.runs else None
    return asked.number if asked else 0


def _open_numbers(record: Record) -> set[int]:
    numbers = {run.asked.number for run in record.runs if run.asked is not None}
    return numbers | ({record.offer.number} if record.offer else set())


def _kept_in_order(replies: Sequence[Reply]) -> list[Reply]:
    """The replies; bubbles on the way to a safety step go as fast as it, and so still stand before it."""
    last = max((at for at, reply in enumerate(replies) if reply.priority == "safety"), default=-1)
    return [
        msgspec.structs.replace(reply, priority="safety")
        if at < last and reply.kind in ("say", "ask") and not reply.after
        else reply
        for at, reply in enumerate(replies)
    ]


def _with_closings(replies: Sequence[Reply]) -> Iterator[Reply]:
    """The replies, with a closing before each ask that has buttons and was not closed by the turn itself."""
    closed = {reply.ask for reply in replies if reply.kind == "close"}
    for reply in replies:
        if reply.kind == "ask" and reply.buttons and reply.ask not in closed:
            yield Reply("close", ask=reply.ask, priority=reply.priority)
        yield reply


def _operations(reply: Reply, arrival: Arrival, copies: Sequence[Copy]) -> Iterator[tuple[Reply, str]]:
    """The rows that a reply needs, each with its target; empty: found out when it is sent."""
    carrying = [copy for copy in copies if copy.ask == reply.ask]
    there = [copy.reference for copy in carrying if copy.reference]
    if reply.kind == "close":
        yield from ((reply, reference) for reference in there)
        if any(copy.status == "unsent" for copy in carrying):
            yield reply, ""
    elif reply.kind == "edit":
        yield reply, there[-1] if there else ""
    elif reply.kind != "acknowledge":
        yield reply, ""
    elif arrival.press:
        yield reply, arrival.press


def _post(message: Message, reply: Reply, number: int, live: set[int], now: dt.datetime) -> Post:
    return Post(
        message,
        number,
        now + dt.timedelta(seconds=reply.after) if reply.after else now,
        timed=reply.after > 0,
        lasting=reply.lasting or reply.kind != "say" or reply.priority in LASTING,
        open=reply.kind == "ask" and reply.ask in live,
    )
