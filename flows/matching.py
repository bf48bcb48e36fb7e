"""All phrases of a language as one graph, and the walk through it from every token of a text.

Phrases that begin alike share their way, so that a token is looked up once per place in the graph and not once per
phrase. No regular expression and no going back: from each token the walk is at most as long as the longest phrase,
whatever the text, so the work grows with the number of tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from flows.signals import Element, Entry, Graph, Node
from flows.tokens import Token

FILLERS = 2  # at most so many in a row are passed over inside a phrase


class Span(msgspec.Struct, frozen=True, gc=False):
    """Where a phrase stands: token positions, the end not included."""

    entry: Entry
    start: int
    end: int


def graph_of(entries: Iterable[Entry]) -> Graph:
    """One graph for all phrases; node 0 is where each begins."""
    builder = _Builder()
    listed = tuple(entries)
    for number, entry in enumerate(listed):
        at = 0
        for element in entry.phrase.elements:
            at = builder.beyond(at, element)
        builder.ends[at].append(number)
    return Graph(builder.nodes(), listed)


class _Builder:
    def __init__(self) -> None:
        self.edges: list[dict[str, list[int]]] = []
        self.skips: list[list[int]] = []
        self.gaps: list[list[tuple[int, int]]] = []
        self.ends: list[list[int]] = []
        self.known: dict[tuple[int, Element], int] = {}
        self._new()

    def _new(self) -> int:
        self.edges.append({})
        self.skips.append([])
        self.gaps.append([])
        self.ends.append([])
        return len(self.edges) - 1

    def beyond(self, at: int, element: Element) -> int:
        """The node behind an element; the same one for every phrase that came the same way."""
        if (at, element) in self.known:
            return self.known[at, element]
        after = self.known[at, element] = self._new()
        if element.gap:
            self.gaps[at].append((element.gap, after))
        if element.optional:
            self.skips[at].append(after)
        for words in (*((word,) for word in element.words), *element.longer):
            here = at
            for word in words[:-1]:
                step = self._new()
                self.edges[here].setdefault(word, []).append(step)
                here = step
            self.edges[here].setdefault(words[-1], []).append(after)
        return after

    def nodes(self) -> tuple[Node, ...]:
        return tuple(
            Node({word: tuple(to) for word, to in edges.items()}, tuple(skips), tuple(gaps), tuple(ends))
            for edges, skips, gaps, ends in zip(self.edges, self.skips, self.gaps, self.ends, strict=True)
        )


def spans(tokens: Sequence[Token], graph: Graph, fillers: frozenset[str]) -> Iterator[Span]:
    """Every phrase that begins at any token, as far as it reaches."""
    first = graph.nodes[0].edges
    walk: _Walk | None = None
    for start, token in enumerate(tokens):
        for form in token.forms:
            if form in first:
                walk = walk or _Walk(tokens, graph.nodes, fillers)
                yield from (Span(graph.entries[number], start, end) for number, end in walk.ends(start).items())
                break


class _Walk:
    """From one token through the graph, word by word."""

    def __init__(self, tokens: Sequence[Token], nodes: Sequence[Node], fillers: frozenset[str]) -> None:
        self.nodes = nodes
        self.forms = [token.forms for token in tokens]
        self.passed = [not fillers.isdisjoint(forms) for forms in self.forms]
        self.sentence_ends = _sentence_ends(tokens)

    def ends(self, start: int) -> dict[int, int]:
        """How far each phrase comes that begins at a token."""
        ends: dict[int, int] = {}
        seen: set[tuple[int, int]] = set()
        todo: list[tuple[int, int]] = []
        self._step(self.nodes[0].edges, start, start, todo)
        while todo:
            here = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            number, place = here
            node = self.nodes[number]
            for entry in node.ends:
                if place > ends.get(entry, 0):
                    ends[entry] = place
            if node.skips:
                todo += [(after, place) for after in node.skips]
            for gap, after in node.gaps:
                furthest = max(place + 1, min(place + gap + 1, self.sentence_ends[place - 1]))
                todo += [(after, over) for over in range(place, furthest)]
            if node.edges and place < len(self.forms):
                self._step(node.edges, place, place + FILLERS, todo)
        return ends

    def _step(self, edges: dict[str, tuple[int, ...]], at: int, last: int, todo: list[tuple[int, int]]) -> None:
        """Over the next word, or the one behind fillers."""
        while True:
            for form in self.forms[at]:
                if form in edges:
                    todo += [(after, at + 1) for after in edges[form]]
            if at == last or not self.passed[at] or at + 1 == len(self.forms):
                return
            at += 1


def _sentence_ends(tokens: Sequence[Token]) -> list[int]:
    """For each token the place of the first one behind its sentence."""
    ends = [len(tokens)] * len(tokens)
    for at in range(len(tokens) - 2, -1, -1):
        ends[at] = ends[at + 1] if tokens[at].sentence == tokens[at + 1].sentence else at + 1
    return ends
