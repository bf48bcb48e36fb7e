"""The learning curve: what more voices to learn from bring, told on messages that nobody learnt from.

    python -m tests.safety.curve tests/safety/fresh/<batch>...

For an eighth, a quarter, a half and all of the voices of each language, the model is made anew with a threshold of its
own, and meets the batches together with the rules as they are. The last rows look at the model alone where a tenth
of the hard harmless messages of the batches is flagged, so that a shifted threshold does not hide what was learnt.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from flows.ngrams import read_model, score
from flows.safety import Signals
from flows.tokens import tokens_of
from tests.safety.messages import Row, learnt, read
from tests.safety.rule_files import shipped
from tests.safety.scorecard import decisions, rate
from tests.safety.train import train

PARTS = (8, 4, 2, 1)  # one voice of so many
FLAGGED = ("watch", "urgent")
COUNTED: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("explicit", lambda row: row.explicit),
    ("urgent", lambda row: row.urgent),
    ("any danger", lambda row: row.positive),
    ("hard harmless ones", lambda row: row.hard),
    ("everyday ones", lambda row: row.everyday),
)


def every(rows: Sequence[Row], part: int) -> list[Row]:
    """The messages of one voice of so many of each language: the first, and then every `part`-th."""
    voices: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.voice not in voices[row.language]:
            voices[row.language].append(row.voice)
    chosen = {voice for numbers in voices.values() for voice in numbers[::part]}
    return [row for row in rows if row.voice in chosen]


def step(known: Sequence[Row], met: Sequence[Row], signals: Signals) -> list[str]:
    """A column of the curve: what is flagged with a model of these messages."""
    head, body = train(known)
    made = read_model(head, body)
    found = decisions(met, msgspec.structs.replace(signals, model=made))
    cells = [f"{len(known)} messages"]
    cells += [rate([each for each in found if concerns(each.row)], "together", FLAGGED) for _, concerns in COUNTED]
    values = np.array([score(tokens_of(row.text), made).value for row in met])
    line = np.quantile(values[[row.hard for row in met]], 0.9)
    return [*cells, *(f"{np.mean(values[[of(row) for row in met]] > line):.3f}" for _, of in COUNTED[:3])]


def table(columns: Iterable[Sequence[str]]) -> str:
    names = ["voices", *(name for name, _ in COUNTED), *(f"model alone, {name}" for name, _ in COUNTED[:3])]
    heading, *lines = zip(names, *columns, strict=True)
    return "\n".join("| " + " | ".join(line) + " |" for line in [heading, ["---"] * len(heading), *lines])


def main(arguments: Sequence[str]) -> int:
    met = [row for folder in arguments for row in read(Path(folder))]
    if not met:
        print("usage: python -m tests.safety.curve FOLDER...", file=sys.stderr)
        return 2
    voices, signals = learnt(), shipped()
    for name, of in (("English", {"en"}), ("the other languages", {row.language for row in voices} - {"en"})):
        here = [row for row in met if row.language in of]
        if here:
            print(f"### {name}: {len(here)} messages\n")
            print(table(step(every(voices, part), here, signals) for part in PARTS), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
