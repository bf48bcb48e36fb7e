"""What every rule of the proof stands on: one flow, the flows around it, and a place to report to."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from flows.flow import Flow, Node, Take
from flows.named import NAMED
from flows.problems import Problem, problem
from flows.programme import Programme
from flows.record import Profile

KEPT = re.compile(r"\bkept\.(\w+)\.(\w+)")
PLAN_FIELDS = ("what", "when", "where", "obstacle", "if_then", "confidence")
REQUIRED = {
    "card": ("title", "body"),
    "plan": ("what",),
    "goal": ("text",),
    "rating": ("name", "value"),
    "entry": ("text",),
}
PROFILE = {each.name: each.default for each in msgspec.structs.fields(Profile)}


def kept_slots(flows: Mapping[str, Flow], flow: str) -> frozenset[str]:
    """The slots of a flow whose answers are kept beyond the run."""
    slots = flows[flow].slots.values() if flow in flows else ()
    return frozenset(slot.name for slot in slots if slot.keep == "kept")


class Case:
    """One flow under proof. A problem is reported once, where its node stands (the skeleton, for a session's nodes)."""

    def __init__(self, flow: Flow, flows: Mapping[str, Flow], programme: Programme) -> None:
        self.flow, self.flows, self.programme = flow, flows, programme
        self.problems: list[Problem] = []
        self.elements = frozenset(_elements(flow.nodes.values()))
        self.known = frozenset({*flow.slots, *flow.takes, *NAMED, *self.elements})

    def report(self, name: str, node: Node | None = None, line: int = 0, /, **words: Any) -> None:
        if node:
            words.setdefault("node", node.name)
        file = (node.file if node else "") or self.flow.file
        place = line or (node.line if node else 0) or self.flow.line
        self.problems.append(problem(name, file, place, **words))

    def part_of(self, node: Node) -> Flow | None:
        """The part that a node calls, if there is one of that name."""
        part = self.flows.get(node.call.part) if node.call else None
        return part if part and part.kind == "part" else None

    def expand(self, name: str) -> str:
        """What a word that a session (or a default) fills in reads like; empty for everything else."""
        said = self.flow.words.get(name)
        if isinstance(said, str):
            return said
        take: Take | None = self.flow.takes.get(name)
        return take.default or "" if take and take.type == "words" else ""


def _elements(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        if node.ask and node.ask.element:
            yield node.ask.element
        if node.call and node.call.element:
            yield node.call.element


def nearest(name: str, known: Collection[str]) -> str:
    """The known name most like this one, or the first few of them."""
    near = difflib.get_close_matches(name, known, 1)
    return near[0] if near else listing(known)


def listing(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:12]) or "none"
