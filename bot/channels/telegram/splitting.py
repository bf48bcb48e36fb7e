"""Long texts in parts that Telegram takes: at most 4096 UTF-16 units once the markup is parsed.

A part ends after a paragraph, else a line, a sentence, a word, and only then anywhere; open tags are closed at the end
of a part and opened again in the next. Nothing that can be seen is lost but the white space around a cut.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

LIMIT = 4096
PIECE = re.compile(r"<(?P<close>/?)(?P<tag>[a-z-]+)[^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);|.", re.DOTALL)
JOINERS = "\u200d\ufe0e\ufe0f"
SKIN_TONES = range(0x1F3FB, 0x1F400)


class Piece(NamedTuple):
    """One visible character, or one tag (width 0, `seen` empty)."""

    markup: str
    seen: str
    width: int
    opens: str = ""
    closes: str = ""


def split(text: str, limit: int = LIMIT) -> list[str]:
    """The text in parts of at most `limit` units; one part for nearly everything we say."""
    if 2 * len(text) <= limit or _width(text) <= limit:
        return [text]
    pieces = list(_pieces(text))
    parts: list[str] = []
    start, open_tags = 0, list[Piece]()
    while start < len(pieces):
        end = _end(pieces, start, limit)
        part, open_tags = _part(pieces[start:end], open_tags)
        if part:
            parts.append(part)
        start = end
    return parts


def without_markup(text: str) -> str:
    """What the person sees of a marked-up text."""
    return "".join(piece.seen for piece in _pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    for found in PIECE.finditer(text):
        markup = found[0]
        if found["tag"]:
            name = found["tag"]
            yield Piece(markup, "", 0, closes=name) if found["close"] else Piece(markup, "", 0, opens=name)
        else:
            seen = html.unescape(markup) if len(markup) > 1 else markup
            yield Piece(markup, seen, _width(seen))


def _width(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _end(pieces: list[Piece], start: int, limit: int) -> int:
    """Where the part that begins at `start` ends: everything that fits, shortened to the best place for a cut."""
    width = 0
    for fits in range(start, len(pieces)):
        width += pieces[fits].width
        if width > limit:
            return _cut(pieces, start, fits)
    return len(pieces)


def _cut(pieces: list[Piece], start: int, fits: int) -> int:
    """The last place of the best kind in the second half of what fits; a paragraph is looked for in all of it."""
    seen = [piece.seen for piece in pieces[start : fits + 1]]
    half = len(seen) // 2
    for kind, earliest in ((_after_paragraph, 1), (_after_line, half), (_after_sentence, half), (_after_word, half)):
        for place in range(len(seen) - 1, max(earliest, 1) - 1, -1):
            if kind(seen, place):
                return start + place
    place = len(seen) - 1
    while place > half and _inside_character(seen, place):
        place -= 1
    return start + place


def _after_paragraph(seen: list[str], place: int) -> bool:
    return seen[place - 1] == "\n" and place > 1 and seen[place - 2] == "\n" and seen[place] != "\n"


def _after_line(seen: list[str], place: int) -> bool:
    return seen[place - 1] == "\n"


def _after_sentence(seen: list[str], place: int) -> bool:
    return seen[place].isspace() and seen[place - 1] in {".", "!", "?", "…", "。", "؟", "।"}


def _after_word(seen: list[str], place: int) -> bool:
    return seen[place].isspace()


def _inside_character(seen: list[str], place: int) -> bool:
    """Would a cut here part an accent from its letter or an emoji from its tone?"""
    after, before = seen[place], seen[place - 1]
    if not after:
        return False
    joined = after in JOINERS or before in tuple(JOINERS[:1])
    return joined or unicodedata.combining(after) != 0 or ord(after) in SKIN_TONES


def _part(pieces: list[Piece], open_tags: list[Piece]) -> tuple[str, list[Piece]]:
    """The markup of one part, with the tags that were open before it and closed after it; and those still open."""
    opened = "".join(tag.markup for tag in open_tags)
    still_open = list(open_tags)
    for piece in pieces:
        if piece.opens:
            still_open.append(piece)
        elif piece.closes and still_open:
            still_open.pop()
    closed = "".join(f"</{tag.opens}>" for tag in reversed(still_open))
    body = _trimmed(pieces)
    return (opened + body + closed if any(piece.seen.strip() for piece in pieces) else ""), still_open


def _trimmed(pieces: list[Piece]) -> str:
    seen = [place for place, piece in enumerate(pieces) if piece.seen.strip()]
    if not seen:
        return ""
    first, last = seen[0], seen[-1]
    return "".join(piece.markup for place, piece in enumerate(pieces) if piece.width == 0 or first <= place <= last)
