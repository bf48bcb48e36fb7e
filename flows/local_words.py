"""Words of nodes that a clinic writes anew, from `overlay/<folder>/<flow>.yaml`: the shape of a translation.

A file names nodes and, of each, only the words that change, with the hash of the words that they replace. Branching
never changes. A file with a problem is left out whole, so that people read the shipped words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from flows.authoring import Author
from flows.flow import Addition, Ask, Call, Flow, Node, Words
from flows.overlay import SESSION_WORDS, Overlay, Paths, flow_words, read_overlay, words_hash
from flows.problems import Problem
from flows.proof.case import nearest
from flows.proof.facts import NONE, text_leans_on
from flows.versions import settled

replace = msgspec.structs.replace
Variants = tuple[str, ...]


def read_local_words(
    flows: Mapping[str, Flow], documents: Iterable[tuple[str, Any]], language: str
) -> tuple[dict[str, Overlay], list[Problem]]:
    """(flow -> the words that replace its own, problems) of all files, given as (file, content)."""
    found: dict[str, Overlay] = {}
    problems: list[Problem] = []
    for file, content in documents:
        name, author = file.rpartition("/")[2].removesuffix(".yaml"), Author(file)
        if name.startswith("signals."):
            continue
        words = read_overlay(language, content, author)
        if name in flows:
            _check(author, flows[name], words)
            found |= {} if author.problems else {name: words}
        else:
            author.report("overlay_place", 1, name=name, nearest=nearest(name, flows))
        problems += author.problems
    return found, problems


def _check(author: Author, flow: Flow, words: Overlay) -> None:
    wanted = flow_words(flow)
    for node, said in words.words.items():
        line = words.lines[node]
        if node not in wanted:
            author.report("overlay_place", line, name=node, nearest=nearest(node, wanted))
            continue
        if words.hashes[node] != words_hash(wanted[node]):
            author.report("overlay_stale", line, node=node, hash=words_hash(wanted[node]))
        for path, variants in said.items():
            _check_words(author, line, f"{node}: {path}", variants, wanted[node].get(path), wanted[node])


def _check_words(author: Author, line: int, place: str, said: Variants, before: Variants | None, known: Paths) -> None:
    if before is None:
        author.report("overlay_place", line, name=place, nearest=nearest(place.partition(": ")[2], known))
    elif not all(text.strip() for text in said):
        author.report("overlay_empties", line, what=place)
    else:
        for name in sorted(_differing(said, before)):
            author.report("overlay_value", line, node=place, name=name)


def _differing(said: Variants, before: Variants) -> Iterator[str]:
    """Values that a text lacks, or has and must not; one that only some variants use may be left out."""
    needed = frozenset.intersection(*map(_values, before))
    allowed = frozenset.union(*map(_values, before))
    for text in said:
        yield from (needed - _values(text)) | (_values(text) - allowed)


def _values(text: str) -> frozenset[str]:
    return text_leans_on(text, NONE)


def reworded(flow: Flow, words: Overlay) -> Flow:
    """The flow with these words in place of its own."""
    nodes = {name: _reworded(node, words.words.get(name, {})) for name, node in flow.nodes.items()}
    own = {name: said[0] for name, said in words.words.get(SESSION_WORDS, {}).items()}
    return replace(flow, title=words.title or flow.title, nodes=nodes, words={**flow.words, **own})


def _reworded(node: Node, said: Paths) -> Node:
    if not said or node.file:
        return node
    return replace(
        node,
        say=_bubbles("say", node.say, said),
        short=_bubbles("short", node.short, said),
        ask=_asked(node.ask, said) if node.ask else None,
        call=_called(node.call, said) if node.call else None,
        additions=tuple(_added(each, said) for each in node.additions),
    )


def _asked(ask: Ask, said: Paths) -> Ask:
    return replace(
        ask,
        question=_words("ask", ask.question, said),
        element_label=_one(said, "label", ask.element_label),
        timed=_bubbles("timed", ask.timed, said),
        done=_one(said, "done", ask.done),
        ready=tuple(_one(said, f"ready.{at}", each) for at, each in enumerate(ask.ready)),
        choices=tuple(replace(each, label=_one(said, f"choice.{each.name}", each.label)) for each in ask.choices),
    )


def _called(call: Call, said: Paths) -> Call:
    spoken = {name: _one(said, f"with.{name}", str(call.given[name])) for name in call.spoken}
    return replace(call, given={**call.given, **spoken})


def _added(addition: Addition, said: Paths) -> Addition:
    fields = {name: _one(said, f"add.{addition.kind}.{name}", text) for name, text in addition.fields.items()}
    return replace(addition, fields=fields)


def _bubbles(key: str, bubbles: tuple[Words, ...], said: Paths) -> tuple[Words, ...]:
    return tuple(_words(f"{key}.{at}", each, said) for at, each in enumerate(bubbles))


def _words(path: str, words: Words, said: Paths) -> Words:
    return replace(words, variants=said[path]) if path in said else words


def _one(said: Paths, path: str, text: str) -> str:
    return said[path][0] if path in said else text


def proved(
    flows: dict[str, Flow], words: Mapping[str, Overlay], prove: Callable[[Mapping[str, Flow]], list[Problem]]
) -> tuple[dict[str, Flow], list[Problem]]:
    """(flows, problems): the words are taken where they break no rule, and where not it is told and they are left."""
    found = prove(flows)
    if not words:
        return flows, found
    whole = {name: reworded(flow, words[name]) if name in words else flow for name, flow in flows.items()}
    told: list[Problem] = []
    broken: set[str] = set()
    for each in set(prove(whole)) - set(found):
        names = [name for name in words if flows[name].file == each.file] or [*words]
        told += [_of_overlay(each, flows[name], words[name]) for name in names]
        broken |= set(names) if each.severity != "warn" else set()
    taken = {name: flows[name] if name in broken else flow for name, flow in whole.items()}
    return settled(taken), [*found, *told]


def _of_overlay(problem: Problem, flow: Flow, words: Overlay) -> Problem:
    """A problem that replaced words brought, told where they stand."""
    above = [name for name, node in flow.nodes.items() if not node.file and node.line <= problem.line]
    node = max(above, key=lambda name: flow.nodes[name].line, default="")
    return replace(problem, file=words.file, line=int(words.lines.get(node, 1)))
