"""How people type, put into the words of one language: short forms written out, spaced-out letters joined.

A text gives one or more readings; all are screened, so that a further reading can only add.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from flows.attached import cut_at_apostrophe, cut_to_known
from flows.letters import forms_of
from flows.run_together import COMPOUND, MEAN, RUN, all_known, parts_of
from flows.signals import Language
from flows.slips import meant
from flows.tokens import LONG_WORD, Token

REMEMBERED = 1 << 15  # words, each in one language: most of what people write is a few thousand of them
Words = tuple[tuple[str, ...], ...]  # of one typed word: the forms of each word that it is read as


def readings(tokens: Sequence[Token], language: Language) -> Iterator[list[Token]]:
    """The text as typed; with words cut that are words of the rules themselves; with letters joined, if there are."""
    whole, cut = _written_out(tokens, language)
    yield whole
    if cut:
        yield cut
    joined = _joined(tokens, language)
    if joined is not None:
        yield _written_out(joined, language)[0]


def _written_out(tokens: Sequence[Token], language: Language) -> tuple[list[Token], list[Token]]:
    """(each word whole if the rules know it whole, each word cut if it can be); the second is empty if it is alike."""
    whole: list[Token] = []
    cut: list[Token] = []
    known: dict[tuple[str, ...], tuple[Words, Words]] = {}
    for token in tokens:
        found = known.get(token.forms)
        if found is None:
            ways = _ways if len(token.forms[0]) > LONG_WORD else _remembered
            found = known[token.forms] = ways(token.forms, token.emoji, language)
        whole += _as(token, found[0])
        cut += _as(token, found[1] or found[0])
    return whole, cut if any(second for _, second in known.values()) else []


def _ways(typed: tuple[str, ...], emoji: bool, language: Language) -> tuple[Words, Words]:
    """How a word is read, and how it could be cut besides; nothing if it cannot."""
    if emoji:
        return tuple((word,) for word in language.spelling.emoji.get(typed[0], ())), ()
    first = _spelled(typed, language)
    return first, _cut_anyway(typed, language) if len(first) == 1 else ()


_remembered = lru_cache(maxsize=REMEMBERED)(_ways)


def _spelled(typed: tuple[str, ...], language: Language) -> Words:
    """`dont` is two words; `u` may be `you`; `won't` is looked up before its ending is cut off."""
    spelling = language.spelling
    meanings = [said for form in typed if (said := spelling.words.get(form))]
    if longer := next((said for said in meanings if len(said) > 1), None):
        return tuple((word,) for word in longer)
    forms = [*typed, *(said[0] for said in meanings)]
    for form in typed:
        if "'" in form:
            if words := cut_at_apostrophe(form, spelling.beginnings, spelling.endings):
                return tuple(_recognised(forms_of(word), language) for word in words)
            forms.append(form.replace("'", ""))
    found = _recognised(forms, language)
    if len(found) == len(forms) and language.known.isdisjoint(forms) and (words := _cut(forms, language)):
        return _apart(forms, words, language)
    return (found,)


def _cut_anyway(typed: tuple[str, ...], language: Language) -> Words:
    """A word of the rules that can also be cut into words of the rules: `matarme` as `matar me`."""
    words = None if language.known.isdisjoint(typed) else _cut(typed, language)
    return _apart(typed, words, language) if words else ()


def _cut(forms: Sequence[str], language: Language) -> tuple[str, ...] | None:
    spelling = language.spelling
    if not (spelling.before or spelling.after):
        return None
    cut = (cut_to_known(form, spelling.before, spelling.after, lambda rest: knows(rest, language)) for form in forms)
    return next(filter(None, cut), None)


def _apart(forms: Sequence[str], words: tuple[str, ...], language: Language) -> Words:
    """Several words in place of one; a single word is another form of it."""
    if len(words) > 1:
        return tuple(_recognised((word,), language) for word in words)
    return (_recognised((*forms, *words), language),)


def knows(word: str, language: Language) -> bool:
    return word in language.known or any(word[:length] in language.stems for length in language.lengths)


def _recognised(forms: Sequence[str], language: Language) -> tuple[str, ...]:
    """With the stems that a form begins with, and the guarded words that it is one slip away from."""
    more: list[str] = []
    for form in forms:
        if denied(form, language):
            continue
        guarded = language.spelling.guarded
        slips = meant(form, guarded) if guarded and form not in language.known else []
        more += slips
        for word in (form, *slips):
            more += [f"{word[:length]}*" for length in language.lengths if word[:length] in language.stems]
    return tuple(dict.fromkeys((*forms, *more)))


def denied(form: str, language: Language) -> bool:
    deny = language.spelling.deny
    return form in deny or any(f"{form[:length]}*" in deny for length in range(3, len(form) + 1))


def _as(token: Token, words: Words) -> list[Token]:
    if len(words) == 1 and words[0] == token.forms:
        return [token]
    return [msgspec.structs.replace(token, forms=forms, emoji=False) for forms in words]


def _joined(tokens: Sequence[Token], language: Language) -> list[Token] | None:
    """With spaced letters and run-together words read as words; None if there are none."""
    joined: list[Token] = []
    run: list[Token] = []
    for token in [*tokens, None]:
        if token and len(token.forms[0]) == 1 and not token.emoji:
            run.append(token)
            continue
        joined += _from_letters(run, language) if len(run) >= RUN else run
        run = []
        if token:
            joined += _from_compound(token, language)
    return joined if len(joined) != len(tokens) else None


def _from_letters(run: list[Token], language: Language) -> list[Token]:
    """`k i l l` as one word, when the language's rules know it; letters of no word stay as they are."""
    words: list[Token] = []
    for start, end in parts_of("".join(token.forms[-1] for token in run), language.vocabulary):
        if end - start == 1:
            words.append(run[start])
            continue
        letters = "".join(token.forms[-1] for token in run[start:end])
        words.append(msgspec.structs.replace(run[start], forms=forms_of(letters), end=run[end - 1].end))
    return words


def _from_compound(token: Token, language: Language) -> list[Token]:
    """`killmyself` as two words, only if all of it is words of the rules, and not mere scraps (`to get her`)."""
    word = token.forms[-1]
    if len(word) < COMPOUND or word in language.known or not word.isalpha():
        return [token]
    if not all_known(word, language.vocabulary):
        return [token]
    parts = parts_of(word, language.vocabulary)
    return _as(token, tuple((word[start:end],) for start, end in parts)) if len(parts) * MEAN <= len(word) else [token]
