"""Whatever a text or a guard uses has been set on every way to it, or is tested first.

A forward walk: a name is set at a node if it is set on all ways that lead there (meet = intersection). A skipped ask
sets nothing unless the skip names a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from flows.alternatives import tree_of
from flows.flow import Ask, Assignment, Call, Edge, Flow, Node
from flows.named import NAMED
from flows.proof.case import PROFILE, REQUIRED, Case
from flows.proof.facts import NONE, Names, facts, is_path, is_there, leans_on, text_leans_on

ALWAYS = frozenset(
    {name for name, named in NAMED.items() if not named.may_be_empty or named.list_of}
    | {f"profile.{name}" for name, default in PROFILE.items() if default not in ("", None)}
)


VALUE_ALONE = re.compile(r"\s*\{\{[^{}]*\}\}\s*")


class Step(msgspec.Struct, frozen=True):
    """One way out of a node and what is certainly set behind it."""

    to: str
    have: Names


class Flowing:
    """The walk over one flow: `before[node]` is what is certainly set when the node is entered."""

    def __init__(self, flow: Flow, flows: Mapping[str, Flow], above: frozenset[str] = frozenset()) -> None:
        self.flow, self.flows, self.above = flow, flows, above | {flow.name}
        self.slots = frozenset({*flow.slots, *flow.takes})
        self._given: dict[str, dict[str, Names]] = {}
        self.before = self._walk()

    def _walk(self) -> dict[str, Names]:
        before: dict[str, Names] = {}
        waiting = [(self.flow.start, self._at_start())]
        while waiting:
            name, have = waiting.pop()
            known = before.get(name)
            met = have if known is None else known & have
            if name in self.flow.nodes and met != known:
                before[name] = met
                waiting += [(step.to, step.have) for step in self.steps(self.flow.nodes[name], met)]
        return before

    def _at_start(self) -> Names:
        return frozenset(
            name for name, take in self.flow.takes.items() if take.default != "" or name in self.flow.words
        )

    def steps(self, node: Node, have: Names) -> Iterator[Step]:
        """Every way out of the node, with what is set behind it."""
        for left in self.left(node, have):
            got = _assigned(node.assignments, left.have, self.slots)
            if left.to:
                yield Step(left.to, got)
            else:
                yield from _along(node.edges, got, self.slots)

    def left(self, node: Node, have: Names) -> Iterator[Step]:
        """How the node can be left, before its `set`: straight to a node, or (`to` empty) along its edges."""
        if node.ask:
            yield from self._asked(node.ask, have)
        elif node.call:
            yield from self._called(node.call, have)
        else:
            yield Step("", have)

    def _asked(self, ask: Ask, have: Names) -> Iterator[Step]:
        answered = have | {ask.into} if ask.into else have
        for choice in ask.choices:
            yield Step(choice.to, _assigned(choice.assignments, answered | facts(choice.when, True), self.slots))
        if not ask.choices or ask.source:
            yield Step("", answered)
        if ask.skip.allowed:
            yield Step(ask.skip.to, answered if ask.skip.value else have)

    def _called(self, call: Call, have: Names) -> Iterator[Step]:
        part = self.flows.get(call.part)
        rows = {own for own, give in call.into.items() if give == call.element} if "," in call.each else set()
        for end in part.ends if part else tuple(call.ends):
            given = self.given(part).get(end, NONE) if part and not call.each else NONE
            got = rows | {own for own, give in call.into.items() if give in given}
            yield Step(call.ends.get(end, ""), (have - set(call.into)) | got)  # what is not given becomes empty
        if call.each:
            yield Step("", have | rows)

    def given(self, part: Flow) -> dict[str, Names]:
        """What a part has certainly given at each of its ends."""
        if part.name in self.above:
            return {}
        if part.name not in self._given:
            inside = Flowing(part, self.flows, self.above)
            ends: dict[str, Names] = {}
            for node in part.nodes.values():
                if node.end and node.name in inside.before:
                    got = _assigned(node.assignments, inside.before[node.name], inside.slots) & set(part.gives)
                    ends[node.end] = ends[node.end] & got if node.end in ends else got
            self._given[part.name] = ends
        return self._given[part.name]

    def way_without(self, name: str, to: str) -> str:
        """An example of a way to a node on which the name stays empty, as node names; loops are left out."""
        paths: list[tuple[str, ...]] = [(self.flow.start,)]
        seen = {self.flow.start}
        while paths:
            path = paths.pop(0)
            if path[-1] == to:
                return " → ".join(path[-6:])
            node = self.flow.nodes.get(path[-1])
            for step in self.steps(node, NONE) if node else ():
                if not is_there(name, step.have) and step.to not in seen:
                    seen.add(step.to)
                    paths.append((*path, step.to))
        return to


def _along(edges: tuple[Edge, ...], have: Names, slots: Names) -> Iterator[Step]:
    for edge in edges:
        yield Step(edge.to, _assigned(edge.assignments, have | facts(edge.when, True), slots))
        if not edge.when:
            return
        have = have | facts(edge.when, False)


def _assigned(assignments: Iterable[Assignment], have: Names, slots: Names) -> Names:
    """What is set behind some assignments; each sees what the one before it set, and empties what it copies empty."""
    for each in assignments:
        have = have | {each.target} if _says_something(each.value, have, slots) else have - {each.target}
    return have


def _says_something(value: str, have: Names, slots: Names) -> bool:
    """A copy of something that may be empty sets nothing, and `''` empties. A bare word stands for itself."""
    tree = tree_of(value)
    if tree is None or value.strip() in ("''", '""'):
        return False
    bases = {path.split(".")[0] for path in leans_on(value, have | ALWAYS)}
    return bases.isdisjoint(NAMED) and not (is_path(value) and bases & slots)


def prove_slots(case: Case) -> None:
    """Report every use of a name that can still be empty, once per node and name."""
    flowing = Flowing(case.flow, case.flows)
    for name, have in flowing.before.items():
        node = case.flow.nodes[name]
        reported: set[str] = set()
        for path, line, said in _uses(case, flowing, node, have | case.elements):
            base = path.split(".")[0]
            if path in reported or base not in case.known:
                continue
            reported.add(path)
            if base in NAMED and base not in case.flow.slots:
                if said and not is_there(path, ALWAYS):
                    case.report("empty_value", node, line, name=path)
            else:
                case.report("unset_slot", node, line, name=path, path=flowing.way_without(base, name))


Use = tuple[str, int, bool]  # the path used, its line, whether it is said (a text) or tested (a guard)


def _uses(case: Case, flowing: Flowing, node: Node, have: Names) -> Iterator[Use]:
    """Everything the node leans on, in the order of a visit."""
    for words in (*node.say, *node.short):
        yield from _guard(words.when, words.line, have)
        there = have | facts(words.when, True)
        for text in words.variants:
            yield from _text(case, text, words.line, there)
    if node.ask:
        yield from _ask_uses(case, node, have)
    if node.call:
        yield from _call_uses(case, node, have)
    yield from _uses_behind(case, node, list(flowing.left(node, have)), flowing.slots)


def _uses_behind(case: Case, node: Node, left: list[Step], slots: Names) -> Iterator[Use]:
    """What is used once the node has its answer: `set`, `add`, and the guards of its edges."""
    yield from _values(node.assignments, _everywhere(step.have for step in left))
    for addition in node.additions:
        after = _everywhere(_assigned(node.assignments, step.have, slots) for step in left)
        for field, text in addition.fields.items():
            if field in REQUIRED[addition.kind] or not VALUE_ALONE.fullmatch(text):  # elsewhere empty stays empty
                yield from _text(case, text, addition.line or node.line, after)
    there = _everywhere(_assigned(node.assignments, step.have, slots) for step in left if not step.to)
    for edge in node.edges:
        yield from _guard(edge.when, edge.line or node.line, there)
        yield from _values(edge.assignments, there | facts(edge.when, True))
        there |= facts(edge.when, False)


def _everywhere(several: Iterable[Names]) -> Names:
    """What is set in each of them."""
    return frozenset.intersection(*every) if (every := list(several)) else NONE


def _ask_uses(case: Case, node: Node, have: Names) -> Iterator[Use]:
    ask = node.ask
    assert ask is not None
    for words in (ask.question, *ask.timed):
        yield from _guard(words.when, words.line or ask.line, have)
        for text in words.variants:
            yield from _text(case, text, words.line or ask.line, have | facts(words.when, True))
    if ask.source:
        yield from _guard(f"all(1 for x in {ask.source})", ask.line, have)
    for text in (ask.element_label, ask.done, *ask.ready):
        yield from _text(case, text, ask.line, have)
    for choice in ask.choices:
        yield from _guard(choice.when, choice.line, have)
        there = have | facts(choice.when, True)
        yield from _text(case, choice.label, choice.line, there)
        yield from _values(choice.assignments, there | {ask.into})


def _call_uses(case: Case, node: Node, have: Names) -> Iterator[Use]:
    call = node.call
    assert call is not None
    part = case.flows.get(call.part)
    for name, said in call.given.items():
        take = part.takes.get(name) if part else None
        if not isinstance(said, str) or (take and take.type == "scale"):
            continue
        if take and take.type == "words":
            yield from _text(case, said, call.line or node.line, have)
        elif not (take and take.default is not None):
            yield from _guard(said, call.line or node.line, have)
    if call.each and "," not in call.each:
        yield from _guard(f"all(1 for x in {call.each})", call.line or node.line, have)


def _guard(source: str, line: int, have: Names) -> Iterator[Use]:
    yield from ((path, line, False) for path in sorted(leans_on(source, have)))


def _values(assignments: Iterable[Assignment], have: Names) -> Iterator[Use]:
    for each in assignments:
        if not is_path(each.value):  # a plain copy passes emptiness on, and says nothing
            yield from _guard(each.value, each.line, have)
        have |= {each.target}


def _text(case: Case, text: str, line: int, have: Names, depth: int = 0) -> Iterator[Use]:
    """The text's own values, and those of the words a session fills in for a name that it uses."""
    for path in sorted(text_leans_on(text, NONE)):
        inner = case.expand(path) if depth < 3 else ""
        if inner:
            yield from _text(case, inner, line, have, depth + 1)
    yield from ((path, line, True) for path in sorted(text_leans_on(text, have)))
