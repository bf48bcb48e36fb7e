"""The second member of screening: a linear model over pieces of words, for danger that no single phrase says.

It adds up weights, nothing more, and can name the pieces that carried a text. It only ever raises, from none to watch;
what must never be missed stays with the rules (`hits.py`). The weights are made from the corpus by
`tests/safety/train.py`; here is plain Python, without clock and chance, and the work grows with the text only.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from zlib import crc32

import msgspec

from flows.tokens import LONG_WORD, Token

LETTERS = (2, 5)  # a piece of a word has so many signs, the spaces around the word among them
ROW = 3  # words in a row are a piece, up to so many
REACH = 5  # two words are a piece when they stand within so many
BEGINNING = 5  # letters: what is left of a word where its ending shall not matter
BEGINNINGS_REACH = 8  # two beginnings are a piece when they stand within so many words
LONG = 700  # pieces, about 35 words: from here on a text counts by what it says on average
MODEL = "model."  # how the rule ids of its hits begin; the category follows
CARRIED = 10  # pieces that a trace names
SIGNED: tuple[int, ...] = (*range(128), *range(-128, 0))  # what a byte of the weights stands for


class Weights(msgspec.Struct, frozen=True):
    """One signed byte for each bucket of pieces; a text's value is `sum * scale * share_of(pieces) + bias`."""

    table: bytes
    scale: float
    bias: float

    def value(self, buckets: Sequence[int]) -> float:
        table, mask = self.table, len(self.table) - 1
        total = sum([SIGNED[table[bucket & mask]] for bucket in buckets])
        return self.scale * total * share_of(len(buckets)) + self.bias


class Model(msgspec.Struct, frozen=True):
    """What was learnt. `threshold`: from this value on a text is watch; `categories`: the highest says of what kind."""

    danger: Weights
    categories: dict[str, Weights]
    threshold: float
    hash: str


class Score(msgspec.Struct, frozen=True):
    """What the model makes of a text. `category` is empty below the threshold."""

    value: float
    category: str = ""


def score(tokens: Sequence[Token], model: Model) -> Score:
    buckets = buckets_of(words_read(tokens))
    value = model.danger.value(buckets)
    if not buckets or value < model.threshold:
        return Score(value)
    return Score(value, max(model.categories, key=lambda name: model.categories[name].value(buckets)))


def carried(tokens: Sequence[Token], model: Model) -> list[tuple[str, float]]:
    """The pieces that raised the value most, each with what it added: what `explain` shows."""
    found = list(pieces_of(words_read(tokens)))
    times = Counter(found)
    share = model.danger.scale * share_of(len(found))
    table, mask = model.danger.table, len(model.danger.table) - 1
    added = {piece: SIGNED[table[piece[1] & mask]] * share * count for piece, count in times.items()}
    heaviest = sorted(added.items(), key=lambda each: (-each[1], each[0]))[:CARRIED]
    return [(said, round(weight, 3)) for (said, _), weight in heaviest if weight > 0]


def share_of(pieces: int) -> float:
    """What one piece counts among so many: by the root of their number, in a long text by the number itself."""
    return float(1 / max(1, pieces**0.5, pieces / LONG**0.5))


def words_read(tokens: Sequence[Token]) -> list[str]:
    """The words as the model sees them: as written, folded, without apostrophes."""
    return [token.forms[0].replace("'", "") for token in tokens]


def buckets_of(words: Sequence[str]) -> list[int]:
    """The bucket numbers of all pieces of a text, to be cut to a table's size; in the order of `pieces_of`."""
    buckets: list[int] = []
    for word, rows in zip(words, _row_buckets(words), strict=True):
        buckets += _letter_buckets(word) if len(word) > LONG_WORD else _remembered(word)
        buckets += rows
    return buckets


