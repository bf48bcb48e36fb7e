"""One conversation at a terminal. A line is said to Willow, or, with a colon, tells the talk what to do.

Numbers and labels mean the same as a tap. `:later` stops at everything that falls due on the way, in order.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count

from bot.channels import Arrival
from bot.channels.terminal.clock import TalkClock, span_from
from bot.channels.terminal.printing import NAME, OPTION, TerminalChannel
from bot.channels.words import clean
from flows.turn import Utterance

ADDRESS = "here"
PRESS = re.compile(r"\d{1,9}\.(\d{1,3}[+-]?|done|skip)|sos")
COMMANDS = ":later 20m (6h, 3d, 1w) lets time pass, :press N taps a button, :quit ends. All else is said to Willow."
WRONG_LATER = ":later needs a time such as 20m, 6h, 3d or 1w."
NO_BUTTON = "There is no button with that number now."

NextDue = Callable[[], Awaitable[dt.datetime | None]]


class Talk:
    """From the first line to the end of input.

    `settled` waits until all is printed; `next_due` and `ring` are the reminders: when, and the turns of what is due.
    """

    def __init__(
        self,
        channel: TerminalChannel,
        take: Callable[[Arrival], Awaitable[object]],
        settled: Callable[[], Awaitable[object]],
        clock: TalkClock,
        next_due: NextDue,
        ring: Callable[[], Awaitable[int]],
    ) -> None:
        self.channel = channel
        self.take = take
        self.settled = settled
        self.clock = clock
        self.next_due = next_due
        self.ring = ring
        self._names = (f"{secrets.token_hex(6)}.{number}" for number in count(1))

    async def run(self, lines: AsyncIterator[str]) -> None:
        """Greet, then take line after line until :quit or the end of input."""
        self.channel.note(COMMANDS)
        await self._say(text="/start")
        self.channel.prompt()
        async for line in lines:
            words = clean(line).strip()
            self.channel.heard(words)
            if words == ":quit":
                return
            await self._do(words)
            self.channel.prompt()

    async def _do(self, words: str) -> None:
        name, _, rest = words.partition(" ")
        if name == ":later":
            await self._later(rest)
        elif name == ":press":
            await self._press(rest.strip())
        elif name.startswith(":"):
            self.channel.note(COMMANDS)
        elif press := self._meant(words):
            await self._say(press=press)
        elif words:
            await self._say(text=words)

    def _meant(self, words: str) -> str:
        """The press that typed words mean: a label without a number, or a number where the engine would read words."""
        for buttons in reversed(self.channel.keyboards.values()):
            for button in buttons:
                if words.casefold() == button.label.casefold() and not OPTION.fullmatch(button.press):
                    return button.press
        options = self.channel.options()
        several = any(button.press.endswith(".done") for button in self.channel.newest())
        scale = any(button.label.isdecimal() for button in options)
        number = int(words) if re.fullmatch(r"[0-9]{1,2}", words) else 0
        return options[number - 1].press if 1 <= number <= len(options) and not (several or scale) else ""

    async def _press(self, which: str) -> None:
        """The button of that number, counted over the whole newest keyboard; or a press as it is, stale ones too."""
        newest = self.channel.newest()
        if re.fullmatch(r"[0-9]{1,3}", which) and 1 <= int(which) <= len(newest):
            await self._say(press=newest[int(which) - 1].press)
        elif PRESS.fullmatch(which):
            await self._say(press=which)
        else:
            self.channel.note(NO_BUTTON)

    async def _say(self, *, text: str | None = None, press: str | None = None) -> None:
        """Take it. Piped, wait until all that it causes is printed; live, words arrive in their time."""
        name = next(self._names)
        utterance = Utterance(self.clock(), text=text, press=press, pushes=self.channel.live)
        words = {"press": name} if press is not None else {"message": name}
        await self.take(Arrival(NAME, ADDRESS, name, utterance, **words))
        if not self.channel.live:
            await self.settled()

    async def _later(self, span: str) -> None:
        time = span_from(span)
        if time is None:
            self.channel.note(WRONG_LATER)
            return
        until = self.clock() + time
        while (due := await self.next_due()) is not None and due <= until:
            self.clock.move_to(due)
            self._date()
            if not await self.ring():
                break
            await self.settled()
        self.clock.move_to(until)
        self._date()

    def _date(self) -> None:
        self.channel.note(f"--- {self.clock():%A %d %B %Y, %H:%M} UTC ---")
