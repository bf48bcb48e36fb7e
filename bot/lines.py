"""One person, one line: what came waits here in order until a tick takes it.

People stand side by side, the one who waits longest first. Texts of one person that wait together are read as one
utterance of several lines, as long as what was seen when they were typed is the same.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from bot.channels import Arrival
from flows.turn import Utterance

Address = tuple[str, str]  # channel, and the channel's address of the person
TOGETHER = 20  # texts read as one at most: more than anybody types before an answer


class Waiting:
    """An arrival in its line; `done` is fulfilled once all it causes is committed. `since`: the loop's seconds."""

    __slots__ = ("arrival", "done", "since")

    def __init__(self, arrival: Arrival) -> None:
        loop = asyncio.get_running_loop()
        self.arrival = arrival
        self.done: asyncio.Future[None] = loop.create_future()
        self.since = loop.time()

    def settle(self, failure: Exception | None = None) -> None:
        """Let whoever waits go on."""
        if self.done.done():
            return
        if failure is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(failure)


class Lines:
    """All lines in which somebody waits; an empty line is dropped."""

    def __init__(self) -> None:
        self._lines: dict[Address, deque[Waiting]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def join(self, arrival: Arrival) -> Waiting:
        """To the end of the person's line."""
        waiting = Waiting(arrival)
        self._lines.setdefault((arrival.channel, arrival.address), deque()).append(waiting)
        return waiting

    def first(self, limit: int, held: Callable[[Waiting], bool]) -> list[list[Waiting]]:
        """What stands first in up to `limit` lines: one arrival, or texts that may be read together. It stays there."""
        found: list[list[Waiting]] = []
        for line in self._lines.values():
            if len(found) == limit:
                break
            if not held(line[0]):
                found.append(_front(line))
        return found

    def leave(self, gone: Iterable[Waiting]) -> None:
        """These are done; whose line is not empty goes behind the others."""
        for waiting in gone:
            address = (waiting.arrival.channel, waiting.arrival.address)
            line = self._lines.pop(address)
            line.remove(waiting)
            if line:
                self._lines[address] = line


def _front(line: deque[Waiting]) -> list[Waiting]:
    """The first of a line and what may be read with it; a second copy of an update waits until the first is known."""
    front: list[Waiting] = []
    names: set[str] = set()
    for waiting in line:
        alone = not _is_plain_text(waiting.arrival)
        if front and (alone or len(front) == TOGETHER or waiting.arrival.update in names):
            break
        front.append(waiting)
        names.add(waiting.arrival.update)
        if alone:
            break
    return front


def _is_plain_text(arrival: Arrival) -> bool:
    utterance = arrival.utterance
    return utterance.text is not None and not (arrival.replaces or utterance.edits or utterance.start)


def together(front: Sequence[Waiting], seen: Callable[[Utterance], bool]) -> tuple[list[Waiting], Utterance]:
    """The first of these that were typed with the same sight of the open ask, and what they say as one utterance."""
    utterance = front[0].arrival.utterance
    if utterance.text is None:
        return [front[0]], utterance
    sight = seen(utterance)
    alike: list[Waiting] = []
    for waiting in front:
        if seen(waiting.arrival.utterance) is not sight:
            break
        alike.append(waiting)
    text = "\n".join(waiting.arrival.utterance.text or "" for waiting in alike)
    last = alike[-1].arrival.utterance
    return alike, msgspec.structs.replace(last, text=text, seen=sight)
