"""A session is the skeleton of `parts/session.yaml` with its holes filled.

The skeleton is written once. A session brings the nodes of its holes, its words and its slots; pieces it leaves out
(`without`) fall away and the edges into them lead to what follows.
"""

from __future__ import annotations

import msgspec

from flows.flow import ONWARD, Choice, Edge, Flow, Node
from flows.problems import Problem, problem


def compose(session: Flow, skeleton: Flow) -> tuple[Flow, list[Problem]]:
    """The whole session as one Flow, and what does not fit the skeleton."""
    problems = [*_clashes(session, skeleton), *_unknown_pieces(session, skeleton)]
    filled = _fill(session, skeleton)
    kept = {name: node for name, node in filled.items() if node.piece not in session.without or not node.piece}
    redirect = _redirects(filled, kept)
    nodes = {name: _lead(node, redirect) for name, node in kept.items()}
    whole = msgspec.structs.replace(
        session,
        nodes=nodes,
        start=redirect.get(skeleton.start, skeleton.start),
        slots={**skeleton.slots, **session.slots},
        takes=skeleton.takes,
        short_start=next((name for name, node in nodes.items() if node.hole == "<short>"), ""),
    )
    return whole, problems


def _fill(session: Flow, skeleton: Flow) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for name, node in skeleton.nodes.items():
        node = msgspec.structs.replace(node, file=skeleton.file)
        if not node.hole:
            nodes[name] = node
            continue
        hole = node.hole.strip("<>")
        inside = {n: each for n, each in session.nodes.items() if each.hole == hole}
        onward = node.edges[0].to if node.edges else ""
        first = next(iter(inside), onward)
        nodes[name] = msgspec.structs.replace(node, edges=(Edge(first, line=node.line),))
        for inner, each in inside.items():
            nodes[inner] = _lead(msgspec.structs.replace(each, piece=node.piece), {ONWARD: onward})
    return nodes


def _redirects(filled: dict[str, Node], kept: dict[str, Node]) -> dict[str, str]:
    """For each node that fell away: the first node after it, in the skeleton's order, that stayed."""
    redirect: dict[str, str] = {}
    names = list(filled)
    for index, name in enumerate(names):
        if name not in kept:
            redirect[name] = next((later for later in names[index:] if later in kept), "")
    return redirect


def _lead(node: Node, redirect: dict[str, str]) -> Node:
    """The node with every way on that `redirect` names led elsewhere."""

    def led(target: str) -> str:
        return redirect.get(target, target)

    def choice(each: Choice) -> Choice:
        return msgspec.structs.replace(each, to=led(each.to))

    ask, call = node.ask, node.call
    if ask:
        skip = msgspec.structs.replace(ask.skip, to=led(ask.skip.to))
        ask = msgspec.structs.replace(ask, choices=tuple(map(choice, ask.choices)), skip=skip)
    if call:
        call = msgspec.structs.replace(call, ends={end: led(to) for end, to in call.ends.items()})
    edges = tuple(msgspec.structs.replace(edge, to=led(edge.to)) for edge in node.edges)
    return msgspec.structs.replace(node, ask=ask, call=call, edges=edges)


def _clashes(session: Flow, skeleton: Flow) -> list[Problem]:
    nodes = [
        problem("name_clash", session.file, node.line, name=name, where="the skeleton")
        for name, node in session.nodes.items()
        if name in skeleton.nodes
    ]
    slots = [
        problem("name_clash", session.file, slot.line, name=name, where="the skeleton's slots")
        for name, slot in session.slots.items()
        if name in skeleton.slots
    ]
    return nodes + slots


def _unknown_pieces(session: Flow, skeleton: Flow) -> list[Problem]:
    pieces = {node.piece for node in skeleton.nodes.values() if node.piece}
    return [
        problem("unknown_piece", session.file, session.line, piece=piece, known=", ".join(sorted(pieces)))
        for piece in session.without
        if piece not in pieces
    ]
