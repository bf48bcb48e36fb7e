"""How people type, put into the words of one language: short forms written out, spaced-out letters joined.

Each text gives one or two readings; both are screened, so that a second reading can only add.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from flows.signals import Language
from flows.tokens import Token, forms_of

RUN = 3  # letters standing alone, from which on they may be one word
COMPOUND = 8  # letters from which on a word may be several, written without spaces
LONGEST_WORD = 16
UNKNOWN = 3  # the price of a letter that belongs to no word; a word costs 1


def readings(tokens: Sequence[Token], language: Language) -> Iterator[list[Token]]:
    """The text as typed, and, if letters were spaced out or words run together, as it was probably meant."""
    yield _written_out(tokens, language)
    joined = _joined(tokens, language)
    if len(joined) != len(tokens):
        yield _written_out(joined, language)


def _written_out(tokens: Sequence[Token], language: Language) -> list[Token]:
    words: list[Token] = []
    for token in tokens:
        words.extend(_spelled(token, language))
    return words


def _spelled(token: Token, language: Language) -> list[Token]:
    """`dont` is two words; `u` may be `you`; `won't` is looked up before its ending is."""
    meanings = [meant for form in token.forms if (meant := language.spellings.get(form))]
    if longer := next((meant for meant in meanings if len(meant) > 1), None):
        return [_as(token, (word,)) for word in longer]
    for form in token.forms:
        for ending, words in language.endings.items() if "'" in form else ():
            if form.endswith(ending) and len(form) > len(ending):
                return [_as(token, forms_of(form[: -len(ending)])), *(_as(token, (word,)) for word in words)]
    others = [meant[0] for meant in meanings] + [form.replace("'", "") for form in token.forms if "'" in form]
    return [_as(token, tuple(dict.fromkeys((*token.forms, *others))))] if others else [token]


def _as(token: Token, forms: tuple[str, ...]) -> Token:
    return msgspec.structs.replace(token, forms=forms)


def _joined(tokens: Sequence[Token], language: Language) -> list[Token]:
    joined: list[Token] = []
    run: list[Token] = []
    for token in [*tokens, None]:
        if token and len(token.forms[0]) == 1:
            run.append(token)
            continue
        joined += _from_letters(run, language) if len(run) >= RUN else run
        run = []
        if token:
            joined += _from_compound(token, language)
    return joined


def _from_letters(run: list[Token], language: Language) -> list[Token]:
    """`k i l l` as one word, when the language's rules know it; letters of no word stay as they are."""
    words: list[Token] = []
    for start, end in _parts("".join(token.forms[-1] for token in run), language.vocabulary):
        if end - start == 1:
            words.append(run[start])
            continue
        letters = "".join(token.forms[-1] for token in run[start:end])
        words.append(msgspec.structs.replace(run[start], forms=forms_of(letters), end=run[end - 1].end))
    return words


def _from_compound(token: Token, language: Language) -> list[Token]:
    """`killmyself` as two words, only if all of it is words of the rules."""
    word = token.forms[-1]
    if len(word) < COMPOUND or word in language.known or not word.isalpha():
        return [token]
    parts = _parts(word, language.vocabulary)
    if any(word[start:end] not in language.vocabulary for start, end in parts):
        return [token]
    return [_as(token, (word[start:end],)) for start, end in parts]


def _parts(letters: str, vocabulary: frozenset[str]) -> list[tuple[int, int]]:
    """The cheapest way to cut letters into words: work grows with their number times LONGEST_WORD."""
    costs, cuts = [0], [0]
    for end in range(1, len(letters) + 1):
        cost, cut = costs[end - 1] + UNKNOWN, end - 1
        for start in range(max(0, end - LONGEST_WORD), end):
            if costs[start] + 1 < cost and letters[start:end] in vocabulary:
                cost, cut = costs[start] + 1, start
        costs.append(cost)
        cuts.append(cut)
    parts, end = [], len(letters)
    while end:
        parts.append((cuts[end], end))
        end = cuts[end]
    return parts[::-1]
