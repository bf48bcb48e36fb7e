"""What Willow says, printed: bubbles with hanging lines, options with the numbers to type, notes in brackets.

Colours only where the output is a terminal. Nothing that a message holds can steer the terminal.
"""

from __future__ import annotations

import re
import sys
import textwrap
from typing import TextIO

from bot.channels import Message, Outcome
from bot.channels.words import Piece, harmless, pieces, plain
from flows.turn import Button

NAME = "terminal"
MARGIN = " " * 8
WIDTH = 68  # characters of a line beside the margin
OPTION = re.compile(r"\d+\.\d+[+-]?")
LOOK = {"willow": "\x1b[32m", "note": "\x1b[2m", "button": "\x1b[36m", "bold": "\x1b[1m", "italic": "\x1b[3m"}
END = "\x1b[0m"
CLEAR = "\r\x1b[K"


class TerminalChannel:
    """The Channel of the terminal. `live`: somebody sits there; then words come in their time.

    `keyboards` are the buttons of open asks by number, the newest last, to read what is typed as a tap.
    """

    name = NAME

    def __init__(self, out: TextIO | None = None, *, live: bool = False) -> None:
        self.out = out or sys.stdout
        self.live = live
        self.pushes = True  # what it is handed is printed at once; `live`: it may come later, too
        self.colours = self.out.isatty()
        self.keyboards: dict[int, tuple[Button, ...]] = {}
        self._prompting = False

    async def deliver(self, message: Message) -> Outcome:
        """Print one message."""
        if message.kind in ("say", "ask"):
            self._bubble(message.text)
        elif message.text and message.kind in ("close", "acknowledge"):
            self.note(f"({plain(message.text)})")
        if message.kind == "close":
            self.keyboards.pop(message.ask, None)
        elif message.buttons:
            self._keyboard(message)
        return Outcome("sent", reference=str(message.row))

    async def typing(self, address: str) -> None:
        """A terminal shows no typing."""

    def prompt(self) -> None:
        """Show that it is the person's turn."""
        self._prompting = self.live
        if self.live:
            print("you     ", end="", file=self.out, flush=True)

    def heard(self, words: str) -> None:
        """A line was typed. Piped input does not show by itself."""
        self._prompting = False
        if words and not self.live:
            self._print(f"you     {harmless(words)}")

    def note(self, words: str) -> None:
        """Something that is not said by Willow."""
        for line in textwrap.wrap(harmless(words), WIDTH):
            self._print(MARGIN + self._in("note", line))

    def options(self) -> tuple[Button, ...]:
        """The buttons of the newest open ask that have a number."""
        return tuple(button for button in self.newest() if OPTION.fullmatch(button.press))

    def newest(self) -> tuple[Button, ...]:
        """All buttons of the newest open ask."""
        return next(reversed(self.keyboards.values()), ())

    def _bubble(self, markup: str) -> None:
        words = pieces(markup)
        text = harmless("".join(piece.text for piece in words))
        lines = [line for part in text.split("\n") for line in textwrap.wrap(part, WIDTH) or [""]]
        for piece in words:
            lines = self._highlighted(piece, lines)
        self._print(self._in("willow", "willow  ") + lines[0], *(MARGIN + line for line in lines[1:]))

    def _highlighted(self, piece: Piece, lines: list[str]) -> list[str]:
        """A bold or italic stretch in its look, where it stands on one line."""
        look = "bold" if piece.bold else "italic" if piece.italic else ""
        words = harmless(piece.text).strip()
        return [line.replace(words, self._in(look, words)) for line in lines] if look and words else lines

    def _keyboard(self, message: Message) -> None:
        """Options with the numbers to type, a scale as it is, the rest by its label."""
        self.keyboards.pop(message.ask, None)
        self.keyboards[message.ask] = tuple(button for row in message.buttons for button in row)
        shown = [self._option(place, button) for place, button in enumerate(self.options(), start=1)]
        shown += [f"[{harmless(button.label)}]" for button in self.newest() if not OPTION.fullmatch(button.press)]
        glued = "   ".join(label.replace(" ", "\xa0") for label in shown)
        for line in textwrap.wrap(glued, WIDTH):
            self._print(MARGIN + self._in("button", line.replace("\xa0", " ")))

    def _option(self, place: int, button: Button) -> str:
        label = harmless(button.label)
        return label if label.isdecimal() else f"{place}) {label}"

    def _print(self, *lines: str) -> None:
        """What stood at the prompt makes way and comes again."""
        print((CLEAR if self._prompting else "") + "\n".join(lines), file=self.out, flush=True)
        if self._prompting:
            self.prompt()

    def _in(self, look: str, words: str) -> str:
        return f"{LOOK[look]}{words}{END}" if self.colours else words
