"""At most three messages in a row before the person can act, along any way and through parts; a timed list is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.alternatives import most_said
from flows.flow import Flow, Node
from flows.proof.case import Case
from flows.ways import ways

IN_A_ROW = 3  # working rule: README, Figures
ENOUGH = 12  # more than this in a row is not counted on


def prove_bubbles(case: Case) -> None:
    """Reported where the row ends: at an ask, or where a flow that nobody calls ends."""
    running = Running(case.flow, case.flows)
    for name, count in running.rows():
        if count > IN_A_ROW:
            case.report("too_many_bubbles", case.flow.nodes[name], count=count, limit=IN_A_ROW)


class Running:
    """How many messages may stand unanswered when a node is entered, for one flow."""

    def __init__(self, flow: Flow, flows: Mapping[str, Flow], above: tuple[str, ...] = ()) -> None:
        self.flow, self.flows, self.above = flow, flows, (*above, flow.name)
        self.parts: dict[str, Running] = {}
        self.before = self._walk()

    def _walk(self) -> dict[str, int]:
        before: dict[str, int] = {}
        waiting = [(self.flow.start, 0)]
        while waiting:
            name, count = waiting.pop()
            node = self.flow.nodes.get(name)
            if node is None or before.get(name, -1) >= count:
                continue
            before[name] = count
            waiting += [(way.to, self.after(node, count, way.by)) for way in ways(node, self.flows)]
        return before

    def after(self, node: Node, before: int, by: str = "") -> int:
        """Messages that stand when the node is left by a way."""
        if node.ask:
            return 0
        count = min(before + most_said(node.say), ENOUGH)
        part = self.part(node)
        if part:
            return part.carried(count, by.removeprefix("end:"))
        return count

    def part(self, node: Node) -> Running | None:
        part = self.flows.get(node.call.part) if node.call else None
        if part is None or part.name in self.above:
            return None
        if part.name not in self.parts:
            self.parts[part.name] = Running(part, self.flows, self.above)
        return self.parts[part.name]

    def carried(self, before: int, end: str) -> int:
        """What stands at an end (or at any, if none is named) when `before` messages stood at the start."""
        tails = [
            self.before.get(node.name, 0) + most_said(node.say)
            for node in self.flow.nodes.values()
            if node.end and (not end or node.end == end)
        ]
        silent = [said for said, name in self._silently() if not end or self.flow.nodes[name].end == end]
        return min(max([*tails, *(before + said for said in silent)], default=before), ENOUGH)

    def first(self) -> int:
        """The most messages from the start until the first ask, the ask included."""
        return max((said for said, _ in self._silently(to_ask=True)), default=0)

    def _silently(self, *, to_ask: bool = False) -> Iterator[tuple[int, str]]:
        """(messages, node) for each end, or ask, that the start reaches without an ask in between."""
        most: dict[str, int] = {}
        waiting = [(self.flow.start, 0)]
        while waiting:
            name, count = waiting.pop()
            node = self.flow.nodes.get(name)
            if node is None or most.get(name, -1) >= count:
                continue
            most[name] = count
            said = min(count + most_said(node.say), ENOUGH)
            part = self.part(node)
            if to_ask and (node.ask or part):
                yield said + (1 if node.ask else part.first() if part else 0), name
            if node.end and not to_ask:
                yield said, name
            if not node.ask and not (part and not _passes(part)):
                waiting += [(way.to, said) for way in ways(node, self.flows)]

    def rows(self) -> Iterator[tuple[str, int]]:
        """(node, messages in a row) at each ask, each call (up to the part's first ask) and each last end."""
        for name, before in self.before.items():
            node = self.flow.nodes[name]
            said = before + most_said(node.say)
            part = self.part(node)
            if node.ask:
                yield name, said + 1
            elif part:
                yield name, said + part.first() if said else 0
            elif node.end and self.flow.kind != "part":
                yield name, said


def _passes(part: Running) -> bool:
    return any(True for _ in part._silently())
