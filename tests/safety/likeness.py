"""Messages that say the same in nearly the same words: found so that one of them goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from flows.tokens import tokens_of
from tests.safety.messages import Row

ALIKE = 0.8  # shared words, of all words of both
RARE = 3  # candidates share one of a message's rarest words


def alike(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of messages with the same words, or with four or more words of which four fifths are shared."""
    words = [frozenset(token.forms[0] for token in tokens_of(row.text)) for row in rows]
    common = Counter(word for each in words for word in each)
    holding: dict[str, list[int]] = defaultdict(list)
    for at, said in enumerate(words):
        rarest = sorted(said, key=lambda word: (common[word], word))[:RARE]
        for other in sorted({each for word in rarest for each in holding[word]}):
            if _same(said, words[other]):
                yield rows[other], rows[at]
        for word in rarest:
            holding[word].append(at)


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < 4:
        return one == other
    return len(one & other) >= ALIKE * len(one | other)
