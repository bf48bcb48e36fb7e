"""Which languages a text can concern at all: one look at each word for all languages together.

Of every phrase one word that must stand there is chosen, the one that everyday sentences use least. A text without any
of these words meets no rule of that language, which is then passed over. This saves time and decides nothing else: with
and without it the hits are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from flows.attached import cuts
from flows.run_together import COMPOUND, RUN, all_known, tree_of, words_in_tree
from flows.signals import Element, Language, Phrase, Waking
from flows.slips import LONGEST, SHORTEST, shortened
from flows.tokens import Token, words_of

COMMON = 1000  # the price of a word that may be passed over or is made of an ending


def waking_of(languages: Sequence[Language]) -> Waking:
    words: Counter[str] = Counter()
    stems: Counter[str] = Counter()
    slips: Counter[str] = Counter()
    always = 0
    vocabulary: dict[str, Any] = {}
    harmless = (said for language in languages for rule in language.rules for said in rule.must_not)
    everyday = Counter(word for said in harmless for word in words_of(said))
    for number, language in enumerate(languages):
        bit = 1 << number
        chosen = anchors(language, everyday)
        made_of_parts = _parts_meant(language)
        tree_of(words_in_tree(language.vocabulary), bit, vocabulary)
        if not chosen.isdisjoint(made_of_parts):
            always |= bit
        for word in _ways_to_write(chosen, language):
            table, key = (stems, word[:-1]) if word.endswith("*") else (words, word)
            table[key] |= bit
        for key, meant in language.spelling.guarded.items():
            if not chosen.isdisjoint(_stemmed(meant, language)):
                slips[key] |= bit
    return Waking(
        words=dict(words),
        stems=dict(stems),
        lengths=tuple(sorted({len(stem) for stem in stems})),
        guarded=dict(slips),
        before={part: () for language in languages for part in language.spelling.before},
        after={part: () for language in languages for part in language.spelling.after},
        vocabulary=vocabulary,
        always=always,
    )


def _parts_meant(language: Language) -> set[str]:
    """Words that appear although nobody wrote them: what endings, beginnings and emoji are written out as."""
    spelling = language.spelling
    tables = (spelling.beginnings, spelling.endings, spelling.before, spelling.after)
    return {word for table in tables for words in table.values() for word in words}


def _stemmed(words: Iterable[str], language: Language) -> set[str]:
    found = set(words)
    for word in words:
        found.update(f"{word[:length]}*" for length in language.lengths if word[:length] in language.stems)
    return found


def _ways_to_write(chosen: frozenset[str], language: Language) -> set[str]:
    """The chosen words and the short forms and emoji that are written out as one of them."""
    spelling = language.spelling
    ways = set(chosen)
    for table in (spelling.words, spelling.emoji):
        ways.update(short for short, meant in table.items() if not chosen.isdisjoint(_stemmed(meant, language)))
    return ways


def anchors(language: Language, everyday: Counter[str]) -> frozenset[str]:
    """One place of every rule's phrase: all words that can fill it; `everyday` counts words of harmless sentences."""
    prices = everyday.copy()
    for word in (*language.fillers, *language.breaks, *_parts_meant(language)):
        prices[word] += COMMON
    return frozenset(word for rule in language.rules for phrase in rule.phrases for word in _anchor(phrase, prices))


def _anchor(phrase: Phrase, prices: Counter[str]) -> set[str]:
    places = [_rarest(element, prices) for element in phrase.elements if not element.optional and not element.gap]
    return min(places, key=lambda words: (sum(prices[word] + 1 / len(word) for word in words), sorted(words)))


def _rarest(element: Element, prices: Counter[str]) -> set[str]:
    """Of each way to fill the place the word that is used least."""
    rarest = (min(words, key=lambda word: (prices[word], -len(word), word)) for words in element.longer)
    return {*element.words, *rarest}


def awake(tokens: Sequence[Token], waking: Waking) -> int:
    """The languages, as bits, that any of the words can concern."""
    found = waking.always
    singles = 0
    for forms in dict.fromkeys(token.forms for token in tokens):
        found |= _concerned(forms, waking)
    for token in tokens:
        singles = singles + 1 if len(token.forms[0]) == 1 else 0
        if singles >= RUN:
            return -1
    return found


def _concerned(forms: Sequence[str], waking: Waking) -> int:
    found = 0
    for form in forms:
        found |= _look_up(form, waking)
    word = forms[-1]
    if len(word) >= COMPOUND and word.isalpha():
        found |= all_known(word, waking.vocabulary)
    return found


def _look_up(form: str, waking: Waking) -> int:
    found = _whole(form, waking)
    if "'" in form:
        parts = form.split("'")
        for part in (*parts, "".join(parts), parts[0][:-1], form):
            found |= _whole(part, waking)
    for _, rest, _ in cuts(form, waking.before, waking.after):
        found |= _whole(rest, waking)
    return found


def _whole(form: str, waking: Waking) -> int:
    found = waking.words.get(form, 0)
    for length in waking.lengths:
        found |= waking.stems.get(form[:length], 0)
    if SHORTEST - 1 <= len(form) <= LONGEST:
        for key in shortened(form):
            found |= waking.guarded.get(key, 0)
    return found
