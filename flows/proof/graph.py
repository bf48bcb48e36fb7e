"""The ways through a flow: every target is there, every node is reached and reaches an end, no circle is silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.flow import ONWARD, Flow, Node
from flows.proof.case import Case, nearest
from flows.ways import Way, reachable, ways


def prove_graph(case: Case) -> None:
    if not case.flow.nodes:
        case.report("no_nodes")
        return
    _targets(case)
    _edges(case)
    _reached(case)
    _ends(case)
    _circles(case)


def _targets(case: Case) -> None:
    for node in case.flow.nodes.values():
        for way in _written(node):
            if way.to == ONWARD:
                case.report("onward_outside", node, way.line)
            elif way.to and way.to not in case.flow.nodes:
                near = nearest(way.to, case.flow.nodes)
                case.report("unknown_node", node, way.line, to=way.to, nearest=near)


def _written(node: Node) -> Iterator[Way]:
    """Every way that is written, also an edge that nothing follows."""
    yield from (way for way in ways(node) if way.by)
    yield from (Way(edge.to, "", edge.line or node.line) for edge in node.edges)


def _edges(case: Case) -> None:
    for node in case.flow.nodes.values():
        for edge in node.edges[:-1]:
            if not edge.when:
                behind = node.edges[node.edges.index(edge) + 1]
                case.report("edge_behind", node, behind.line)
                break
        if node.edges and node.edges[-1].when:
            case.report("last_edge_guarded", node, node.edges[-1].line)


def _reached(case: Case) -> None:
    seen = reachable(case.flow, case.flow.start, case.flows)
    for name, node in case.flow.nodes.items():
        if name not in seen:
            case.report("unreachable", node)


def _ends(case: Case) -> None:
    """Backwards from the ends: whatever is not met cannot end."""
    before: dict[str, set[str]] = {}
    for node in case.flow.nodes.values():
        for way in ways(node, case.flows):
            before.setdefault(way.to, set()).add(node.name)
    waiting = [name for name, node in case.flow.nodes.items() if node.end]
    ending: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in ending:
            ending.add(name)
            waiting += before.get(name, ())
    for name, node in case.flow.nodes.items():
        broken = any(way.to not in case.flow.nodes for way in ways(node, case.flows)) or not any(ways(node, case.flows))
        if name not in ending and not broken:
            case.report("no_end", node)


def _circles(case: Case) -> None:
    """A way that comes back to its node without an ask: each is reported once, at its first node."""
    silent = {name for name, node in case.flow.nodes.items() if not waits(node, case.flows)}
    done: set[str] = set()
    for name in case.flow.nodes:
        path = _circle(case, name, silent - done)
        if path:
            done |= set(path)
            case.report("silent_cycle", case.flow.nodes[name], path=" → ".join([*path, path[0]]))


def _circle(case: Case, start: str, silent: set[str]) -> list[str]:
    paths = [[start]] if start in silent else []
    seen: set[str] = set()
    while paths:
        path = paths.pop(0)
        for way in ways(case.flow.nodes[path[-1]], case.flows):
            if way.to == start:
                return path
            if way.to in silent and way.to not in seen:
                seen.add(way.to)
                paths.append([*path, way.to])
    return []


def waits(node: Node, flows: Mapping[str, Flow]) -> bool:
    """Whether nobody gets past this node without acting. An `each` may have nothing to go through."""
    if node.ask:
        return True
    if not node.call or node.call.each:
        return False
    part = flows.get(node.call.part)
    return part is not None and _always_waits(part, flows, frozenset({part.name}))


def _always_waits(part: Flow, flows: Mapping[str, Flow], above: frozenset[str]) -> bool:
    """No way through the part from its start to an end is silent."""
    seen: set[str] = set()
    waiting = [part.start]
    while waiting:
        name = waiting.pop()
        node = part.nodes.get(name)
        if node is None or name in seen or _stops(node, flows, above):
            continue
        seen.add(name)
        if node.end:
            return False
        waiting += [way.to for way in ways(node, flows)]
    return True


def _stops(node: Node, flows: Mapping[str, Flow], above: frozenset[str]) -> bool:
    if node.ask:
        return True
    inner = flows.get(node.call.part) if node.call and not node.call.each else None
    return bool(inner and inner.name not in above and _always_waits(inner, flows, above | {inner.name}))
