"""What can be wrong with content, as values: one Problem for each mistake of an author, with its place and its cure.

The mistakes themselves are listed in `mistakes.py`. A problem is never an exception: everything that is wrong is
reported at once, and the severity says what follows from it (`stop`: nothing starts; `hold`: that flow or language is
not offered; `warn`: it is offered, and should be mended).
"""

from __future__ import annotations

from string import Formatter
from typing import Any, Literal

import msgspec

from flows.mistakes import TABLE

Severity = Literal["stop", "hold", "warn"]
LONGEST = 160  # characters of an author's own words inside a message


class Mistake(msgspec.Struct, frozen=True):
    """A kind of mistake: its code, what it means and how it is mended. `message` and `cure` have words in braces."""

    code: str
    severity: Severity
    name: str
    message: str
    cure: str

    @property
    def title(self) -> str:
        return self.name.replace("_", " ")

    @property
    def example(self) -> str:
        """The folder under tests/broken/ that holds a library spoilt in just this way."""
        return f"{self.code}_{self.name}"

    @property
    def words(self) -> frozenset[str]:
        """The words that `message` and `cure` need."""
        parts = [*Formatter().parse(self.message), *Formatter().parse(self.cure)]
        return frozenset(word for _, word, _, _ in parts if word)


class Problem(msgspec.Struct, frozen=True, order=True):
    """One mistake at one place; `str()` is the line that `willow check` prints."""

    file: str
    line: int
    code: str
    severity: Severity
    message: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.code} {self.severity} {self.message} {self.cure}"


def _read(table: str) -> dict[str, Mistake]:
    """Two lines each: `CODE severity name: what is wrong`, then the cure."""
    lines = [line.strip() for line in table.strip().splitlines() if line.strip() and not line.startswith("#")]
    mistakes = [_mistake(first, cure) for first, cure in zip(lines[::2], lines[1::2], strict=True)]
    return {each.name: each for each in mistakes}


def _mistake(first: str, cure: str) -> Mistake:
    head, _, message = first.partition(": ")
    code, severity, name = head.split()
    return msgspec.convert(
        {"code": code, "severity": severity, "name": name, "message": message, "cure": cure}, Mistake
    )


PROBLEMS: dict[str, Mistake] = _read(TABLE)


def problem(name: str, file: str, line: int, /, **words: Any) -> Problem:
    """The problem called `name` in `mistakes.py`, at a place. An unknown name or a missing word raises KeyError.

    A line that knows its own file (`manuscript.Line`) is believed.
    """
    mistake = PROBLEMS[name]
    said = {key: _one_line(value) for key, value in words.items()}
    message, cure = mistake.message.format(**said), mistake.cure.format(**said)
    return Problem(getattr(line, "file", file), max(int(line), 1), mistake.code, mistake.severity, message, cure)


def _one_line(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
