"""A text as tokens: what somebody wrote, word by word, with the place of each word in the original.

A token has one or more `forms`, any of which may match (`letters.py`). One pass over the text for all languages,
nothing cut, nothing raised: the work grows with the length of the text and with nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from flows.letters import CLAUSE, EMOJI, FOLDS, INSIDE, LINE, SENTENCE, SPACE, forms_of, is_cyrillic, spelt

BREAKS = (SPACE, CLAUSE, SENTENCE, LINE)
LONG_WORD = 40  # letters: longer ones are read anew each time, so that what is remembered of words stays small


class Token(msgspec.Struct, frozen=True, gc=False):
    """One word. `start` and `end` are offsets in the text; `clause`, `sentence` and `line` count from 0.

    An emoji that can stand for a word is a token too; it ends its clause.
    """

    forms: tuple[str, ...]
    start: int
    end: int
    clause: int
    sentence: int
    line: int
    emoji: bool = False


def fold(char: str) -> str:
    """What a character counts as: letters, `'`, a sign of INSIDE, one of ` ` `,` `.`, or nothing at all."""
    folded = FOLDS[char]
    return CLAUSE if folded == LINE or folded[:1] == EMOJI else folded


def tokens_of(text: str) -> list[Token]:
    """All words of a text, in order."""
    among_cyrillic = is_cyrillic(text)
    return [
        Token((word,), start, end, *place, True) if emoji else Token(forms_of(word, among_cyrillic), start, end, *place)
        for word, start, end, place, emoji in _words(text)
    ]


def words_of(text: str) -> list[str]:
    """The first form of each word: how rules are written down. Emoji are left out."""
    return [word for word, _, _, _, emoji in _words(text) if not emoji]


def _words(text: str) -> Iterator[tuple[str, int, int, tuple[int, int, int], bool]]:
    clause = sentence = line = 0
    letters: list[str] = []
    shown: set[str] = set()  # emoji since the last word: the same one again says nothing new
    start = end = 0
    for offset, char in enumerate(text):
        folded = FOLDS[char]
        if not folded:
            continue
        if folded in BREAKS:
            if letters:
                yield spelt(letters), start, end, (clause, sentence, line), False
                letters = []
            clause += folded != SPACE
            sentence += folded == SENTENCE
            line += folded == LINE
        elif folded[0] == EMOJI:
            if letters:
                yield spelt(letters), start, end, (clause, sentence, line), False
                letters = []
            if folded not in shown:
                yield folded[1:], offset, offset + 1, (clause, sentence, line), True
            shown.add(folded)
            clause += 1
        elif letters or folded not in INSIDE:
            start = start if letters else offset
            letters.append(folded)
            shown.clear()
            end = offset + 1
    if letters:
        yield spelt(letters), start, end, (clause, sentence, line), False
