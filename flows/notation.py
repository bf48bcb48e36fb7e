"""How an author writes a phrase, as Elements: words in a row, `one|other`, `{list}`, `may be missing?` and `...`.

The top of `content/safety/signals.en.yaml` explains it to authors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flows.authoring import Author
from flows.manuscript import Mapping
from flows.signals import Element, Phrase
from flows.tokens import words_of

GAP = 3  # words that `...` stands for at most

Lists = dict[str, tuple[str, ...]]


def texts(author: Author, value: Any, key: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (str(value),)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(map(str, value))
    author.report("wrong_shape", value, key=key, wanted="a list of words")
    return ()


def phrases_of(author: Author, keys: Mapping, key: str, lists: Lists) -> tuple[Phrase, ...]:
    phrases = []
    for written in texts(author, keys.get(key), key):
        elements = tuple(_element(author, item, lists, keys) for item in _places(written))
        if not elements or elements[0].optional or elements[0].gap:
            author.report(
                "wrong_shape", keys.get(key), key=written, wanted="a phrase whose first word must stand there"
            )
            continue
        phrases.append(Phrase(elements, written))
    return tuple(phrases)


def _places(written: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\S)+', written)


def _element(author: Author, item: str, lists: Lists, at: Any) -> Element:
    if item == "...":
        return Element(gap=GAP)
    optional = item.endswith("?")
    sequences: list[tuple[str, ...]] = []
    for alternative in re.findall(r'(?:"[^"]*"|[^|"])+|(?<=\|)(?=\||$)', item.removesuffix("?")):
        name = alternative.strip('"')
        optional = optional or not name
        if name.startswith("{") and name.endswith("}"):
            if name[1:-1] not in lists:
                author.report("unknown_key", at, key=name, where="the lists", nearest=", ".join(lists))
            sequences += [tuple(words_of(entry)) for entry in lists.get(name[1:-1], ())]
        elif name:
            sequences.append(tuple(words_of(name)))
    return Element(
        words=frozenset(words[0] for words in sequences if len(words) == 1),
        longer=tuple(words for words in sequences if len(words) > 1),
        optional=optional,
    )


def vocabulary(phrases: Iterable[Phrase]) -> frozenset[str]:
    """All words of the phrases; single letters only where they are words."""
    elements = [element for phrase in phrases for element in phrase.elements]
    words = {word for element in elements for each in (element.words, *element.longer) for word in each}
    return frozenset(word for word in words if len(word) > 1 or word in ("i", "a"))
