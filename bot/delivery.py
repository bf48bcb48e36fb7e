"""The outbox, sent: in order per person, many people side by side, safety first and without pauses.

What a tick committed is handed over in memory; what an earlier life left unsent is adopted from the table. Nothing is
said here that is not a row, but for help while the store is away. What became of a row is noted in `marks.py`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Literal

import msgspec
import structlog

from bot.channels import Arrival, Channel, Message, Outcome
from bot.marks import Marks
from bot.parcels import BUBBLES, Lane, Tokens, pause_before
from bot.store import lives, outbox
from bot.store.failures import StoreProblem
from bot.store.outbox import Mark, Post
from bot.store.store import Connection, Store
from flows.turn import Reply

AT_ONCE = 32  # people to whom something is being sent at the same moment; safety does not count
SHORTEST = 0.05  # seconds until a send that must wait is tried again
AGAIN = 5.0  # seconds until a send with an unknown outcome is repeated: README, Figures
RETRY = 1.0  # seconds between two looks whether all is settled
HEARTBEAT = 5.0  # seconds
SILENT = dt.timedelta(seconds=20)  # a life without a heartbeat for so long is over
PATIENCE = 0.25  # seconds that help waits for a mark at most: nothing holds it back
LATE = dt.timedelta(seconds=10)  # a timed message over 10 s late is dropped

Unreachable = Callable[[Message], Awaitable[None]]
log = structlog.get_logger("bot.delivery")


class Delivery:
    """The only place that sends. `pace` 0 means no typing pauses; `unreachable` hears of people who blocked us."""

    def __init__(
        self, store: Store, channels: Mapping[str, Channel], clock: Callable[[], dt.datetime], pace: float = 1.0
    ) -> None:
        self.store = store
        self.channels = channels
        self.clock = clock
        self.pace = pace
        self.unreachable: Unreachable | None = None
        self._lanes: dict[str, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tokens = Tokens()
        self.marks = Marks(store)
        self._flying: dict[tuple[str, str], int] = {}
        self._landed = asyncio.Event()

    async def run(self) -> None:
        """Adopt what earlier lives left, show a sign of life, and look for lives that ended since. For ever."""
        while True:
            try:
                await self.adopt()
                await self.store.run(self._show_life)
            except StoreProblem as problem:
                log.warning("store_away", problem=type(problem).__name__)
            await asyncio.sleep(HEARTBEAT)

    def _show_life(self, connection: Connection) -> None:
        lives.sign(connection, self.store.life, self.clock())

    async def adopt(self) -> int:
        """Take over what lives that are over left unsent; how many rows."""
        adopted = 0
        silent_since = self.clock() - SILENT
        mine = [name for name, channel in self.channels.items() if channel.pushes]
        while posts := await self.store.run(
            lambda connection: outbox.adopt(connection, self.store.vault, self.store.life, mine, silent_since)
        ):
            self.put(posts)
            adopted += len(posts)
        if adopted:
            log.info("rows_adopted", count=adopted)
        return adopted

    def put(self, posts: Sequence[Post]) -> None:
        """Send these, which are committed. A door that draws by itself pulls its rows."""
        for post in posts:
            channel = self.channels.get(post.message.channel)
            if channel is None or not channel.pushes:
                continue
            lane = self._lanes.get(post.message.participant)
            if lane is None:
                lane = self._lanes[post.message.participant] = Lane()
                self._spawn(self._serve(post.message.participant, lane))
            lane.put(post)

    def cancel(self, participant: str, before: int, rows: Sequence[int]) -> None:
        """These are cancelled in the table: what is not lasting of turns before this one, and these rows."""
        if lane := self._lanes.get(participant):
            lane.cancel(before, rows)

    def asks_in_flight(self, channel: str, address: str) -> bool:
        """True while an ask is being sent to this person: whether it was seen is known in a moment."""
        return (channel, address) in self._flying

    async def landing(self, seconds: float) -> None:
        """Wait until a send has come to its end, at most so long."""
        self._landed.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._landed.wait(), seconds)

    async def say_without_row(self, arrival: Arrival, replies: Sequence[Reply]) -> bool:
        """The one thing said without a row: help, while the store is away. True if it was said."""
        if arrival.channel not in self.channels:
            return False
        said = [Message(0, "", arrival.channel, arrival.address, "say", each.text, each.buttons) for each in replies]
        if arrival.press:
            said.append(Message(0, "", arrival.channel, arrival.address, "acknowledge", "", target=arrival.press))
        outcomes = [await self._call(msgspec.structs.replace(message, priority="safety")) for message in said]
        return bool(outcomes) and outcomes[0].kind == "sent"

    async def settled(self) -> None:
        """Wait until nothing is left to send or to write: for an orderly stop and for tests."""
        while self._lanes or self.marks.work:
            tasks = [*self._tasks, *([self.marks.work] if self.marks.work else [])]
            await asyncio.wait(tasks, timeout=RETRY) if tasks else await asyncio.sleep(0)

    async def stop(self) -> None:
        """Begin no more sends, let those in flight land, write what became of them."""
        for lane in self._lanes.values():
            lane.close()
        await self.settled()

    async def _serve(self, participant: str, lane: Lane) -> None:
        """One person's posts, one after the other, until none is left. One that breaks something is given up."""
        while (post := await lane.next(self.clock, self.pace)) is not None:
            try:
                await self._one(post, lane)
            except Exception as error:  # noqa: BLE001 - one broken message stops nobody
                log.error("delivery_failed", row=post.message.row, failure=type(error).__name__)
                self._mark(post.message, "dead", self.clock())
                lane.done(post)
        del self._lanes[participant]

    async def _one(self, post: Post, lane: Lane) -> None:
        if post.timed and post.message.kind == "say" and self.clock() > post.not_before + LATE:
            self._mark(post.message, "cancelled", self.clock())
            lane.done(post)
            return
        await self._announce(post, lane)
        if lane.still_first(post):
            await self._send(post, lane)

    async def _announce(self, post: Post, lane: Lane) -> None:
        """Typing is shown, and the pause kept, before a bubble that follows another one."""
        pause = pause_before(post, lane, self.pace)
        if pause > 0:
            await self.channels[post.message.channel].typing(post.message.address)
            await lane.wait(pause)

    async def _send(self, post: Post, lane: Lane) -> None:
        message = await self._aimed(post.message)
        door = (message.channel, message.address)
        if message.priority == "reminder":
            await self._tokens.take()
        if message.kind in BUBBLES:
            await self.marks.until_marked(message.participant, PATIENCE if message.priority == "safety" else None)
            if not lane.still_first(post):
                return
        if message.kind == "ask":
            self._flying[door] = message.row
        begun = self.clock()
        try:
            outcome = await self._in_turn(message)
            self._settle(post, lane, outcome, begun)
        finally:
            self._flying.pop(door, None)
            self._landed.set()
        if outcome.kind == "unreachable":
            await self._gone(message, lane)

    async def _in_turn(self, message: Message) -> Outcome:
        if message.priority == "safety":
            return await self._call(message)
        async with self._slots:
            return await self._call(message)

    async def _call(self, message: Message) -> Outcome:
        """Hand a message to its channel. A channel that raises has a fault of its own: the outcome is unknown."""
        try:
            return await self.channels[message.channel].deliver(message)
        except Exception as error:  # noqa: BLE001 - one broken message stops nobody
            log.error("channel_failed", row=message.row, failure=type(error).__name__)
            return Outcome("unknown", reason=type(error).__name__)

    async def _aimed(self, message: Message) -> Message:
        """An edit or closing of an ask that had not been sent when it was written finds its message now."""
        if message.kind not in ("edit", "close") or message.target or not message.ask:
            return message
        try:
            await self.marks.write()
            target = await self.store.run(
                lambda connection: outbox.target_of(connection, message.participant, message.ask)
            )
        except StoreProblem:
            return message
        return msgspec.structs.replace(message, target=target)

    def _settle(self, post: Post, lane: Lane, outcome: Outcome, begun: dt.datetime) -> None:
        """What follows from an outcome: sent; wait; once more if unknown, but never a reminder; else given up."""
        message = post.message
        if outcome.kind == "sent":
            self._mark(message, "sent", begun, outcome.reference)
            lane.done(post)
        elif outcome.kind == "wait":
            lane.again(post, max(outcome.seconds, SHORTEST))
        elif outcome.kind == "unknown" and _may_repeat(message):
            lane.again(post, AGAIN)
        else:
            self._mark(message, "dead", begun)
            lane.done(post)
            log.warning("message_dead", row=message.row, kind=message.kind, outcome=outcome.kind, reason=outcome.reason)

    async def _gone(self, message: Message, lane: Lane) -> None:
        """The person cannot be reached: nothing more is sent, and the record learns of it through a turn."""
        for post in lane.empty():
            self._mark(post.message, "dead", self.clock())
        if self.unreachable is not None:
            self._spawn(self._tell(self.unreachable, message))

    async def _tell(self, unreachable: Unreachable, message: Message) -> None:
        try:
            await unreachable(message)
        except StoreProblem:
            log.warning("unreachable_not_noted", row=message.row)

    def _mark(
        self, message: Message, status: Literal["sent", "cancelled", "dead"], at: dt.datetime, name: str = ""
    ) -> None:
        mark = Mark(message.participant, message.row, status, at, name, message.attempts + 1)
        self.marks.add(mark, bubble=status == "sent" and message.kind in BUBBLES)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _may_repeat(message: Message) -> bool:
    """Once, and neither a reminder nor the answer to a press, which nobody waits for any more."""
    return message.attempts == 0 and message.priority != "reminder" and message.kind != "acknowledge"
