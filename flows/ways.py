"""The ways out of a node: what leads on from it, and by what."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from flows.flow import Flow, Node


class Way(msgspec.Struct, frozen=True):
    """One way out of a node: by a choice, by skipping, by an end of the part it calls, or by an edge."""

    to: str
    by: str = ""  # choice:NAME, skip, end:NAME, or empty
    line: int = 0


def ways(node: Node) -> Iterator[Way]:
    """All ways out of a node, in the order in which they are tried."""
    if node.ask:
        yield from (Way(each.to, f"choice:{each.name}", each.line) for each in node.ask.choices if each.to)
        if node.ask.skip.to:
            yield Way(node.ask.skip.to, "skip", node.ask.line)
    if node.call:
        yield from (Way(to, f"end:{end}", node.call.line or node.line) for end, to in node.call.ends.items())
    yield from (Way(edge.to, "", edge.line or node.line) for edge in node.edges)


def reachable(flow: Flow, start: str) -> set[str]:
    """Every node that some way from `start` leads to, `start` included."""
    seen: set[str] = set()
    waiting = [start] if start in flow.nodes else []
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [way.to for way in ways(flow.nodes[name]) if way.to in flow.nodes]
    return seen
