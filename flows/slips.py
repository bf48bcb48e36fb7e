"""One slip of the finger in a word that must not be missed: a letter too many, too few, wrong, or two changed over.

Only words that a rule file guards are read so. A word less any one of its letters meets the same word with a slip less
one of its letters, so a look-up costs as many steps as the word has letters, however many words are guarded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

SHORTEST = 5  # letters of a guarded word: shorter ones are one slip from too many others
LONGEST = 24


def shortened(word: str) -> Iterator[str]:
    """The word, and the word less each of its letters but the first."""
    yield word
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]


def guarded_by(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for word in words:
        for key in shortened(word):
            if word not in table.get(key, ()):
                table[key] = (*table.get(key, ()), word)
    return table


def meant(form: str, guarded: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The guarded words that `form` is one slip away from. The first letter is never the slip."""
    if not guarded or not SHORTEST - 1 <= len(form) <= LONGEST:
        return []
    near = dict.fromkeys(word for key in shortened(form) for word in guarded.get(key, ()))
    return [word for word in near if one_slip(form, word)]


def one_slip(form: str, word: str) -> bool:
    """Exactly one letter added, left out, replaced, or two neighbours changed over."""
    if form == word or form[:1] != word[:1]:
        return False
    same = next((at for at, (a, b) in enumerate(zip(form, word, strict=False)) if a != b), min(len(form), len(word)))
    left, right = form[same:], word[same:]
    return (
        left[1:] == right
        or left == right[1:]
        or left[1:] == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:] and len(right) > 1)
    )
