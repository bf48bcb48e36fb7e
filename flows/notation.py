"""How an author writes a phrase, as Elements: words in a row, `one|other`, `{list}`, `stem*`, `maybe?` and `...`.

The top of `content/safety/signals.en.yaml` explains it to authors. Words are folded and written out just as a text is,
so that `don't` in a phrase and `do not` in a message meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flows.attached import cut_at_apostrophe
from flows.authoring import Author
from flows.letters import WORD_EMOJI
from flows.manuscript import Mapping
from flows.signals import Element, Phrase, Spelling
from flows.tokens import tokens_of

GAP = 3  # words that `...` stands for at most; `...5` says another number
GAPS = 6
STEM = 3  # letters of the shortest stem
RAW = re.compile(r"[\\\[\]()+^$<>=]|\*(?!$)|\.|\?")  # signs of regular expressions, which this is not
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

Lists = dict[str, tuple[str, ...]]
Words = tuple[str, ...]


def texts(author: Author, value: Any, key: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (str(value),)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(map(str, value))
    author.report("wrong_shape", value, key=key, wanted="a list of words")
    return ()


class Notation:
    """Reads the phrases of one file, with its lists and its spelling."""

    def __init__(self, author: Author, lists: Lists, spelling: Spelling) -> None:
        self.author, self.spelling = author, spelling
        self.read: dict[str, Element] = {}  # places of phrases read before without a problem
        self.lists: dict[str, tuple[Words, ...]] = {}
        for name, entries in lists.items():
            self.lists[name] = tuple(words for entry in entries for words in self._alternatives(entry, 1))

    def phrases(self, keys: Mapping, key: str) -> tuple[Phrase, ...]:
        phrases = []
        value = keys.get(key)
        places = value if isinstance(value, list) else [value]  # each text knows its line
        for written, place in zip(texts(self.author, value, key), places, strict=False):
            elements = tuple(self._known(item, place) for item in _places(written))
            if not elements or elements[0].optional or elements[0].gap:
                self.author.report("phrase_start", place, phrase=written)
                continue
            phrases.append(Phrase(elements, written))
        return tuple(phrases)

    def _known(self, item: str, at: Any) -> Element:
        """The element of an item, read once; one with a problem is read again, so that each place is reported."""
        if item not in self.read:
            problems = len(self.author.problems)
            element = self._element(item, at)
            if len(self.author.problems) > problems:
                return element
            self.read[item] = element
        return self.read[item]

    def _element(self, item: str, at: Any) -> Element:
        if gap := _gap(item):
            return Element(gap=gap)
        optional = item.endswith("?")
        sequences: list[Words] = []
        for alternative in re.findall(r'(?:"[^"]*"|[^|"])+|(?<=\|)(?=\||$)', item.removesuffix("?")):
            name = alternative.strip('"')
            optional = optional or not name
            if name:
                sequences += self._alternatives(name, at)
        return Element(
            words=frozenset(words[0] for words in sequences if len(words) == 1),
            longer=tuple(dict.fromkeys(words for words in sequences if len(words) > 1)),
            optional=optional,
        )

    def _alternatives(self, name: str, at: Any) -> list[Words]:
        """The word sequences that a name stands for: a list's entries, or its own words in each way to write them."""
        if name.startswith("{") and name.endswith("}"):
            if name[1:-1] not in self.lists:
                self.author.report("unknown_key", at, key=name, where="the lists above", nearest=", ".join(self.lists))
            return list(self.lists.get(name[1:-1], ()))
        if sign := RAW.search(name.replace("...", "")):
            self.author.report("raw_sign", at, sign=sign.group(), phrase=name)
        spelt = dict.fromkeys((name, name.translate(UMLAUTS)))
        return [words for each in spelt if (words := tuple(self._words(each, at)))]

    def _words(self, written: str, at: Any) -> Iterator[str]:
        for part in written.split():
            stem = part.endswith("*") and len(part) > 1
            folded = [word for token in tokens_of(part) for word in self._written_out(token.forms[0])]
            yield from folded[:-1]
            if folded:
                yield f"{folded[-1]}*" if stem else folded[-1]
            if stem and len(folded[-1]) < STEM:
                self.author.report("short_stem", at, word=part, limit=STEM)

    def _written_out(self, word: str) -> Words:
        if word in WORD_EMOJI:
            return self.spelling.emoji.get(word, ())
        if len(meant := self.spelling.words.get(word, ())) > 1:
            return meant
        if "'" in word:
            cut = cut_at_apostrophe(word, self.spelling.beginnings, self.spelling.endings)
            return cut or (word.replace("'", ""),)
        return (word,)


def _gap(item: str) -> int:
    """`...` is GAP words; `...5` is five; anything else is no gap."""
    if not item.startswith("..."):
        return 0
    number = item[3:]
    return min(int(number), GAPS) if number.isdecimal() else GAP if not number else 0


def _places(written: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\S)+', written)


def words_in(phrases: Iterable[Phrase]) -> frozenset[str]:
    """All words and stems of phrases; a stem keeps its `*`."""
    return frozenset(
        word
        for phrase in phrases
        for element in phrase.elements
        for each in (element.words, *element.longer)
        for word in each
    )


def vocabulary(phrases: Iterable[Phrase]) -> frozenset[str]:
    """All whole words of the phrases; single letters only where they are words."""
    return frozenset(
        word for word in words_in(phrases) if not word.endswith("*") and (len(word) > 1 or word in ("i", "a"))
    )
