"""What a written character counts as, in every script that Willow reads, and the other ways a word may be read.

Written letters vary more than what is meant: capitals, accents, hidden characters, marks over Arabic letters,
look-alike letters of another alphabet, digits for letters, repeated letters. Rules and people's texts go through the
same folding, so an author writes the word as it is spelt.
"""

from __future__ import annotations

import unicodedata

APOSTROPHES = "'’‘`´ʼ′＇"
INSIDE = "*@$'"  # signs that belong to a word when letters stand on both sides
SENTENCE_ENDS = ".!?…。？！।॥؟"
CLAUSE_ENDS = ",;:–—()[]،؛"
NEW_LINES = "\n\r\u2028\u2029\x0b\x0c\x85"
SENTENCE, CLAUSE, LINE, SPACE, EMOJI = ".", ",", "\n", " ", "\0"
# Emoji that can stand for a word; every other one only ends a clause.
WORD_EMOJI = frozenset("🔪🗡💊🔫🩸⚰🪦💀☠🪢🧨💉🍺🍷🍸🥃🚬🌿❄👊🤛🤜🚆🚂🚉🌉🏢👋🕊👼🥀🪒⛓🪓🔥🤮🤢👻🚑💔🤰👶🍽")

_HIDDEN = (
    range(0x300, 0x370),  # accents that sit on a letter of any script
    range(0x610, 0x61B),  # Arabic marks, from here to the small high signs
    range(0x640, 0x641),  # kashida, which only stretches a word
    range(0x64B, 0x660),
    range(0x670, 0x671),
    range(0x6D6, 0x6EE),
    range(0x93C, 0x93D),  # nukta
    range(0xFE00, 0xFE10),
)
_FILLERS = "ㅤᅟᅠﾠ"  # letters by name, but nothing is seen
# Letters that many people write one for the other: Arabic alef, ya, kaf, ta marbuta; Devanagari nasals; Ukrainian ґ.
_SAME = str.maketrans({
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ۀ": "ه",
    "ँ": "ं", "ґ": "г", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe",
})  # fmt: skip
_NASALS = "ङञणनम"  # before another consonant they may be written as a dot
_VIRAMA, _DOT = "्", "ं"
# Letters of other scripts that look like Latin ones (Cyrillic, then Greek), and what they look like.
LOOK_ALIKES = str.maketrans(
    "авсԁеһіјӏкмнорԛѕтухԝзαβγεικνορτυχω",
    "abcdehijlkmhopqstyxwzabyeiknoptuxw",
)
_TWINS = "abcehikmoptxy"  # Latin letters inside a Cyrillic word
_TO_CYRILLIC = str.maketrans(_TWINS + "0346", "авсенікмортху" + "озчб")
_DIGITS = "013457@$"
_DIGIT_LETTERS = (str.maketrans(_DIGITS, "oieastas"), str.maketrans(_DIGITS, "oleastas"))


class _Folds(dict[str, str]):
    """Characters met so far; there are not many, and a text cannot make it grow without end."""

    def __missing__(self, char: str) -> str:
        if len(self) > 8192:
            self.clear()
        self[char] = folded = _fold(char)
        return folded


def _fold(char: str) -> str:
    """Letters, a sign of INSIDE, one of SENTENCE, CLAUSE, LINE, SPACE, EMOJI and the emoji, or nothing at all."""
    for chars, meaning in ((APOSTROPHES, "'"), (INSIDE, char), (SENTENCE_ENDS, SENTENCE), (CLAUSE_ENDS, CLAUSE),
                           (NEW_LINES, LINE), (_FILLERS, ""), (WORD_EMOJI, EMOJI + char)):  # fmt: skip
        if char in chars:
            return meaning
    category = unicodedata.category(char)
    if category in ("Cf", "Cc") and not char.isspace():
        return ""
    if category == "So":
        return CLAUSE
    if category == "Nd":
        return str(unicodedata.digit(char))
    letters = "".join(filter(_is_letter, unicodedata.normalize("NFKD", char).casefold())).translate(_SAME)
    return letters or ("" if _is_hidden(char) else SPACE)


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM" and not _is_hidden(char)


def _is_hidden(char: str) -> bool:
    return any(ord(char) in hidden for hidden in _HIDDEN)


FOLDS = _Folds()


def spelt(letters: list[str]) -> str:
    """The word of folded letters, without signs at its end and with Devanagari nasals written as a dot."""
    word = "".join(letters).rstrip(INSIDE)
    if _VIRAMA in word:
        for nasal in _NASALS:
            word = word.replace(nasal + _VIRAMA, _DOT)
    return word


def is_cyrillic(text: str) -> bool:
    return not text.isascii() and any("\u0400" <= char <= "\u04ff" for char in text)


def forms_of(word: str, among_cyrillic: bool = False) -> tuple[str, ...]:
    """The word as written, and as it reads with look-alikes, digits and repeated letters put right."""
    run = len(set(word)) + 2 <= len(word) and _has_run(word)
    if word.isalpha() and not run and word.isascii() and not among_cyrillic:
        return (word,)
    forms = [word, *_in_one_script(word, among_cyrillic)]
    if not word.isalpha() and not word.isdigit() and any(char in _DIGITS for char in word):
        forms += [form.translate(table) for form in tuple(forms) for table in _DIGIT_LETTERS]
    if run:
        forms += [_squeezed(form, kept) for form in tuple(forms) for kept in (1, 2)]
    return tuple(dict.fromkeys(forms))


def _in_one_script(word: str, among_cyrillic: bool) -> list[str]:
    """Readings all in one alphabet, of a word that mixes two or that looks the same in both."""
    if word.isascii():
        return [word.translate(_TO_CYRILLIC)] if among_cyrillic and all(char in _TWINS for char in word) else []
    latin, cyrillic = word.translate(LOOK_ALIKES), word.translate(_TO_CYRILLIC)
    found = [latin] if latin.isascii() else []
    if cyrillic != word and not any(char.isascii() and char.isalnum() for char in cyrillic):
        found.append(cyrillic)
    return found


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
