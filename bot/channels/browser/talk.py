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
CHOICE = re.compile(r"(\d+\.\d+)[+-]?")  # with the wanted mark where several may be marked
SOS = "sos"
START = "/start"  # what the Start button types: nobody said it
UNKEPT = "(your words; they are not kept)"


class Box(msgspec.Struct, frozen=True):
    """An option that may be marked, and how it stands. `option` is its press without the wanted mark."""

    option: str
    label: str
    marked: bool


class Keyboard(msgspec.Struct, frozen=True):
    """The buttons under a bubble. `boxes`: several may be marked; then `rows` holds the others. `open`: it waits."""

    ask: int
    rows: tuple[tuple[Button, ...], ...]
    boxes: tuple[Box, ...] = ()
    open: bool = True

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
    turn: int = 0


class Talk(msgspec.Struct, frozen=True):
    """All that is seen. `toast`: the short note that answered the last press."""

    bubbles: tuple[Bubble, ...] = ()
    toast: str = ""

    @property
    def newest(self) -> Bubble | None:
        """Where the person is: the ask that waits, if the newest turn said it; else the newest bubble."""
        if not self.bubbles:
            return None
        last = self.bubbles[-1]
        waiting = [bubble for bubble in self.bubbles if bubble.turn == last.turn and _waits(bubble)]
        return waiting[-1] if waiting else last

    @property
    def awaits_words(self) -> bool:
        """True if what the person is asked has nothing to tap for an answer."""
        keyboard = self.newest.keyboard if self.newest else None
        return keyboard is not None and keyboard.open and keyboard.awaits_words

    def keyboard(self, ask: int) -> Keyboard | None:
        """The keyboard of an ask that waits."""
        found = [bubble.keyboard for bubble in self.bubbles if bubble.ask == ask and _waits(bubble)]
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
        elif line.kind in ("edit", "close"):
            for name in _aimed_at(line, bubbles):
                bubbles[name] = _changed(bubbles[name], line)
        elif line.kind != "typed":
            bubbles[f"m{line.row}"] = _said(line)
        elif (words := line.text or (remembered or {}).get(line.message, UNKEPT)) != START:
            bubbles[f"t{line.turn}"] = Bubble(f"t{line.turn}", mine=True, words=(Piece(words),), turn=line.turn)
    return Talk(tuple(bubbles.values()), toast)


def _said(line: Line) -> Bubble:
    keyboard = _keyboard(line) if line.open else _only_help(line)
    return Bubble(f"m{line.row}", words=pieces(line.text), ask=line.ask, keyboard=keyboard, turn=line.turn)


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


def _only_help(line: Line) -> Keyboard | None:
    """Under something that waits for no answer, SOS alone still counts."""
    rows = tuple(row for row in line.buttons if all(button.press == SOS for button in row))
    return Keyboard(line.ask, rows, open=False) if rows else None


def _waits(bubble: Bubble) -> bool:
    return bubble.keyboard is not None and bubble.keyboard.open


def _is_answer(button: Button) -> bool:
    return bool(CHOICE.fullmatch(button.press)) or button.press.endswith(".done")


def _box(button: Button) -> Box:
    return Box(button.press.rstrip("+-"), button.label.removeprefix(MARK), button.label.startswith(MARK))
