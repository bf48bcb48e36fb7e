"""The corpus and the fresh batches, read: one Row a message. What the columns mean: `corpus/README.md`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
FRESH = HERE / "fresh"
JOINED = ("1", "2", "3", "4", "5", "6")  # batches that were met, and are learnt from since
LEARNT = (CORPUS, *(FRESH / batch for batch in JOINED))
COLUMNS = ("text", "language", "tier", "category", "kind", "voice", "note")
LANGUAGES = ("en", "es", "de", "fr", "pt", "it", "uk", "ru", "ar", "hi")
TIERS = ("none", "watch", "urgent", "acute")
POSITIVE_KINDS = frozenset(
    "explicit buried casual polite sarcastic joking emoji farewell calm burden means answer tired preparing past"
    " bereaved other_person tester".split()
)
HARD_KINDS = frozenset(
    "idiom dark_humour fiction grief news gaming medical_talk legal_talk negation past_other third_person religion"
    " cooking sport work about_bot strong_feeling".split()
)


class Row(NamedTuple):
    """A message as somebody might type it, and what Willow should make of it."""

    text: str
    language: str
    tier: str
    category: str
    kind: str
    voice: str
    note: str

    @property
    def positive(self) -> bool:
        return self.tier != "none"

    @property
    def urgent(self) -> bool:
        return self.tier in ("urgent", "acute")

    @property
    def explicit(self) -> bool:
        return self.positive and self.kind == "explicit"

    @property
    def hard(self) -> bool:
        return not self.positive and self.kind != "everyday"

    @property
    def everyday(self) -> bool:
        return self.kind == "everyday"


def read(folder: Path) -> list[Row]:
    """All rows under a folder, in the order of the files' names. Raises ValueError for a line that is no row."""
    return [row for path in sorted(folder.rglob("*.tsv")) if path.name != "voices.tsv" for row in rows_of(path)]


def learnt() -> list[Row]:
    """What the model learns from: the corpus, and the fresh batches that have joined it."""
    return [row for folder in LEARNT for row in read(folder)]


def all_rows() -> list[Row]:
    """The corpus and every fresh batch."""
    return [*read(CORPUS), *read(FRESH)]


def rows_of(path: Path) -> Iterable[Row]:
    """The rows of one file."""
    heading, *lines = path.read_text("utf-8").splitlines()
    if tuple(heading.split("\t")) != COLUMNS:
        raise ValueError(f"{path}:1: the heading must be: {' '.join(COLUMNS)}")
    for number, line in enumerate(lines, 2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            raise ValueError(f"{path}:{number}: {len(cells)} columns, not {len(COLUMNS)}")
        yield Row(cells[0].replace("\\n", "\n"), *cells[1:])


def hash_of(rows: Iterable[Row]) -> str:
    """Names exactly these rows: BLAKE2b, 16 bytes."""
    return hashlib.blake2b("\n".join("\t".join(row) for row in rows).encode(), digest_size=16).hexdigest()
