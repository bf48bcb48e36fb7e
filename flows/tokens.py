"""A text as tokens: what somebody wrote, word by word, with the place of each word in the original.

Written letters vary more than what is meant: capitals, curly quotes, hidden characters, look-alike letters, digits
for letters, repeated letters. A token therefore has one or more `forms`, any of which may match. One pass over the
text, nothing cut, nothing raised: the work grows with the length of the text and with nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import msgspec

APOSTROPHES = "'’‘`´ʼ′＇"
INSIDE = "*@$'"  # signs that belong to a word when letters stand on both sides
SENTENCE_ENDS = ".!?…。？！।؟"
CLAUSE_ENDS = ",;:–—()[]،؛"
PUBLIC_MARKS = range(0x300, 0x370)  # accents that sit on a letter of any script
FILLERS = "ㅤᅟᅠﾠ"  # letters by name, but nothing is seen

# Letters of other scripts that look like Latin ones (Cyrillic, then Greek), and what they look like.
LOOK_ALIKES = str.maketrans(
    "авсԁеһіјӏкмнорԛѕтухԝзαβγεικνορτυχω",
    "abcdehijlkmhopqstyxwzabyeiknoptuxw",
)
DIGIT_LETTERS = (str.maketrans("013457@$", "oieastas"), str.maketrans("013457@$", "oleastas"))


class Token(msgspec.Struct, frozen=True, gc=False):
    """One word. `start` and `end` are offsets in the text; `clause` and `sentence` count from 0."""

    forms: tuple[str, ...]
    start: int
    end: int
    clause: int
    sentence: int


@lru_cache(maxsize=4096)
def fold(char: str) -> str:
    """What a character counts as: letters, `'`, a sign of INSIDE, or one of ` ` `,` `.` and nothing at all."""
    if char in APOSTROPHES:
        return "'"
    if char in INSIDE:
        return char
    if char in SENTENCE_ENDS:
        return "."
    if char in CLAUSE_ENDS or char in "\n\r\u2028\u2029":
        return ","
    if char in FILLERS:
        return ""
    category = unicodedata.category(char)
    if category in ("Cf", "Cc") and not char.isspace():
        return ""
    if category == "So":
        return ","
    letters = "".join(filter(_is_letter, unicodedata.normalize("NFKD", char).casefold()))
    return letters or ("" if _is_hidden_mark(char) else " ")


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM" and not _is_hidden_mark(char)


def _is_hidden_mark(char: str) -> bool:
    return ord(char) in PUBLIC_MARKS or 0xFE00 <= ord(char) <= 0xFE0F


def tokens_of(text: str) -> list[Token]:
    """All words of a text, in order."""
    return [Token(forms_of(word), start, end, clause, sentence) for word, start, end, clause, sentence in _words(text)]


def words_of(text: str) -> list[str]:
    """The first form of each word: how rules are written down."""
    return [word for word, *_ in _words(text)]


def _words(text: str) -> Iterator[tuple[str, int, int, int, int]]:
    clause = sentence = 0
    letters: list[str] = []
    start = end = 0
    for offset, char in enumerate(text):
        folded = fold(char)
        if not folded:
            continue
        if folded in " ,.":
            if letters:
                yield _closed(letters), start, end, clause, sentence
                letters = []
            clause += folded != " "
            sentence += folded == "."
        elif letters or folded not in INSIDE:
            start = start if letters else offset
            letters.append(folded)
            end = offset + 1
    if letters:
        yield _closed(letters), start, end, clause, sentence


def _closed(letters: list[str]) -> str:
    return "".join(letters).rstrip(INSIDE)


def forms_of(word: str) -> tuple[str, ...]:
    """The word as written, and as it reads with look-alikes, digits and repeated letters put right."""
    if word.isalpha() and word.isascii() and not _has_run(word):
        return (word,)
    forms = [word]
    if not word.isascii():
        forms.append(word.translate(LOOK_ALIKES))
    if not word.isdigit():
        forms += [form.translate(table) for form in tuple(forms) for table in DIGIT_LETTERS]
    forms += [_squeezed(form, kept) for form in tuple(forms) for kept in (1, 2)]
    return tuple(dict.fromkeys(forms))


def _has_run(word: str) -> bool:
    return any(a == b == c for a, b, c in zip(word, word[1:], word[2:], strict=False))


def _squeezed(word: str, kept: int) -> str:
    """Runs of three or more of the same letter, cut to `kept`."""
    runs: list[str] = []
    for char in word:
        if runs and runs[-1][0] == char:
            runs[-1] += char
        else:
            runs.append(char)
    return "".join(run[0] * kept if len(run) > 2 else run for run in runs)
