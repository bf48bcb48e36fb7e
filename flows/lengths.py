"""How long a flow is: messages, minutes and taps, typical and at the longest. An estimate, computed, never authored.

Seconds = words read / 200 a minute + 4 for a tap, rating or number, 20 for a text, list or time answered; a timed list
takes its own length. A skipped ask counts as answered. Only ways forward count: an edge back to an earlier node is left
out, so that each loop is walked once. A digression is not counted: what is opened on top is a run of its own, and a
node that takes a safety step (comfort, a direct question), or a part that cannot be passed without one, is left out.
`each` counts as three elements. At a fork all ways are equally likely; "typical" is the median over such walks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from flows.alternatives import most_said
from flows.flow import Flow, Node, Words
from flows.readability import spelled, word_count
from flows.ways import Way, ways

WORDS_A_SECOND = 200 / 60
TAP = 4
TYPED = 20
ELEMENTS = 3
SAFETY_STEP = "safety.step"
HALVES = 0.5


class Length(msgspec.Struct, frozen=True):
    """What one visit, or one way, costs. `texts` are open text questions outside the plan."""

    messages: int = 0
    seconds: int = 0
    taps: int = 0
    texts: int = 0

    def plus(self, other: Length) -> Length:
        return Length(
            *(a + b for a, b in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True))
        )

    def times(self, count: int) -> Length:
        return Length(*(each * count for each in msgspec.structs.astuple(self)))

    def most(self, other: Length) -> Length:
        """The larger of each number: an upper bound over two ways."""
        return Length(*map(max, msgspec.structs.astuple(self), msgspec.structs.astuple(other)))


class PathLengths(msgspec.Struct, frozen=True):
    """Median and longest of every number."""

    median: Length
    longest: Length

    @property
    def median_minutes(self) -> int:
        return max(1, math.ceil(self.median.seconds / 60))

    @property
    def longest_minutes(self) -> int:
        return max(1, math.ceil(self.longest.seconds / 60))


Spread = dict[int, float]  # a number -> how likely a walk has it
Kept = Callable[[Node], bool]


class Measured:
    """The lengths of one flow between two of its nodes, over the nodes that `kept` lets through."""

    def __init__(self, flow: Flow, flows: Mapping[str, Flow], kept: Kept, above: tuple[str, ...] = ()) -> None:
        self.flow, self.flows, self.above = flow, flows, (*above, flow.name)
        self.forward = _forward(flow, flows, lambda node: kept(node) and not digresses(node, flows))
        self.order = _ordered(flow, self.forward)
        self.visits: dict[str, Length] = {}

    def longest(self, start: str, stop: str = "") -> Length | None:
        """The most of each number from `start` to an end, or to `stop` (not counted); None if there is no way."""
        best: dict[str, Length] = {}
        for name in reversed(self.order):
            if name == stop:
                best[name] = Length()
                continue
            behind = [best[to] for to in self.forward[name] if to in best]
            if not behind and (stop or not self.flow.nodes[name].end):
                continue
            most = Length()
            for each in behind:
                most = most.most(each)
            best[name] = self.visit(self.flow.nodes[name]).plus(most)
        return best.get(start)

    def lead_through(self, goals: Iterable[str]) -> None:
        """From here on only ways that pass one of the goals count."""
        passed, before = set(_reached(self.forward, goals)), set(_reached(_backward(self.forward), goals))
        self.forward = {
            name: targets if name in passed else [to for to in targets if to in before]
            for name, targets in self.forward.items()
            if name in passed | before
        }
        self.order = _ordered(self.flow, self.forward)

    def median(self, number: str) -> int:
        """The median of one number over random walks from the start to an end."""
        spreads: dict[str, Spread] = {self.flow.start: {0: 1.0}}
        ended: Spread = {}
        for name in self.order:
            here = spreads.pop(name, None)
            if here is None:
                continue
            cost: int = getattr(self.visit(self.flow.nodes[name]), number)
            targets = self.forward[name]
            for total, likely in here.items():
                for to in targets:
                    there = spreads.setdefault(to, {})
                    there[total + cost] = there.get(total + cost, 0.0) + likely / len(targets)
                if not targets:
                    ended[total + cost] = ended.get(total + cost, 0.0) + likely
        return _middle(ended)

    def visit(self, node: Node) -> Length:
        """What one visit of the node costs; a called part counts with its longest way."""
        if node.name not in self.visits:
            self.visits[node.name] = self._visit(node)
        return self.visits[node.name]

    def _visit(self, node: Node) -> Length:
        said = most_said(node.say)
        seconds = sorted((_said(words, self.flow) for words in node.say), reverse=True)
        length = Length(said, sum(seconds[:said]))
        if node.ask:
            length = length.plus(_asked(node, self.flow))
        part = self.flows.get(node.call.part) if node.call else None
        if node.call and part and part.name not in self.above:
            inside = Measured(part, self.flows, _any, self.above).longest(part.start) or Length()
            if node.piece == "plan":
                inside = msgspec.structs.replace(inside, texts=0)
            length = length.plus(inside.times(ELEMENTS if node.call.each else 1))
        return length


def digresses(node: Node, flows: Mapping[str, Flow], above: frozenset[str] = frozenset()) -> bool:
    """Whether the node takes a safety step, or calls a part that cannot be passed without one."""
    if any(each.target == SAFETY_STEP for each in node.assignments):
        return True
    part = flows.get(node.call.part) if node.call else None
    if part is None or part.name in above:
        return False
    inside = {name for name, each in part.nodes.items() if not digresses(each, flows, above | {part.name})}
    seen, waiting = set(), [part.start]
    while waiting:
        name = waiting.pop()
        if name in inside and name not in seen:
            seen.add(name)
            waiting += [way.to for way in ways(part.nodes[name], flows)]
    return not any(part.nodes[name].end for name in seen)


def _any(_: Node) -> bool:
    return True


def _said(words: Words, flow: Flow) -> int:
    """Seconds to read the longest variant."""
    count = max(word_count(spelled(text, flow)) for text in words.variants)
    return round(count / WORDS_A_SECOND)


def _asked(node: Node, flow: Flow) -> Length:
    ask = node.ask
    assert ask is not None
    read = _said(ask.question, flow)
    if ask.type == "timed":
        return Length(1, read + max((words.at for words in ask.timed), default=0) + TAP, 1)
    if ask.type in ("text", "list", "time"):
        return Length(1, read + TYPED, 0, int(ask.type == "text" and node.piece != "plan"))
    return Length(1, read + TAP, 1)


def _forward(flow: Flow, flows: Mapping[str, Flow], kept: Kept) -> dict[str, list[str]]:
    """For each node the nodes behind it, without the edges that lead back to a node on the way here."""
    nodes = {name for name, node in flow.nodes.items() if kept(node)}
    forward: dict[str, list[str]] = {name: [] for name in nodes}
    done: set[str] = set()
    for root in [each for each in flow.nodes if each in nodes]:
        path: list[str] = []
        stack: list[tuple[str, list[Way]]] = []
        if root not in done:
            path, stack = [root], [(root, list(ways(flow.nodes[root], flows)))]
        while stack:
            name, left = stack[-1]
            if not left:
                stack.pop()
                done.add(path.pop())
                continue
            to = left.pop(0).to
            if to not in nodes or to in path or to in forward[name]:
                continue
            forward[name].append(to)
            if to not in done:
                path.append(to)
                stack.append((to, list(ways(flow.nodes[to], flows))))
    return forward


def _backward(forward: Mapping[str, list[str]]) -> dict[str, list[str]]:
    backward: dict[str, list[str]] = {}
    for name, targets in forward.items():
        for to in targets:
            backward.setdefault(to, []).append(name)
    return backward


def _reached(lead: Mapping[str, list[str]], goals: Iterable[str]) -> list[str]:
    """The goals and everything that leads on from them."""
    seen: dict[str, None] = {}
    waiting = list(goals)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen[name] = None
            waiting += lead.get(name, ())
    return list(seen)


def _ordered(flow: Flow, forward: Mapping[str, list[str]]) -> list[str]:
    """Every node before all nodes behind it."""
    waiting = dict.fromkeys(forward, 0)
    for targets in forward.values():
        for to in targets:
            waiting[to] += 1
    ready = [name for name in flow.nodes if waiting.get(name) == 0]
    order: list[str] = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        for to in forward[name]:
            waiting[to] -= 1
            if waiting[to] == 0:
                ready.append(to)
    return order


def _middle(spread: Spread) -> int:
    reached = 0.0
    whole = sum(spread.values())
    for number in sorted(spread):
        reached += spread[number]
        if reached >= HALVES * whole:
            return number
    return 0


def path_lengths(flow: Flow, flows: Mapping[str, Flow]) -> PathLengths:
    """Median and longest of a flow's full form, without a session's short one; the median of walks that finish it.

    A session is finished when its plan is reached.
    """
    measured = Measured(flow, flows, lambda node: node.hole.strip("<>") != "short")
    longest = measured.longest(flow.start) or Length()
    goals = [name for name in measured.forward if flow.nodes[name].milestone == "plan"]
    measured.lead_through(goals or [name for name in measured.forward if flow.nodes[name].end])
    return PathLengths(Length(*(measured.median(field) for field in Length.__struct_fields__)), longest)


def short_length(flow: Flow, flows: Mapping[str, Flow]) -> Length | None:
    """The longest way through a session's short form, from its first message to its end; None if it has none."""
    if not flow.short_start:
        return None
    measured = Measured(flow, flows, lambda node: node.hole.strip("<>") not in ("teach", "do"))
    before, after = measured.longest(flow.start, flow.short_start), measured.longest(flow.short_start)
    return before.plus(after) if before and after else None


def session_lengths(flow: Flow, flows: Mapping[str, Flow]) -> dict[str, Any]:
    """What a session says of itself: minutes (typical, rounded up), minutes of the short form, messages (typical)."""
    lengths = path_lengths(flow, flows)
    short = short_length(flow, flows)
    minutes = max(1, math.ceil(short.seconds / 60)) if short else 0
    return {"minutes": lengths.median_minutes, "short_minutes": minutes, "messages": lengths.median.messages}