def pieces_of(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """All pieces of a text with their bucket numbers: parts of each word, then words in a row that begin with it."""
    beginnings = [_beginning(word) for word in words]
    for at, (word, buckets) in enumerate(zip(words, _row_buckets(words), strict=True)):
        yield from zip(_parts(f" {word} "), _letter_buckets(word), strict=True)
        yield from zip(_rows(words, beginnings, at), buckets, strict=True)


def _parts(word: str) -> Iterator[str]:
    shortest, longest = LETTERS
    for first in range(len(word) - shortest + 1):
        for end in range(first + shortest, min(first + longest, len(word)) + 1):
            yield word[first:end]


def _rows(words: Sequence[str], beginnings: Sequence[str], at: int) -> list[str]:
    """The word at a place, it with what follows, and the same of the words' beginnings."""
    near = beginnings[at : at + BEGINNINGS_REACH]
    return [words[at], *_with_next(words[at : at + REACH]), *_with_next(near)]


def _with_next(words: Sequence[str]) -> list[str]:
    """The first word and the next ones in a row, and it with each word a little further on."""
    first = words[0]
    rows = [" ".join(words[:end]) for end in range(2, min(ROW, len(words)) + 1)]
    return rows + [f"{first} _ {other}" for other in words[2:]]


def _beginning(word: str) -> str:
    return f"{word[:BEGINNING]}*"


def _letter_buckets(word: str) -> tuple[int, ...]:
    return tuple(crc32(part.encode("utf-8", "replace")) for part in _parts(f" {word} "))


_remembered = lru_cache(maxsize=8192)(_letter_buckets)


def _row_buckets(words: Sequence[str]) -> Iterator[list[int]]:
    """For each word the buckets of its rows, in the order of `_rows`."""
    beginnings = _with_next_buckets([_beginning(word) for word in words], BEGINNINGS_REACH)
    for row, (_, *begun) in zip(_with_next_buckets(words, REACH), beginnings, strict=True):
        yield row + begun


def _with_next_buckets(words: Sequence[str], reach: int) -> Iterator[list[int]]:
    """For each word its bucket, then those of `_with_next`: the checksum of a row goes on from that of its begin."""
    encoded = [word.encode("utf-8", "replace") for word in words]
    following = [b" " + word for word in encoded]
    further = [b" _ " + word for word in encoded]
    for at, word in enumerate(encoded):
        row = first = crc32(word, 1)
        buckets = [first]
        for each in following[at + 1 : at + ROW]:
            row = crc32(each, row)
            buckets.append(row)
        yield buckets + [crc32(each, first) for each in further[at + 2 : at + reach]]


def read_model(head: bytes, weights: bytes) -> Model:
    """From `model.json` and `model.weights`; raises ValueError if they do not belong together."""
    described = msgspec.json.decode(head, type=Head)
    if hashlib.blake2b(weights, digest_size=16).hexdigest() != described.hash:
        raise ValueError("model.weights is not the file that model.json describes")
    if sum(each.buckets for each in described.tables.values()) != len(weights) or "danger" not in described.tables:
        raise ValueError("model.json does not name the tables that model.weights holds")
    tables, at = {}, 0
    for name, each in described.tables.items():
        if each.buckets < 1 or each.buckets & (each.buckets - 1):
            raise ValueError(f"table {name} has {each.buckets} buckets, which is no power of two")
        tables[name] = Weights(weights[at : at + each.buckets], each.scale, each.bias)
        at += each.buckets
    danger = tables.pop("danger")
    return Model(danger, tables, described.threshold, described.hash)


class Table(msgspec.Struct, frozen=True):
    """A table of the weights file: `buckets` bytes (a power of two), in the order in which they are named."""

    buckets: int
    scale: float
    bias: float


class Head(msgspec.Struct, frozen=True):
    """`model.json`: how the weights were made, and how they are read. `hash`: BLAKE2b, 16 bytes, of the weights."""

    made_by: str
    corpus: str  # hash of the rows it learnt from
    messages: int
    languages: tuple[str, ...]
    threshold: float
    hash: str
    tables: dict[str, Table]
