"""Every node and every way of the shipped content is walked by a golden chat.

A way is a choice that leads somewhere, an end of a part, a skip with a target, or an edge. The skeleton of a session
counts once, whichever session walked it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from flows.flow import Flow, Node
from flows.library import Library
from flows.replay import replay
from flows.transcript import TranscriptError, parse
from flows.turn import Step
from flows.ways import ways
from tests.flows.conftest import chats

Place = tuple[str, str]  # file, node

NOT_YET: dict[Place, str] = {  # nodes that no chat can reach, and why
    ("onboarding/onboarding.yaml", "language"): "one language is on offer",
    ("screens/settings.yaml", "language"): "one language is on offer",
    ("safety/alert_seen.yaml", "seen"): "said when the on-call team confirms: tests/flows/test_alerts.py",
    ("safety/alert_unseen.yaml", "unseen"): "said when nobody confirms: tests/flows/test_alerts.py",
}
WAYS_NOT_YET: dict[str, str] = {  # ways that no chat can go, and why
    "parts/session.yaml other_topic -> not_now": "no flag sets both other sessions aside",
}


def place(flow: Flow, node: Node) -> Place:
    return node.file or flow.file, node.name


def written(library: Library) -> tuple[set[Place], set[str]]:
    """All nodes that can be reached, and all ways between them as `file node -> target` or `file node by`."""
    nodes, edges = set(), set()
    for flow in library.flows.values():
        for node in flow.nodes.values():
            if place(flow, node) not in NOT_YET:
                nodes.add(place(flow, node))
                edges |= set(ways_of(library, flow, node)) - WAYS_NOT_YET.keys()
    return nodes, edges


def ways_of(library: Library, flow: Flow, node: Node) -> Iterator[str]:
    file, name = place(flow, node)
    for way in ways(node, library.flows):
        if (file, way.to) in NOT_YET:
            continue
        yield f"{file} {name} {way.by}" if way.by else f"{file} {name} -> {way.to}"


def walked(library: Library, steps: tuple[Step, ...]) -> tuple[set[Place], set[str]]:
    """The nodes and ways that the steps of one chat went."""
    nodes = {place(library.places[step.state].flow, library.places[step.state].node) for step in steps}
    edges = {way for step, after in pairwise(steps) for way in left(library, step, after)}
    return nodes, edges


def left(library: Library, step: Step, after: Step) -> Iterator[str]:
    """How a step was left: by a choice, an end or a skip of its own, and along the edge to the next node."""
    here, there = library.places[step.state], library.places[after.state]
    file, name = place(here.flow, here.node)
    if not step.left_by or (here.node.kind == "calls" and step.left_by == "call"):
        return
    yield from (f"{file} {name} {kind}{step.left_by}" for kind in ("choice:", "end:", ""))
    if here.flow.name == there.flow.name:
        yield f"{file} {name} -> {there.node.name}"
    else:  # a node that opens another flow is left only later
        opened = [node.name for node in here.flow.nodes.values() if node.opens and node.opens == there.flow.name]
        yield from (f"{file} {name} -> {node}" for node in opened if node in {way.to for way in ways(here.node)})


@pytest.fixture(scope="module")
def found(shipped, presets):
    nodes: set[Place] = set()
    edges: set[str] = set()
    for file in chats():
        try:
            replayed = replay(parse(file.read_text(encoding="utf-8")), shipped, presets, round_trip=False)
        except TranscriptError:  # this chat fails in test_transcripts.py, with its line
            continue
        more_nodes, more_edges = walked(shipped, replayed.steps)
        nodes, edges = nodes | more_nodes, edges | more_edges
    if not nodes:
        pytest.skip("there are no golden chats")
    return nodes, edges


def test_every_node_is_walked(shipped, found):
    missing = sorted(f"{file} {name}" for file, name in written(shipped)[0] - found[0])
    assert missing == [], listing(missing, len(written(shipped)[0]))


def test_every_way_is_walked(shipped, found):
    missing = sorted(written(shipped)[1] - found[1])
    assert missing == [], listing(missing, len(written(shipped)[1]))


def test_what_cannot_be_reached_yet_is_still_there_and_still_out_of_reach(shipped, found):
    known = {place(flow, node) for flow in shipped.flows.values() for node in flow.nodes.values()}
    assert (set(NOT_YET) <= known, set(NOT_YET) & found[0]) == (True, set())


def listing(missing: list[str], whole: int) -> str:
    return "\n".join([f"{whole - len(missing)} of {whole} walked; missing:", *missing])
