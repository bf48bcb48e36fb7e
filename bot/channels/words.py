"""Words on their way in and out, for the doors that draw by themselves.

In: text without what no database and no page takes. Out: Telegram HTML, of which only bold, italic and line breaks are
kept; it is taken apart into pieces of plain text, so that no markup of a message can reach a page or a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import NamedTuple

STRANGE = re.compile("[\x00\ud800-\udfff]")
BOLD = frozenset({"b", "strong"})
ITALIC = frozenset({"i", "em"})
KEPT_CONTROLS = "\n\t\u200c\u200d"  # joiners shape emoji and letters of several scripts


class Piece(NamedTuple):
    """A stretch of plain text of one look."""

    text: str
    bold: bool = False
    italic: bool = False


def clean(text: str) -> str:
    """What was typed, with line ends as line feeds and without NUL and lone surrogates, which no database takes.

    Surrogates that form a pair become their character.
    """
    if STRANGE.search(text) is not None:
        text = STRANGE.sub("", text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def pieces(markup: str) -> tuple[Piece, ...]:
    """A message taken apart. Tags other than bold and italic are dropped, their words stay."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return tuple(reader.found)


def plain(markup: str) -> str:
    """What a person sees of a message."""
    return "".join(piece.text for piece in pieces(markup))


def harmless(text: str) -> str:
    """Text that cannot steer a terminal: no escape sequences, no overrides of the writing direction."""
    return "".join(character for character in text if character in KEPT_CONTROLS or _is_seen(character))


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs")


class _Reader(HTMLParser):
    """Counts open tags, so that crossed and unclosed ones do no harm."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []
        self._bold = self._italic = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._bold += tag in BOLD
        self._italic += tag in ITALIC
        if tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        self._bold = max(0, self._bold - (tag in BOLD))
        self._italic = max(0, self._italic - (tag in ITALIC))

    def handle_data(self, data: str) -> None:
        self.found.append(Piece(data, self._bold > 0, self._italic > 0))
