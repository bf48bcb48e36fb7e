"""How people type a language, as a rule file declares it: short forms, emoji, attached parts, guarded words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.authoring import Author
from flows.letters import INSIDE, WORD_EMOJI
from flows.manuscript import Mapping
from flows.notation import texts
from flows.signals import Spelling
from flows.slips import SHORTEST, guarded_by
from flows.tokens import tokens_of, words_of

Words = dict[str, tuple[str, ...]]


def read_spelling(author: Author, keys: Mapping) -> Spelling:
    beginnings, before = _parts(author, keys, "beginnings")
    endings, after = _parts(author, keys, "endings")
    dropped = {part.strip("'"): meant for part, meant in beginnings.items()}  # people leave the apostrophe out
    return Spelling(
        words={one_word(short): _meant(word) for short, word in items(author, keys, "spellings")},
        emoji=_emoji(author, keys),
        beginnings=beginnings,
        endings=endings,
        before={**dropped, **before},
        after=after,
        guarded=guarded_by(_guarded(author, keys)),
        deny=frozenset(map(one_word, texts(author, keys.get("deny"), "deny"))),
    )


def _parts(author: Author, keys: Mapping, key: str) -> tuple[Words, Words]:
    """(with an apostrophe, without)"""
    parts = {one_word(part): _meant(word) for part, word in items(author, keys, key)}
    return {part: parts[part] for part in parts if "'" in part}, {
        part: parts[part] for part in parts if "'" not in part
    }


def items(author: Author, keys: Mapping, key: str) -> Iterable[tuple[str, Any]]:
    value = keys.get(key) or {}
    if isinstance(value, Mapping):
        return value.items()
    if value:
        author.report("wrong_shape", value, key=key, wanted="a name and a value each")
    return ()


def one_word(word: str) -> str:
    """A single word as tokens have it; signs at either end stay (`n't`, `j'`, `k*ll`, `убив*`)."""
    text = str(word).casefold().replace("’", "'").strip()
    core = text.strip(INSIDE)
    if not core:
        return text
    folded = "".join(token.forms[0] for token in tokens_of(core))
    before, _, after = text.partition(core)
    return f"{before}{folded}{after}"


def _meant(words: Any) -> tuple[str, ...]:
    return tuple(words_of(str(words or "")))


def _emoji(author: Author, keys: Mapping) -> dict[str, tuple[str, ...]]:
    table = {}
    for written, words in items(author, keys, "emoji"):
        sign = str(written).rstrip("\ufe0f")
        if sign not in WORD_EMOJI:
            author.report("unknown_emoji", keys.lines["emoji"], emoji=sign, known=" ".join(sorted(WORD_EMOJI)))
        table[sign] = _meant(words)
    return table


def _guarded(author: Author, keys: Mapping) -> list[str]:
    words = [one_word(word) for word in texts(author, keys.get("guarded"), "guarded")]
    for word in words:
        if len(word) < SHORTEST:
            author.report("short_stem", keys.lines["guarded"], word=word, limit=SHORTEST)
    return [word for word in words if len(word) >= SHORTEST]
