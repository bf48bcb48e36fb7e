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
    for start, token in enumerate(tokens):
        for form in token.forms:
            if form in first:
                ends = _Walk(tokens, graph.nodes, fillers, start).ends
                yield from (Span(graph.entries[number], start, end) for number, end in ends.items())
                break


class _Walk:
    """From one token through the graph; `ends` says how far each phrase came."""

    def __init__(self, tokens: Sequence[Token], nodes: Sequence[Node], fillers: frozenset[str], start: int) -> None:
        self.tokens, self.nodes, self.fillers = tokens, nodes, fillers
        self.ends: dict[int, int] = {}
        self.seen: set[tuple[int, int]] = set()
        self.open: list[tuple[int, int]] = []
        self._step(0, start, start)
        while self.open:
            node, place = self.open.pop()
            for at in self._places(place):
                self._step(node, place, at)

    def _places(self, place: int) -> Iterator[int]:
        """The next word, and those behind fillers."""
        for at in range(place, min(place + FILLERS + 1, len(self.tokens))):
            yield at
            if self.fillers.isdisjoint(self.tokens[at].forms):
                return

    def _step(self, node: int, place: int, at: int) -> None:
        edges = self.nodes[node].edges
        for form in self.tokens[at].forms:
            for after in edges.get(form, ()):
                self._enter(after, at + 1)

    def _enter(self, node: int, place: int) -> None:
        if (node, place) in self.seen:
            return
        self.seen.add((node, place))
        here = self.nodes[node]
        for number in here.ends:
            self.ends[number] = max(self.ends.get(number, 0), place)
        if here.edges:
            self.open.append((node, place))
        for after in here.skips:
            self._enter(after, place)
        for gap, after in here.gaps:
            for over in self._gap(gap, place):
                self._enter(after, over)

    def _gap(self, gap: int, place: int) -> Iterator[int]:
        """Up to `gap` words on; what follows them stands in the sentence of the word before."""
        sentence = self.tokens[place - 1].sentence
        yield place
        for at in range(place + 1, min(place + gap + 1, len(self.tokens))):
            if self.tokens[at].sentence != sentence:
                return
            yield at
