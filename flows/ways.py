"""The ways out of a node: what leads on from it, and by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from flows.flow import Flow, Node


class Way(msgspec.Struct, frozen=True):
    """One way out of a node: by a choice, by skipping, by an end of the part it calls, or by an edge."""

    to: str
    by: str = ""  # choice:NAME, skip, end:NAME, or empty
    line: int = 0


def ways(node: Node, flows: Mapping[str, Flow] | None = None) -> Iterator[Way]:
    """All ways out of a node, in the order in which they are tried; edges that nothing follows are none.

    With `flows` the ends of a called part are known: where all of them lead elsewhere, the edges fall away.
    """
    if node.ask:
        yield from (Way(each.to, f"choice:{each.name}", each.line) for each in node.ask.choices if each.to)
        if node.ask.skip.to:
            yield Way(node.ask.skip.to, "skip", node.ask.line)
    if node.call:
        yield from (Way(to, f"end:{end}", node.call.line or node.line) for end, to in node.call.ends.items())
    if follows_edges(node, flows or {}):
        yield from (Way(edge.to, "", edge.line or node.line) for edge in node.edges)


def follows_edges(node: Node, flows: Mapping[str, Flow]) -> bool:
    """Whether some answer, some way of skipping, or some end of the part goes along the node's own edges."""
    if node.ask:
        answered = not node.ask.choices or bool(node.ask.source) or not all(choice.to for choice in node.ask.choices)
        return answered or (node.ask.skip.allowed and not node.ask.skip.to)
    part = flows.get(node.call.part) if node.call else None
    if node.call and part and part.ends and not node.call.each:
        return any(end not in node.call.ends for end in part.ends)
    return True


def reachable(flow: Flow, start: str, flows: Mapping[str, Flow] | None = None) -> set[str]:
    """Every node that some way from `start` leads to, `start` included."""
    seen: set[str] = set()
    waiting = [start] if start in flow.nodes else []
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [way.to for way in ways(flow.nodes[name], flows) if way.to in flow.nodes]
    return seen
