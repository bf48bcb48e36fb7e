"""A content file as its author wrote it: plain mappings, lists and text, each knowing its line.

Every scalar is text (`yes`, `on` and `10` are words). A repeated key, an alias, an anchor or a tag is a mistake of the
author and is reported, never guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from flows.problems import Problem, problem

MAX_DEPTH = 30
MAX_LETTERS = 500_000


class Text(str):
    """A scalar, with its line."""

    line: int = 0


class Mapping(dict[str, Any]):
    """A mapping in the author's order, with its line and the line of each key."""

    line: int = 0
    lines: dict[str, int]


class Sequence(list[Any]):
    """A list, with its line."""

    line: int = 0


class Line(int):
    """The line of something that was taken over from another file; it knows which."""

    file: str = ""


def taken_over(value: Any, file: str) -> Any:
    """The same value, knowing that it stands in `file`, wherever it is put. Texts keep their own lines."""
    if isinstance(value, Mapping):
        copy = Mapping({key: taken_over(each, file) for key, each in value.items()})
        copy.line, copy.lines = _line_in(value.line, file), {k: _line_in(at, file) for k, at in value.lines.items()}
        return copy
    if isinstance(value, Sequence):
        sequence = Sequence(taken_over(each, file) for each in value)
        sequence.line = _line_in(value.line, file)
        return sequence
    text = Text(value) if isinstance(value, str) else value
    if isinstance(text, Text):
        text.line = _line_in(line_of(value), file)
    return text


def _line_in(line: int, file: str) -> Line:
    known = Line(line)
    known.file = file
    return known


def line_of(value: Any, default: int = 1) -> int:
    return getattr(value, "line", 0) or default


def read_manuscript(text: str, file: str) -> tuple[Mapping, list[Problem]]:
    """The top mapping of a file and its problems; an unreadable file gives an empty mapping and one problem."""
    if len(text) > MAX_LETTERS:
        return _empty(), [problem("file_too_large", file, 1, limit=MAX_LETTERS)]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        marks = list(_marks(text, loader, file))
        tree = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        return _empty(), [problem("unreadable", file, line, reason=getattr(error, "problem", None) or "not YAML")]
    if marks:
        return _empty(), marks
    reader = _Reader(file)
    value = reader.value(tree, 0)
    if not isinstance(value, Mapping):
        return _empty(), [*reader.problems, problem("wrong_shape", file, 1, key="the file", wanted="keys with values")]
    return value, reader.problems


def _empty() -> Mapping:
    empty = Mapping()
    empty.lines = {}
    return empty


def _marks(text: str, loader: Any, file: str) -> Iterator[Problem]:
    """Aliases, anchors and tags, found in the stream of events before anything is expanded."""
    for event in yaml.parse(text, Loader=loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield problem("alias", file, line)
        elif getattr(event, "tag", None):
            yield problem("tag", file, line, tag=getattr(event, "tag", ""))


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def value(self, node: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            self.problems.append(problem("too_deep", self.file, node.start_mark.line + 1, limit=MAX_DEPTH))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            sequence = Sequence(self.value(item, depth + 1) for item in node.value)
            sequence.line = node.start_mark.line + 1
            return sequence
        if node is None:
            return None
        text = Text(node.value)
        text.line = node.start_mark.line + 1
        return text

    def _mapping(self, node: Any, depth: int) -> Mapping:
        mapping = Mapping()
        mapping.line, mapping.lines = node.start_mark.line + 1, {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = str(key_node.value)
            if key in mapping:
                self.problems.append(problem("repeated_key", self.file, line, key=key))
                continue
            mapping[key] = self.value(value_node, depth + 1)
            mapping.lines[key] = line
        return mapping
