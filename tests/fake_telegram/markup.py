"""Telegram's HTML, read as Telegram reads it: the plain text and its entities, or the refusal in Telegram's own words.

Offsets and lengths of entities are UTF-16 code units; the offsets that refusals name are bytes of UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}  # every other name stays as it is written
CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
ATTRIBUTE = re.compile(r"""[\s\0]*([^\s\0=>]*)[\s\0]*(?:=[\s\0]*("[^"]*"?|'[^']*'?|[A-Za-z0-9.-]*))?""")
SPACE = " \t\r\n\v\f\0"


class Unparsable(Exception):
    """Telegram cannot read the markup; the argument says why, in its words."""


@dataclass(slots=True)
class _Reader:
    source: str
    text: list[str] = field(default_factory=list)
    units: int = 0
    entities: list[Entity] = field(default_factory=list)
    opened: list[tuple[str, dict[str, str], int]] = field(default_factory=list)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The plain text and the entities of a piece of Telegram HTML. Raises Unparsable."""
    reader, at = _Reader(source), 0
    while at < len(source):
        at = _step(reader, at)
    if reader.opened:
        raise Unparsable(f'Can\'t find end tag corresponding to start tag "{reader.opened[-1][0]}"')
    return trimmed("".join(reader.text), sorted(reader.entities, key=lambda entity: entity["offset"]))


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Telegram cuts white space at both ends; what is marked moves along."""
    left = units(text) - units(text.lstrip())
    text = text.strip()
    whole = units(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - left, 0)
        end = min(entity["offset"] + entity["length"] - left, whole)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, kept


def _step(reader: _Reader, at: int) -> int:
    character = reader.source[at]
    if character == "<":
        closing = reader.source.startswith("/", at + 1)
        return _close(reader, at) if closing else _open(reader, at)
    if character == "&" and (found := _decoded(reader.source, at)):
        character, at = found[0], found[1] - 1
    reader.text.append(character)
    reader.units += units(character)
    return at + 1


def _decoded(source: str, at: int) -> tuple[str, int] | None:
    found = CHARACTER.match(source, at)
    if not found:
        return None
    hexadecimal, decimal, name = found.groups()
    if name:
        known = NAMED.get(name)
        return (known, found.end()) if known else None
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return (chr(code), found.end()) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else None


def _open(reader: _Reader, at: int) -> int:
    source, place = reader.source, _byte(reader.source, at)
    end = at + 1
    while end < len(source) and source[end] not in SPACE + ">":
        end += 1
    if end == len(source):
        raise Unparsable(f"Unclosed start tag at byte offset {place}")
    tag = source[at + 1 : end].lower()
    if tag not in KINDS:
        raise Unparsable(f'Unsupported start tag "{tag}" at byte offset {place}')
    attributes, end = _attributes(source, end, tag, place)
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise Unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {place}')
    reader.opened.append((tag, attributes, reader.units))
    return end + 1


def _attributes(source: str, at: int, tag: str, place: int) -> tuple[dict[str, str], int]:
    """The attributes of a start tag, and where its `>` stands."""
    found: dict[str, str] = {}
    while (match := ATTRIBUTE.match(source, at)) and match.end() > at:
        name, value, at = match[1].lower(), match[2], match.end()
        if not name and value is not None:
            raise Unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {place}')
        if value and value[0] not in "'\"" and at < len(source) and source[at] not in SPACE + ">":
            raise Unparsable(f"Unexpected end of name token at byte offset {_byte(source, match.start(2))}")
        if name:
            found[name] = CHARACTER.sub(_character, (value or "").strip("\"'"))
    if at >= len(source):
        raise Unparsable(f'Unclosed start tag "{tag}" at byte offset {place}')
    return found, at


def _character(found: re.Match[str]) -> str:
    decoded = _decoded(found[0], 0)
    return decoded[0] if decoded else found[0]


def _close(reader: _Reader, at: int) -> int:
    source, place = reader.source, _byte(reader.source, at)
    if not reader.opened:
        raise Unparsable(f"Unexpected end tag at byte offset {place}")
    end = source.find(">", at)
    inside = source[at + 2 : end if end >= 0 else len(source)].rstrip(SPACE)
    if end < 0 or any(space in inside for space in SPACE):
        raise Unparsable(f"Unclosed end tag at byte offset {place}")
    tag, attributes, start = reader.opened.pop()
    if inside and inside.lower() != tag:
        raise Unparsable(f'Unmatched end tag at byte offset {place}, expected "</{tag}>", found "</{inside.lower()}>"')
    _mark(reader, tag, attributes, start)
    return end + 1


def _mark(reader: _Reader, tag: str, attributes: dict[str, str], start: int) -> None:
    length = reader.units - start
    if not length or (tag == "a" and not attributes.get("href")):
        return
    entity: Entity = {"type": KINDS[tag], "offset": start, "length": length}
    if tag == "a":
        entity["url"] = attributes["href"]
    if tag == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    reader.entities.append(entity)


def _byte(source: str, at: int) -> int:
    return len(source[:at].encode("utf-8", "surrogatepass"))
