"""Finding phrases in tokens. Each token is looked up once by its forms; what is tried there is as long as a phrase.

No regular expression and no going back: the work is at most tokens times the length of the phrases that begin with
their word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from flows.signals import Element, Entry, Language, Phrase
from flows.tokens import Token

FILLERS = 2  # at most so many in a row are passed over inside a phrase


class Span(msgspec.Struct, frozen=True, gc=False):
    """Where a phrase stands: token positions, the end not included."""

    entry: Entry
    start: int
    end: int


def spans(tokens: Sequence[Token], language: Language) -> Iterator[Span]:
    """Every phrase of the language that begins at any token, each as far as it reaches."""
    index = language.index
    for start, token in enumerate(tokens):
        for form in token.forms:
            for entry in index.get(form, ()):
                end = end_of(entry.phrase, tokens, start, language.fillers)
                if end > start:
                    yield Span(entry, start, end)


def end_of(phrase: Phrase, tokens: Sequence[Token], start: int, fillers: frozenset[str]) -> int:
    """The position behind the phrase if it begins at `start`, else -1."""
    places = {start}
    for number, element in enumerate(phrase.elements):
        places = _after(element, tokens, places, fillers if number else frozenset())
        if not places:
            return -1
    return max(places)


def _after(element: Element, tokens: Sequence[Token], places: set[int], fillers: frozenset[str]) -> set[int]:
    if element.gap:
        return _over_gap(element.gap, tokens, places)
    reached = set(places) if element.optional else set()
    for place in places:
        for at in _past_fillers(tokens, place, fillers):
            if at >= len(tokens):
                break
            forms = tokens[at].forms
            if any(form in element.words for form in forms):
                reached.add(at + 1)
            reached.update(at + len(words) for words in element.longer if _stands(words, tokens, at))
    return reached


def _over_gap(gap: int, tokens: Sequence[Token], places: set[int]) -> set[int]:
    reached = set(places)
    for place in places:
        for at in range(place, min(place + gap, len(tokens))):
            if tokens[at].sentence != tokens[place - 1].sentence:
                break
            reached.add(at + 1)
    return reached


def _past_fillers(tokens: Sequence[Token], place: int, fillers: frozenset[str]) -> Iterator[int]:
    yield place
    for _ in range(FILLERS):
        if place >= len(tokens) or not any(form in fillers for form in tokens[place].forms):
            return
        place += 1
        yield place


def _stands(words: tuple[str, ...], tokens: Sequence[Token], at: int) -> bool:
    return at + len(words) <= len(tokens) and all(word in tokens[at + n].forms for n, word in enumerate(words))
