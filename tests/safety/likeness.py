"""Messages that say the same in nearly the same words: found so that one of them goes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from flows.tokens import tokens_of
from tests.safety.messages import Row

ALIKE = 0.8  # shared words, of all words of both
SHORT = 4  # messages of fewer words are alike only if they have the same ones


def alike(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of messages with the same words, or with four or more words of which four fifths are shared."""
    words = [frozenset(token.forms[0] for token in tokens_of(row.text)) for row in rows]
    common = Counter(word for each in words for word in each)
    holding: dict[frozenset[str] | str, list[int]] = defaultdict(list)
    for at, said in enumerate(words):
        keys = _keys(said, common)
        for other in sorted({each for key in keys for each in holding[key]}):
            if _same(said, words[other]):
                yield rows[other], rows[at]
        for key in keys:
            holding[key].append(at)


def _keys(said: frozenset[str], common: Counter[str]) -> Sequence[frozenset[str] | str]:
    """What two messages that are alike have in common: their rarest words, so many that one of them must be shared."""
    if len(said) < SHORT:
        return [said] if said else []
    rarest = sorted(said, key=lambda word: (common[word], word))
    return rarest[: len(said) - math.ceil(ALIKE * len(said)) + 1]


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < SHORT:
        return one == other
    return len(one & other) >= ALIKE * len(one | other)
