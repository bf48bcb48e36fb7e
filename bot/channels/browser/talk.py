"""The conversation as a page draws it, folded from lines: what was said, with the keyboards that still count. Pure.

An edit replaces a bubble's words and marks; a closing takes its keyboard away and leaves what was chosen below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from bot.channels.words import Piece, pieces, plain
from bot.store.pulls import Line
from flows.turn import Button

MARK = "✓ "  # how the engine shows a mark in a label
CHOICE = re.compile(r"\d+\.\d+")
START = "/start"  # what the Start button types: nobody said it
UNKEPT = "(your words; they are not kept)"


class Box(msgspec.Struct, frozen=True):
    """An option that may be marked: the press that turns its mark over, and how it stands."""

    press: str
    label: str
    marked: bool


class Keyboard(msgspec.Struct, frozen=True):
    """The buttons under a bubble. `boxes`: several may be marked; then `rows` holds the others."""

    ask: int
    rows: tuple[tuple[Button, ...], ...]
    boxes: tuple[Box, ...] = ()

    @property
    def awaits_words(self) -> bool:
        """True if nothing can be chosen, so that the answer is typed."""
        return not self.boxes and not any(_is_answer(button) for row in self.rows for button in row)


class Bubble(msgspec.Struct, frozen=True):
    """Something said. `chosen`: what the keyboard closed into."""

    id: str
    mine: bool = False  # the person's own
    words: tuple[Piece, ...] = ()
    ask: int = 0
    keyboard: Keyboard | None = None
    chosen: str = ""


class Talk(msgspec.Struct, frozen=True):
    """All that is seen. `toast`: the short note that answered the last press."""

    bubbles: tuple[Bubble, ...] = ()
    toast: str = ""

    @property
    def newest(self) -> Bubble | None:
        """Where the person is: the newest ask that waits, else the newest bubble."""
        waiting = [bubble for bubble in self.bubbles if bubble.keyboard is not None]
        return (waiting or list(self.bubbles) or [None])[-1]  # type: ignore[list-item]

    def keyboard(self, ask: int) -> Keyboard | None:
        """The open keyboard of an ask."""
        found = [bubble.keyboard for bubble in self.bubbles if bubble.keyboard and bubble.keyboard.ask == ask]
        return found[-1] if found else None


def fold(lines: Iterable[Line], remembered: dict[str, str] | None = None) -> Talk:
    """Lines in order become what is seen. `remembered`: typed words that the log may not keep, by the message's id."""
    bubbles: dict[str, Bubble] = {}
    toast, turn = "", 0
    for line in lines:
        toast = toast if line.turn == turn else ""
        turn = line.turn
        if line.kind == "acknowledge":
            toast = plain(line.text)
        elif line.kind == "typed" and line.text == START:
            continue
        elif line.kind in ("edit", "close"):
            for name in _aimed_at(line, bubbles):
                bubbles[name] = _changed(bubbles[name], line)
        else:
            bubble = _typed(line, remembered or {}) if line.kind == "typed" else _said(line)
            bubbles[bubble.id] = bubble
    return Talk(tuple(bubbles.values()), toast)


def _typed(line: Line, remembered: dict[str, str]) -> Bubble:
    return Bubble(f"t{line.turn}", mine=True, words=(Piece(line.text or remembered.get(line.message) or UNKEPT),))


def _said(line: Line) -> Bubble:
    open_ = line.kind == "ask" and line.open
    return Bubble(f"m{line.row}", words=pieces(line.text), ask=line.ask, keyboard=_keyboard(line) if open_ else None)


def _aimed_at(line: Line, bubbles: dict[str, Bubble]) -> list[str]:
    """The message a row names, or all that carry its ask; an edit changes only the newest."""
    if line.target and f"m{line.target}" in bubbles:
        return [f"m{line.target}"]
    copies = [name for name, bubble in bubbles.items() if line.ask and bubble.ask == line.ask]
    return copies[-1:] if line.kind == "edit" else copies


def _changed(bubble: Bubble, line: Line) -> Bubble:
    if line.kind == "close":
        return msgspec.structs.replace(bubble, keyboard=None, chosen=plain(line.text) or bubble.chosen)
    keyboard = _keyboard(line) if bubble.keyboard is not None else None
    return msgspec.structs.replace(bubble, words=pieces(line.text), keyboard=keyboard)


def _keyboard(line: Line) -> Keyboard:
    """Checkboxes where there are both marks to set and a Done; else buttons as they come."""
    buttons = [button for row in line.buttons for button in row]
    if not any(button.press.endswith(".done") for button in buttons):
        return Keyboard(line.ask, line.buttons)
    boxes = tuple(_box(button) for button in buttons if CHOICE.fullmatch(button.press))
    others = tuple(button for button in buttons if not CHOICE.fullmatch(button.press))
    return Keyboard(line.ask, (others,), boxes)


def _is_answer(button: Button) -> bool:
    return bool(CHOICE.fullmatch(button.press)) or button.press.endswith(".done")


def _box(button: Button) -> Box:
    return Box(button.press, button.label.removeprefix(MARK), button.label.startswith(MARK))
