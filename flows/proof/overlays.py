"""A translation says the values that the original says, no fewer and no others."""

from __future__ import annotations

from collections.abc import Iterator

from flows.flow import Flow
from flows.overlay import Overlay, flow_words
from flows.problems import Problem, problem
from flows.proof.facts import NONE, Names, text_leans_on


def value_problems(flow: Flow, overlay: Overlay) -> Iterator[Problem]:
    """Values lost or invented, text by text; a value that only some variants use may be left out."""
    for node, paths in flow_words(flow).items():
        for path, variants in paths.items():
            said = overlay.words.get(node, {}).get(path)
            if not said:
                continue
            needed = frozenset.intersection(*map(_values, variants))
            known = frozenset.union(*map(_values, variants))
            place, line = f"{node}: {path}", overlay.lines[node]
            for text in said:
                lost, invented = sorted(needed - _values(text)), sorted(_values(text) - known)
                yield from (problem("lost_value", overlay.file, line, node=place, name=name) for name in lost)
                yield from (problem("invented_value", overlay.file, line, node=place, name=name) for name in invented)


def _values(text: str) -> Names:
    return text_leans_on(text, NONE)
