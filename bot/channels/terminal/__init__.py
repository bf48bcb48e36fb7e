"""The terminal as a door, on the same path of a turn as Telegram.

`printing.py` what Willow says; `typing.py` the lines that come in; `clock.py` the talk's own time; `talk.py` the
conversation from the first line to the end of input.
"""

from bot.channels.terminal.clock import TalkClock, clock_from
from bot.channels.terminal.printing import NAME, TerminalChannel
from bot.channels.terminal.talk import Talk
from bot.channels.terminal.typing import typed_lines

__all__ = ["NAME", "Talk", "TalkClock", "TerminalChannel", "clock_from", "typed_lines"]
