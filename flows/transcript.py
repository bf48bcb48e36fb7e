"""A .chat file: a conversation as people read it, parsed, written back, and replayed through the engine.

A psychologist can write one: what the person does (`>` typed, `*` tapped, `!` a picture or voice, `~` edited, `:later`
time passes) and what Willow says (`-` a bubble, `[Label]` its buttons, `=` a note on a tap). Replaying gives the same
chat with what is said today, so that a difference is read as words.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Literal

import msgspec

Act = Literal["typed", "tapped", "media", "edited", "later"]
SIGNS: dict[str, Act] = {"> ": "typed", "* ": "tapped", "! ": "media", "~ ": "edited", ":later ": "later"}
WRITTEN = {act: sign for sign, act in SIGNS.items()}
HEADERS = ("clock", "seed", "as", "language", "clinic", "begin")
CLOCK = "%Y-%m-%d %H:%M"
SPAN = re.compile(r"(\d+)\s*([mhdw])")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class TranscriptError(Exception):
    """A .chat file cannot be read or replayed; the message names its line."""


class Bubble(msgspec.Struct, frozen=True):
    """What Willow says: a bubble with its rows of buttons, or a note on a tap."""

    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    note: bool = False


class Deed(msgspec.Struct, frozen=True):
    """What the person does. `line` is where it stands."""

    act: Act
    words: str
    line: int = 0


class Exchange(msgspec.Struct, frozen=True):
    """A deed and what is said to it; the first exchange of a chat that begins in a flow has no deed."""

    deed: Deed | None = None
    said: tuple[Bubble, ...] = ()
    comments: tuple[str, ...] = ()


class Chat(msgspec.Struct, frozen=True):
    """A whole .chat file. `clock` is UTC; `preset` names the person, `clinic` who offers it, `begin` the first flow."""

    clock: dt.datetime
    seed: int = 0
    preset: str = "new"
    language: str = "en"
    clinic: str = ""
    begin: str = ""
    comments: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = ()


def parse(text: str) -> Chat:
    """Read a .chat file. Raises TranscriptError with the line that cannot be read."""
    lines = list(enumerate(text.splitlines(), 1))
    comments: list[str] = []
    headers: dict[str, str] = {}
    while lines and _is_head(lines[0][1]):
        line = lines.pop(0)[1].strip()
        if line.startswith("#"):
            comments.append(line[1:].strip())
        elif line:
            key, _, value = line.partition(" ")
            headers[key] = value.strip()
    return Chat(
        clock=_clock(headers.get("clock", "")),
        seed=int(headers.get("seed") or 0),
        preset=headers.get("as") or "new",
        language=headers.get("language") or "en",
        clinic=headers.get("clinic") or "",
        begin=headers.get("begin") or "",
        comments=tuple(comments),
        exchanges=tuple(_exchanges(lines)),
    )


def _is_head(line: str) -> bool:
    return not line.strip() or line.startswith("#") or line.split(" ")[0] in HEADERS


def _clock(text: str) -> dt.datetime:
    try:
        return dt.datetime.strptime(text, CLOCK).replace(tzinfo=dt.UTC)
    except ValueError:
        raise TranscriptError(f"the header `clock` reads {text!r}, not like `clock 2026-11-25 09:00`") from None


def _exchanges(lines: list[tuple[int, str]]) -> Iterator[Exchange]:
    """Group deeds with what follows them; typed lines in a row are one text."""
    deed: Deed | None = None
    said: list[Bubble] = []
    comments: list[str] = []
    waiting: list[str] = []
    for number, line in lines:
        if not line.strip():
            continue
        new = _deed(line, number)
        if new and deed and not said and new.act == deed.act == "typed":
            deed = msgspec.structs.replace(deed, words=f"{deed.words}\n{new.words}")
        elif new:
            if deed or said:
                yield Exchange(deed, tuple(said), tuple(comments))
            deed, said, comments, waiting = new, [], waiting, []
        elif line.startswith("#"):
            waiting.append(line[1:].strip())
        else:
            _say(said, line, number)
    if deed or said:
        yield Exchange(deed, tuple(said), tuple(comments))
    if waiting:
        yield Exchange(comments=tuple(waiting))


def _deed(line: str, number: int) -> Deed | None:
    for sign, act in SIGNS.items():
        if line.startswith(sign) or line == sign.strip():
            return Deed(act, line[len(sign) :].rstrip(), number)
    return None


def _say(said: list[Bubble], line: str, number: int) -> None:
    if line.startswith(("- ", "= ")) or line in ("-", "="):
        said.append(Bubble(line[2:], note=line[0] == "="))
    elif line.startswith("  ") and said:
        last, inside = said[-1], line[2:]
        row = tuple(re.findall(r"\[(.*?)\](?= \[|$)", inside)) if inside.startswith("[") else ()
        text = last.text if row else f"{last.text}\n{inside}"
        said[-1] = msgspec.structs.replace(last, text=text, rows=(*last.rows, row) if row else last.rows)
    else:
        raise TranscriptError(f"line {number} begins with no known sign: {line!r}")


def render(chat: Chat) -> str:
    """The file, in its one way of being written: `parse` reads the same chat from it."""
    lines = [f"# {comment}".rstrip() for comment in chat.comments]
    lines += [f"clock {chat.clock.strftime(CLOCK)}", *([f"seed {chat.seed}"] if chat.seed else [])]
    lines += [f"as {chat.preset}"] if chat.preset != "new" else []
    lines += [f"language {chat.language}"] if chat.language != "en" else []
    lines += [f"clinic {chat.clinic}"] if chat.clinic else []
    lines += [f"begin {chat.begin}"] if chat.begin else []
    for exchange in chat.exchanges:
        lines += ["", *_written(exchange)]
    return "\n".join(lines) + "\n"


def _written(exchange: Exchange) -> Iterator[str]:
    yield from (f"# {comment}".rstrip() for comment in exchange.comments)
    if exchange.deed:
        sign = WRITTEN[exchange.deed.act]
        yield from (f"{sign}{line}".rstrip() for line in exchange.deed.words.split("\n"))
    for bubble in exchange.said:
        first, *rest = bubble.text.split("\n")
        yield f"{'=' if bubble.note else '-'} {first}".rstrip()
        yield from (f"  {line}".rstrip() or "  " for line in rest)
        yield from ("  " + " ".join(f"[{label}]" for label in row) for row in bubble.rows)


def span(words: str) -> dt.timedelta:
    """`3d`, `1d 2h`, `15m`. Raises TranscriptError for anything else."""
    found = SPAN.findall(words)
    if not found or SPAN.sub("", words).strip():
        raise TranscriptError(f"`{words}` is no span of time: write 15m, 6h, 3d or 2w")
    return dt.timedelta(**{UNITS[unit]: int(number) for number, unit in found})
