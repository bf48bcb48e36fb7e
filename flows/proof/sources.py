"""Everything written inside a node: each expression and each text, with its line and what kind of thing it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import msgspec

from flows.flow import Assignment, Node, Words
from flows.proof.case import Case
from flows.wording import Text

Kind = Literal["say", "ask", "short", "timed", "label", "ready", "done", "given", "field"]


class Said(msgspec.Struct, frozen=True):
    """One authored text of a node."""

    kind: Kind
    text: str
    line: int


@lru_cache(maxsize=4096)
def text_of(source: str) -> Text:
    """The text, compiled once for all rules. Raises WordingError."""
    return Text(source)


def texts(case: Case, node: Node) -> Iterator[Said]:
    """All texts of a node in the order of a visit."""
    yield from _bubbles("say", node.say)
    yield from _bubbles("short", node.short)
    if node.ask:
        yield from _bubbles("ask", (node.ask.question,), node.ask.line)
        yield from _bubbles("timed", node.ask.timed)
        rest = {"done": (node.ask.done,), "label": (node.ask.element_label,), "ready": node.ask.ready}
        for kind, several in rest.items():
            yield from (Said(kind, text, node.ask.line) for text in several if text)  # type: ignore[arg-type]
        yield from (Said("label", choice.label, choice.line) for choice in node.ask.choices if choice.label)
    yield from _given(case, node)
    for addition in node.additions:
        yield from (Said("field", text, addition.line or node.line) for text in addition.fields.values())


def _bubbles(kind: Kind, bubbles: tuple[Words, ...], line: int = 0) -> Iterator[Said]:
    for words in bubbles:
        yield from (Said(kind, text, words.line or line) for text in words.variants if text)


def _given(case: Case, node: Node) -> Iterator[Said]:
    """Words that a call passes, and for a session the words that it fills in where the skeleton passes them on."""
    part = case.flows.get(node.call.part) if node.call else None
    if node.call and part:
        for name, said in node.call.given.items():
            take = part.takes.get(name)
            if isinstance(said, str) and take and take.type == "words":
                yield Said("given", said, node.call.line or node.line)


def expressions(case: Case, node: Node) -> Iterator[tuple[str, int]]:
    """All guards and values of a node, each with its line."""
    for words in (*node.say, *node.short, *((node.ask.question, *node.ask.timed) if node.ask else ())):
        yield words.when, words.line
    if node.ask:
        yield node.ask.source, node.ask.line
        for choice in node.ask.choices:
            yield choice.when, choice.line
            yield from _values(choice.assignments)
    yield from _values(node.assignments)
    for edge in node.edges:
        yield edge.when, edge.line
        yield from _values(edge.assignments)
    yield from _call_values(case, node)


def _call_values(case: Case, node: Node) -> Iterator[tuple[str, int]]:
    if not node.call:
        return
    if "," not in node.call.each:  # else it is words written out
        yield node.call.each, node.call.line
    part = case.flows.get(node.call.part)
    for name, said in node.call.given.items():
        take = part.takes.get(name) if part else None
        if isinstance(said, str) and take and take.type == "value":
            yield said, node.call.line


def _values(assignments: tuple[Assignment, ...]) -> Iterator[tuple[str, int]]:
    yield from ((each.value, each.line) for each in assignments)
