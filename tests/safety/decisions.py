"""What screening decides about every message that is learnt from, kept so that a change shows what it moves.

    python -m tests.safety.decisions            the messages whose decision is another one than the kept one
    python -m tests.safety.decisions --update   keeps the decisions of today

`decisions.txt` has a line for each voice, and a letter for each of its messages in the order of its file:
`-` nothing, `w` watch, `u` urgent, `a` acute.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import zip_longest

from flows.safety import Signals, screen
from tests.safety.messages import HERE, LEARNT, Row, rows_of
from tests.safety.rule_files import shipped

KEPT = HERE / "decisions.txt"
LETTERS = {"none": "-", "watch": "w", "urgent": "u"}
NAMES = {"-": "nothing", "w": "watch", "u": "urgent", "a": "acute", "": "no decision"}


def voices() -> dict[str, list[Row]]:
    """`en/1` -> the messages of that voice."""
    files = (path for folder in LEARNT for path in folder.glob("*/*.tsv"))
    paths = sorted(files, key=lambda path: (path.parent.name, int(path.stem)))
    return {f"{path.parent.name}/{path.stem}": list(rows_of(path)) for path in paths}


def decided(row: Row, signals: Signals) -> str:
    signal = screen(row.text, row.language, signals)
    return "a" if signal.acute else LETTERS[signal.tier]


def today(signals: Signals) -> dict[str, str]:
    return {voice: "".join(decided(row, signals) for row in rows) for voice, rows in voices().items()}


def kept() -> dict[str, str]:
    """The decisions of the file; nothing without one."""
    lines = KEPT.read_text("utf-8").splitlines() if KEPT.is_file() else []
    return dict(line.split() for line in lines)


def moved(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    """A line for each message that is decided otherwise: voice and line, both decisions, the label, the words."""
    rows = voices()
    for voice in sorted(before.keys() | after.keys()):
        said = rows.get(voice, [])
        for at, (old, new) in enumerate(zip_longest(before.get(voice, ""), after.get(voice, ""), fillvalue="")):
            if old != new:
                message = f"labelled {said[at].tier}: {said[at].text}" if at < len(said) else "no such message"
                yield f"{voice}:{at + 2} {NAMES[old]} -> {NAMES[new]}, {message}"


def main() -> int:
    after = today(shipped())
    changes = list(moved(kept(), after))
    print(*changes, f"{len(changes)} decisions moved", sep="\n")
    if "--update" in sys.argv:
        KEPT.write_text("".join(f"{voice} {letters}\n" for voice, letters in after.items()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
