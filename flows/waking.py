"""Which parts of a text can concern which language: one look at each word for all languages together.

Of every phrase one word that must stand there is chosen, the one that everyday sentences use least. Where no such word
is near, no rule of that language can be met, and its walk passes that part over. This saves time and decides nothing
else: with and without it the hits are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flows.attached import cuts
from flows.matching import longest, spans
from flows.run_together import COMPOUND, RUN, all_known, tree_of, words_in_tree
from flows.signals import Element, Language, Phrase, Signals, Waking
from flows.slips import LONGEST, SHORTEST, shortened
from flows.tokens import Token, words_of
from flows.typed import readings, ways

SPARSE = 8  # of so many words less than one concerns a language: then it is looked at more closely
COMMON = 1000  # the price of a word that may be passed over or is made of an ending


def waking_of(languages: Sequence[Language]) -> Waking:
    words: Counter[str] = Counter()
    stems: Counter[str] = Counter()
    slips: Counter[str] = Counter()
    reaches: list[dict[str, int]] = []
    always = 0
    vocabulary: dict[str, Any] = {}
    for number, language in enumerate(languages):
        bit = 1 << number
        chosen = anchors(language)
        reaches.append(chosen)
        made_of_parts = _parts_meant(language)
        tree_of(words_in_tree(language.vocabulary), bit, vocabulary)
        if not made_of_parts.isdisjoint(chosen):
            always |= bit
        for word in _ways_to_write(chosen, language):
            table, key = (stems, word[:-1]) if word.endswith("*") else (words, word)
            table[key] |= bit
        for key, meant in language.spelling.guarded.items():
            if not _stemmed(meant, language).isdisjoint(chosen):
                slips[key] |= bit
    return Waking(
        words=dict(words),
        stems=dict(stems),
        lengths=tuple(sorted({len(stem) for stem in stems})),
        guarded=dict(slips),
        before={part: () for language in languages for part in language.spelling.before},
        after={part: () for language in languages for part in language.spelling.after},
        vocabulary=vocabulary,
        reaches=tuple(reaches),
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


def _ways_to_write(chosen: Iterable[str], language: Language) -> set[str]:
    """The chosen words and the short forms and emoji that are written out as one of them."""
    spelling = language.spelling
    ways = set(chosen)
    for table in (spelling.words, spelling.emoji):
        ways.update(short for short, meant in table.items() if not _stemmed(meant, language).isdisjoint(chosen))
    return ways


def anchors(language: Language) -> dict[str, int]:
    """One place of every rule's phrase: all words that can fill it, with how far their phrases reach from there."""
    prices = Counter(word for rule in language.rules for said in rule.must_not for word in words_of(said))
    for word in (*language.fillers, *language.breaks, *_parts_meant(language)):
        prices[word] += COMMON
    reaches: dict[str, int] = {}
    for phrase in (phrase for rule in language.rules for phrase in rule.phrases):
        place, words = _anchor(phrase, prices)
        before, after = phrase.elements[: place + 1], phrase.elements[place:]
        reach = max(longest([Phrase(elements, "")]) for elements in (before, after))
        reaches.update({word: max(reach, reaches.get(word, 0)) for word in words})
    return reaches


def _anchor(phrase: Phrase, prices: Counter[str]) -> tuple[int, set[str]]:
    """The place in the phrase, and the words that can stand there."""
    places = [
        (number, _rarest(element, prices))
        for number, element in enumerate(phrase.elements)
        if not element.optional and not element.gap
    ]
    return min(places, key=lambda each: (sum(prices[word] + 1 / len(word) for word in each[1]), sorted(each[1])))


def _rarest(element: Element, prices: Counter[str]) -> set[str]:
    """Of each way to fill the place the word that is used least."""
    rarest = (min(words, key=lambda word: (prices[word], -len(word), word)) for words in element.longer)
    return {*element.words, *rarest}


def passages(tokens: Sequence[Token], signals: Signals) -> Iterator[tuple[Language, Sequence[Token]]]:
    """The stretches of a text that concern a language: whole sentences, as far as its phrases can reach."""
    if signals.waking is None:
        yield from ((language, tokens) for language in signals.languages)
        return
    marks = _marks(tokens, signals.waking)
    for number, language in enumerate(signals.languages):
        if signals.waking.always >> number & 1:
            yield language, tokens
            continue
        places = [at for at, bits in enumerate(marks) if bits >> number & 1]
        if len(places) * SPARSE < len(tokens) and len(tokens) >= 40:
            places = list(_met(places, tokens, language, signals.waking.reaches[number]))
        for start, end in _stretches(places, language.reach, tokens):
            yield language, tokens[start:end]


def _met(places: Iterable[int], tokens: Sequence[Token], language: Language, reaches: dict[str, int]) -> Iterator[int]:
    """The places around which a phrase stands, as far as the phrases go that need the word there."""
    near: list[tuple[int, int]] = []  # what lies within reach, joined where it touches
    for at in places:
        reach = _reach(tokens[at], language, reaches)
        if near and at - reach <= near[-1][1]:
            near[-1] = (near[-1][0], max(near[-1][1], at + reach + 1))
        elif reach:
            near.append((max(0, at - reach), at + reach + 1))
    met = [
        (start, end)
        for start, end in near
        if any(
            True
            for reading in readings(tokens[start:end], language)
            for _ in spans(reading, language.graph, language.fillers)
        )
    ]
    return (at for at in places if any(start <= at < end for start, end in met))


def _reach(token: Token, language: Language, reaches: dict[str, int]) -> int:
    """How far phrases go that need this word; 0 if the language has none. It may be a part of a word, or several."""
    forms = (form for words in ways(token, language) for forms in words for form in forms)
    reach = max((reaches.get(form, 0) for form in forms), default=0)
    several = len(token.forms[0]) == 1 or all_known(token.forms[-1], language.vocabulary)
    return max(reach, language.reach) if several and not reach else reach


def _stretches(places: Iterable[int], reach: int, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Around each place, what lies within reach, out to the ends of the sentences; what touches is one."""
    first = end = -1
    for at in places:
        if at < end - reach:
            continue
        start, past = max(0, at - reach), min(len(tokens), at + reach + 1)
        while start and tokens[start - 1].sentence == tokens[start].sentence:
            start -= 1
        while past < len(tokens) and tokens[past].sentence == tokens[past - 1].sentence:
            past += 1
        if start > end:
            if end > 0:
                yield first, end
            first = start
        end = past
    if end > 0:
        yield first, end


def _marks(tokens: Sequence[Token], waking: Waking) -> list[int]:
    """For each word the languages, as bits, that it can concern."""
    known: dict[tuple[str, ...], int] = {}
    marks = []
    singles = 0
    for token in tokens:
        if token.forms not in known:
            known[token.forms] = _concerned(token, waking)
        marks.append(known[token.forms])
        singles = singles + 1 if len(token.forms[0]) == 1 else 0
        if singles >= RUN:
            marks[-RUN:] = [-1] * RUN
    return marks


def _concerned(token: Token, waking: Waking) -> int:
    found = 0
    for form in token.forms:
        found |= _look_up(form, waking)
    word = token.forms[-1]
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
