"""One person's posts on their way out, and when the next may go.

Safety and acknowledgements overtake; all else keeps its order. A timed post waits for its moment without holding up
what comes after it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence

import msgspec

from bot.store.outbox import Post

THINKING = 0.4  # seconds: README, Figures
PER_CHARACTER = 0.025
LONGEST_PAUSE = 2.5
REMINDERS_PER_SECOND = 25
BUBBLES = frozenset({"say", "ask"})


class Lane:
    """The posts of one person. Changes wake whoever waits in it."""

    def __init__(self) -> None:
        self._posts: list[Post] = []
        self._changed = asyncio.Event()
        self._closed = False
        self._held: dict[int, float] = {}  # row -> time of the loop until which its next try waits
        self.said_at = float("-inf")  # of the loop: when the last bubble went

    def put(self, post: Post) -> None:
        self._posts.append(post)
        self._posts.sort(key=_order)
        self._changed.set()

    def cancel(self, before: int, rows: Sequence[int]) -> None:
        """Drop what is not lasting of turns before this one, and these rows."""
        self._posts = [
            post for post in self._posts if post.message.row not in rows and (post.lasting or post.turn >= before)
        ]
        self._changed.set()

    def empty(self) -> list[Post]:
        posts, self._posts = self._posts, []
        return posts

    def close(self) -> None:
        """Nothing more begins; what is unsent stays in the table for the next life."""
        self._closed = True
        self._posts = []
        self._changed.set()

    def done(self, post: Post) -> None:
        if post.message.kind in BUBBLES:
            self.said_at = asyncio.get_running_loop().time()
        self._held.pop(post.message.row, None)
        self._posts = [each for each in self._posts if each.message.row != post.message.row]

    def again(self, post: Post, seconds: float) -> None:
        """The same post once more, after a while."""
        message = msgspec.structs.replace(post.message, attempts=post.message.attempts + 1)
        tried = msgspec.structs.replace(post, message=message)
        self._posts = [tried if each.message.row == message.row else each for each in self._posts]
        self._held[message.row] = asyncio.get_running_loop().time() + seconds

    def still_first(self, post: Post) -> bool:
        """True if nothing overtook it during a pause, and it was not cancelled."""
        return (
            bool(self._posts) and any(each is post for each in self._posts) and _order(self._posts[0]) >= _order(post)
        )

    async def next(self, clock: Callable[[], dt.datetime], pace: float) -> Post | None:
        """The post whose turn it is, as soon as its time has come; None when none is left."""
        while self._posts:
            ready, seconds = self._first_ready(clock(), pace)
            if ready is not None:
                return ready
            await self.wait(max(seconds, 0.01))
        return None

    def _first_ready(self, now: dt.datetime, pace: float) -> tuple[Post | None, float]:
        """The first that may go now, else the seconds until one may. One that must be tried again holds up the rest."""
        soonest = float("inf")
        time = asyncio.get_running_loop().time()
        for post in self._posts:
            held = self._held.get(post.message.row, 0.0) - time
            if held > 0:
                return None, min(soonest, held)
            early = (post.not_before - now).total_seconds() if post.timed and pace else 0.0
            if early <= 0:
                return post, 0.0
            soonest = min(soonest, early)
        return None, soonest

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until the lane changes."""
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return


class Tokens:
    """The right to send a reminder: 25 a second, so that replies to people always have room."""

    def __init__(self, per_second: float = REMINDERS_PER_SECOND) -> None:
        self._gap = 1 / per_second
        self._next = 0.0

    async def take(self) -> None:
        now = asyncio.get_running_loop().time()
        self._next = max(self._next, now)
        wait, self._next = self._next - now, self._next + self._gap
        if wait > 0:
            await asyncio.sleep(wait)


def pause_before(post: Post, lane: Lane, pace: float) -> float:
    """Seconds to show typing before this bubble: as long as a person would need, none in a crisis or for the first."""
    if post.message.kind not in BUBBLES or post.message.priority == "safety" or post.timed:
        return 0.0
    natural = min(THINKING + PER_CHARACTER * len(post.message.text), LONGEST_PAUSE) * pace
    return lane.said_at + natural - asyncio.get_running_loop().time()


def _order(post: Post) -> tuple[int, int, int]:
    if post.message.priority == "safety":
        return 0, post.turn, post.message.row
    return (1 if post.message.kind == "acknowledge" else 2), post.turn, post.message.row
