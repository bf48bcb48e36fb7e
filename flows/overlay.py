"""A language is an overlay: node -> words only, never branching, with the hash of the text it translates.

`words_of(node)` names every text of a node by a path (`say.0`, `ask`, `choice.yes`, `with.question` ...). An overlay
mirrors the flow's file; a node is stale when the hash of its source moved, and a language is offered for a flow only
when all its nodes are there and fresh.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from flows.flow import Flow, Node, Words
from flows.manuscript import Sequence
from flows.problems import Problem, problem

if TYPE_CHECKING:
    from flows.authoring import Author

Paths = dict[str, tuple[str, ...]]
SESSION_WORDS = "words"  # the pseudo-node that holds a session's own words


class Overlay(msgspec.Struct, frozen=True):
    """The words of one flow in one language: (node, path) -> variants."""

    language: str
    file: str
    title: str
    words: dict[str, Paths]
    hashes: dict[str, str]
    lines: dict[str, int]


def words_of(node: Node) -> Paths:
    """Every text of a node, by path. Empty texts are left out."""
    return {path: variants for path, variants in _paths(node) if any(variants)}


def _paths(node: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from _bubbles("say", node.say)
    yield from _bubbles("short", node.short)
    if node.ask:
        yield "ask", node.ask.question.variants
        yield "label", (node.ask.element_label,)
        yield from _bubbles("timed", node.ask.timed)
        yield "done", (node.ask.done,)
        for index, ready in enumerate(node.ask.ready):
            yield f"ready.{index}", (ready,)
        for choice in node.ask.choices:
            yield f"choice.{choice.name}", (choice.label,)
    if node.call:
        yield from ((f"with.{name}", (str(node.call.given[name]),)) for name in node.call.spoken)
    for addition in node.additions:
        yield from ((f"add.{addition.kind}.{field}", (text,)) for field, text in addition.fields.items())


def _bubbles(key: str, bubbles: tuple[Words, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for index, words in enumerate(bubbles):
        yield f"{key}.{index}", words.variants


def flow_words(flow: Flow) -> dict[str, Paths]:
    """All words that an overlay of this flow translates: its own nodes and, for a session, its `words`."""
    nodes = {name: words_of(node) for name, node in flow.nodes.items() if not node.file}
    own: Paths = {name: (text,) for name, text in flow.words.items() if isinstance(text, str)}
    return {name: paths for name, paths in {SESSION_WORDS: own, **nodes}.items() if paths}


def words_hash(paths: Paths) -> str:
    """Eight hex digits that move when any of these words does."""
    text = "\n".join(f"{path}={'|'.join(variants)}" for path, variants in sorted(paths.items()))
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def read_overlay(language: str, manuscript: Any, author: Author) -> Overlay:
    """`nodes: {hello: {of: 1a2b3c4d, say: [...], ask: ..., choice: {yes: Ja}}}`."""
    keys = author.known(manuscript, ("title", "nodes"), "this translation")
    nodes = keys.get("nodes") or {}
    words: dict[str, Paths] = {}
    hashes: dict[str, str] = {}
    lines: dict[str, int] = {}
    for name, value in nodes.items() if isinstance(nodes, dict) else ():
        lines[name] = nodes.lines[name] if hasattr(nodes, "lines") else 1
        if not isinstance(value, dict):
            author.report("wrong_shape", value, key=name, wanted="keys with words")
            continue
        hashes[name] = str(value.get("of") or "")
        words[name] = dict(_flatten({key: each for key, each in value.items() if key != "of"}, ""))
    return Overlay(language, author.file, str(keys.get("title") or ""), words, hashes, lines)


def _flatten(value: Any, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, str):
        yield (f"{path}.0" if path in ("say", "short") else path), (str(value).strip(),)
    elif isinstance(value, Mapping) and set(value) <= {"say", "one of", "at", "if"} and path:
        inner = value.get("one of") or [value.get("say") or ""]
        yield path, tuple(str(each).strip() for each in inner)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flatten(each, f"{path}.{key}" if path else key)
    elif isinstance(value, Sequence):
        for index, each in enumerate(value):
            yield from _flatten(each, f"{path}.{index}")


def overlay_problems(flow: Flow, overlay: Overlay) -> list[Problem]:
    """What keeps this language from being offered for this flow: a node missing or stale, words lost or invented."""
    problems: list[Problem] = []
    wanted = flow_words(flow)
    for name, paths in wanted.items():
        if name not in overlay.words:
            problems.append(problem("untranslated", overlay.file, 1, node=name))
            continue
        line, said = overlay.lines[name], overlay.words[name]
        if not overlay.hashes[name]:
            problems.append(problem("no_hash", overlay.file, line, node=name, hash=words_hash(paths)))
        elif overlay.hashes[name] != words_hash(paths):
            problems.append(problem("stale", overlay.file, line, node=name, hash=words_hash(paths)))
        problems.extend(_lost(overlay, name, path, line) for path in paths if path not in said)
        problems.extend(_invented(overlay, f"{name}: {path}", line, paths) for path in said if path not in paths)
    problems.extend(
        _invented(overlay, name, overlay.lines[name], wanted) for name in overlay.words if name not in wanted
    )
    return problems


def _lost(overlay: Overlay, node: str, path: str, line: int) -> Problem:
    if path.startswith("choice."):
        return problem("missing_label", overlay.file, line, node=node, choice=path.removeprefix("choice."))
    return problem("untranslated", overlay.file, line, node=f"{node}: {path}")


def _invented(overlay: Overlay, name: str, line: int, known: Mapping[str, Any]) -> Problem:
    near = difflib.get_close_matches(name, known, 1)
    return problem("unknown_place", overlay.file, line, name=name, nearest=near[0] if near else "none")
