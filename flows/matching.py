"""All phrases of a language as one graph, and the walk through it from every token of a text.

Phrases that begin alike share their way, and a word leads to one place only: a token is looked up once per place in the
graph and not once per phrase. No regular expression and no going back: from each token the walk is at most as long as
the longest phrase, whatever the text, so the work grows with the number of tokens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from flows.signals import Element, Entry, Graph, Node
from flows.tokens import Token

Key = TypeVar("Key", str, int)

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
        """The places of the walk: all nodes that the same words lead to are one, with those behind words left out."""
        numbers = {self._reached((0,)): 0}
        known: dict[tuple[int, ...], int] = {}
        nodes = []
        for place in (places := [*numbers]):  # grows while it is read

            def number(to: Sequence[int]) -> int:
                if (key := tuple(to)) not in known:
                    reached = self._reached(key)
                    if reached not in numbers:
                        numbers[reached] = len(places)
                        places.append(reached)
                    known[key] = numbers[reached]
                return known[key]

            edges = _together([self.edges[at] for at in place])
            gaps = _together([_by_words(self.gaps[at]) for at in place])
            ends = dict.fromkeys(entry for at in place for entry in self.ends[at])
            nodes.append(
                Node(
                    {word: number(to) for word, to in edges.items()},
                    tuple((words, number(to)) for words, to in gaps.items()),
                    tuple(ends),
                )
            )
        return tuple(nodes)

    def _reached(self, nodes: Iterable[int]) -> tuple[int, ...]:
        """These nodes, and those behind the words that may be left out there."""
        todo, reached = list(nodes), set()
        while todo:
            at = todo.pop()
            if at not in reached:
                reached.add(at)
                todo += self.skips[at]
        return tuple(sorted(reached))


def _by_words(gaps: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for words, after in gaps:
        found[words].append(after)
    return found


def _together(ways: Sequence[Mapping[Key, list[int]]]) -> Mapping[Key, list[int]]:
    """Where each key leads from any of several nodes."""
    if len(ways) == 1:
        return ways[0]
    together: dict[Key, list[int]] = defaultdict(list)
    for each in ways:
        for key, to in each.items():
            together[key] += to
    return together


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
        self.next = [*(self._next(at) for at in range(len(tokens))), []]
        self.sentence_ends = _sentence_ends(tokens)

    def _next(self, at: int) -> list[tuple[str, int]]:
        """The words that can come next at a place, those behind fillers too; each with the place behind it."""
        found = [(form, at + 1) for form in self.forms[at]]
        last = min(at + FILLERS, len(self.forms) - 1)
        while at < last and self.passed[at]:
            at += 1
            found += [(form, at + 1) for form in self.forms[at]]
        return found

    def ends(self, start: int) -> dict[int, int]:
        """How far each phrase comes that begins at a token."""
        ends: dict[int, int] = {}
        first = self.nodes[0].edges
        todo = [(first[form], start + 1) for form in self.forms[start] if form in first]
        seen = set(todo)
        while todo:
            number, place = todo.pop()
            node = self.nodes[number]
            for entry in node.ends:
                if place > ends.get(entry, 0):
                    ends[entry] = place
            edges = node.edges
            ways = [(edges[form], over) for form, over in self.next[place] if form in edges]
            if node.gaps:
                ways += self._over_gaps(node.gaps, place)
            todo += [way for way in ways if way not in seen]
            seen.update(ways)
        return ends

    def _over_gaps(self, gaps: Iterable[tuple[int, int]], place: int) -> Iterator[tuple[int, int]]:
        """Where the words of a gap may end: in its sentence, at least at once."""
        for words, after in gaps:
            furthest = max(place + 1, min(place + words + 1, self.sentence_ends[place - 1]))
            for over in range(place, furthest):
                yield after, over


def _sentence_ends(tokens: Sequence[Token]) -> list[int]:
    """For each token the place of the first one behind its sentence."""
    ends = [len(tokens)] * len(tokens)
    for at in range(len(tokens) - 2, -1, -1):
        ends[at] = ends[at + 1] if tokens[at].sentence == tokens[at + 1].sentence else at + 1
    return ends
