"""Words: authored texts become what is said. What an author wrote is a template; what a person typed is a value.

A text is compiled once, as Telegram HTML (everything escaped except <b> and <i>) and as plain text (buttons, cards).
A text without braces never meets Jinja2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from flows.expressions import Scope

QUOTE = 120  # characters quoted at most
CODE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
VALUE_ALONE = re.compile(r"\{\{ *(\w+)(?:\.(\w+))? *\}\}")
TAGS = re.compile(r"&lt;(/?[bi])&gt;")
ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Filter, nodes.Const),
    *(nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or),
)


class WordingError(Exception):
    """A text cannot be compiled; the message says why, for its author."""


class Label(str):
    """A choice in a text: printed as its label, compared by its name, so that texts and guards agree."""

    name: str

    def __new__(cls, label: str, name: str) -> Label:
        said = super().__new__(cls, label)
        said.name = name
        return said

    def __eq__(self, other: object) -> bool:
        return bool(self.name == other)

    def __hash__(self) -> int:
        return hash(self.name)


def quoted(value: Any) -> str:
    """The person's words in quotation marks, at most 120 characters, spelling kept."""
    text = " ".join(str(value).split())
    return f"“{text if len(text) <= QUOTE else text[: QUOTE - 1].rstrip() + '…'}”"


def listed(value: Any, last: str = "and") -> str:
    """`sad, tense and tired`."""
    items = [str(each) for each in ([value] if isinstance(value, str) else value or ())]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def minutes(value: Any) -> str:
    return f"{value} minute" if value == 1 else f"{value} minutes"


def lower_first(value: Any) -> str:
    text = str(value)
    return text[:1].lower() + text[1:]


FILTERS = {"quoted": quoted, "listed": listed, "minutes": minutes, "lower_first": lower_first}


def _environment(autoescape: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(autoescape=autoescape, undefined=StrictUndefined, cache_size=0)
    environment.filters.clear()
    environment.filters.update(FILTERS)
    environment.globals.clear()
    return environment


HTML = _environment(autoescape=True)
PLAIN = _environment(autoescape=False)


class Text:
    """One compiled text. `names` are the values it needs, `fields` those it takes a field of."""

    __slots__ = ("_alone", "_html", "_plain", "_templated", "fields", "names", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.names: tuple[str, ...] = ()
        self.fields: frozenset[tuple[str, str]] = frozenset()
        self._alone = VALUE_ALONE.fullmatch(source)
        self._html: Markup | Template | None = None  # made at first use: most texts are not said in most lives
        self._plain: str | Template | None = None
        self._templated = "{{" in source or "{%" in source
        if self._templated:
            self._read()

    def _read(self) -> None:
        try:
            tree = HTML.parse(self.source)
            _refuse_more_than_words(tree)
            self.names = tuple(sorted(meta.find_undeclared_variables(tree)))
            self.fields = frozenset(
                (each.node.name, each.attr)
                for each in tree.find_all(nodes.Getattr)
                if isinstance(each.node, nodes.Name)
            )
        except TemplateError as error:
            raise WordingError(str(error)) from error

    def html(self, scope: Scope) -> Markup:
        """Telegram HTML, valid whatever the values are."""
        if self._html is None:
            marked = _escape_authored(self.source)
            self._html = HTML.from_string(marked) if self._templated else Markup(marked)  # noqa: S704  escaped
        if isinstance(self._html, Markup):
            return self._html
        return Markup(self._html.render({name: _shown(scope(name)) for name in self.names}))  # noqa: S704

    def plain(self, scope: Scope) -> str:
        """Plain text: for buttons, cards and notifications."""
        if self._alone:  # one value and nothing else, as in the labels of 249 countries: no template is needed
            return _one_value(scope(self._alone[1]), self._alone[2])
        if self._plain is None:
            bare = re.sub(r"</?[bi]>", "", self.source)
            self._plain = PLAIN.from_string(bare) if self._templated else bare
        if isinstance(self._plain, str):
            return self._plain
        return str(self._plain.render({name: _shown(scope(name)) for name in self.names}))


def _one_value(value: Any, field: str | None) -> str:
    said = value.get(field) if field and isinstance(value, Mapping) else None if field else value
    return "" if said is None else str(said)


def _shown(value: Any) -> Any:
    return "" if value is None else value


def _escape_authored(source: str) -> str:
    parts = CODE.split(source)
    return "".join(
        part if index % 2 else TAGS.sub(r"<\1>", str(escape(part)).replace("&#39;", "'").replace("&#34;", '"'))
        for index, part in enumerate(parts)
    )


def _refuse_more_than_words(tree: nodes.Template) -> None:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            raise WordingError(f"{type(node).__name__.lower()} is not allowed in a text")
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise WordingError(f"there is no filter {node.name!r}; known: {', '.join(FILTERS)}")
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise WordingError(f"{node.attr!r} is no field")


def choose(count: int, used: int, seed: int, key: str) -> tuple[int, int]:
    """Which of `count` variants to say, and the bits of those used now: none comes again until all were used.

    Deterministic in (seed, key, used); `used` has one bit per variant.
    """
    if count == 1:
        return 0, used
    full = (1 << count) - 1
    used &= full
    if used == full:
        used = 0
    free = [index for index in range(count) if not used >> index & 1]
    roll = int.from_bytes(hashlib.blake2b(f"{seed}:{key}".encode(), digest_size=4).digest(), "big")
    index = free[roll % len(free)]
    return index, used | 1 << index


def join(parts: Sequence[str]) -> str:
    return "\n".join(part for part in parts if part)
