"""Texts as people will roughly read them: spelled out with stand-ins, cut into sentences, words and syllables."""

from __future__ import annotations

import re
from functools import lru_cache

from jinja2 import TemplateError, nodes

from flows.flow import Flow
from flows.wording import HTML

VALUE = "value"  # stands for a name, number or choice
QUOTE = "“what you wrote”"  # stands for quoted words
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE = re.compile(r"[.!?…]+[”\"')]*(?:\s+|$)|:\s+|\n+")
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"[^aeiouy](e|ed|es)$")
SPOKEN = re.compile(r"([^aeiouyl]le|[td]ed|[sxzcgh]es)$")


@lru_cache(maxsize=4096)
def template_of(source: str) -> nodes.Template | None:
    """The text as a tree; None when it cannot be read (that is reported elsewhere)."""
    try:
        return HTML.parse(source)
    except TemplateError:
        return None


def spelled(source: str, flow: Flow | None = None, depth: int = 0) -> str:
    """The text with stand-ins for its values and the longer side of each `if`, without markup."""
    tree = template_of(source) if "{" in source else None
    text = _spell(tree, flow, depth) if tree is not None else source
    return re.sub(r"</?[bi]>", "", text)


def _spell(node: nodes.Node, flow: Flow | None, depth: int) -> str:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.If):
        sides: list[list[nodes.Node]] = [node.body, node.else_]
        sides.extend([each] for each in node.elif_)
        return max(("".join(_spell(each, flow, depth) for each in side) for side in sides), key=len)
    if isinstance(node, nodes.CondExpr):
        return max((_spell(each, flow, depth) for each in (node.expr1, node.expr2) if each), key=len)
    if isinstance(node, nodes.Const):
        return str(node.value)
    if isinstance(node, nodes.Filter):
        return QUOTE if node.name == "quoted" else VALUE
    if isinstance(node, nodes.Name):
        return _filled(node.name, flow, depth)
    if isinstance(node, nodes.Getattr):
        return VALUE
    return "".join(_spell(child, flow, depth) for child in node.iter_child_nodes())


def _filled(name: str, flow: Flow | None, depth: int) -> str:
    """The words that a session gives for a name, or the default of what a part takes."""
    said = flow.words.get(name) if flow else None
    take = flow.takes.get(name) if flow else None
    if said is None and take and take.type == "words":
        said = take.default
    return spelled(said, flow, depth + 1) if isinstance(said, str) and said and depth < 3 else VALUE


def sentences(text: str) -> list[str]:
    """Sentences; the end of a line or a colon ends one too."""
    return [part.strip() for part in SENTENCE.split(text) if WORD.search(part)]


def words_in(text: str) -> list[str]:
    return WORD.findall(text)


def word_count(text: str) -> int:
    return len(words_in(text))


@lru_cache(maxsize=8192)
def syllables(word: str) -> int:
    """English syllables by vowel groups: a silent last e does not count, every word has one."""
    low = re.sub(r"[^a-z]", "", word.lower())
    silent = SILENT.search(low) and not SPOKEN.search(low)
    return max(len(VOWELS.findall(low)) - (1 if silent else 0), 1)


def grade(text: str) -> float:
    """Flesch-Kincaid = 0.39 x words/sentences + 11.8 x syllables/words - 15.59; 0 without words.

    Source: Flesch and Kincaid (README, Figures). The grade is a school year; an index for English only.
    """
    words, parts = words_in(text), sentences(text)
    if not words or not parts:
        return 0.0
    return 0.39 * len(words) / len(parts) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def length(text: str) -> int:
    """Characters as Telegram counts them: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
