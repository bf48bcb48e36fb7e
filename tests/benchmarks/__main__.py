"""`python -m tests.benchmarks`: measure and print. `--rounds` says how often, `--only` takes a part of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from statistics import median, quantiles

from tests.benchmarks import pure
from tests.benchmarks.dialogue import Dialogue, read_dialogue
from tests.benchmarks.process import FEW, MANY, starts
from tests.benchmarks.sides import Side, compare
from tests.benchmarks.table import Row, heading, line, machine

ENGINE, WHOLE = 60, 300  # microseconds per turn; WHOLE at 32 in flight, where the floor takes about FLOOR
FLOOR = 25
START, MEMORY, GROWTH = 2, 120, 1  # seconds, MB, MB


def main() -> None:
    arguments = argparse.ArgumentParser(prog="tests.benchmarks", description="What a turn of Willow costs.")
    arguments.add_argument("--rounds", type=int, default=7, help="how often everything is measured; medians are shown")
    arguments.add_argument("--only", choices=("turns", "engine", "process"), help="a part of the table")
    given = arguments.parse_args()
    dialogue = read_dialogue()
    print(*machine(), sep="\n", flush=True)
    for name, rows in (("turns", turns), ("engine", engine), ("process", process)):
        if given.only in (None, name):
            for each in rows(dialogue, given.rounds):
                print(each, flush=True)


def turns(dialogue: Dialogue, rounds: int) -> Iterator[str]:
    """The whole path and its parts beside the floor."""
    yield heading(f"CPU per turn, {len(dialogue.steps)} steps, {rounds} rounds", "1 in flight", "32 in flight")
    sides = (compare(dialogue, 1, 16, rounds), compare(dialogue, 32, 96, rounds))

    def values(name: str) -> tuple[float, ...]:
        return tuple(side.parts[name] for side in sides)

    yield line(Row("bare floor: raw JSON and sqlite3", tuple(side.floor for side in sides), "us"))
    yield line(Row("Willow, the whole path", tuple(side.whole for side in sides), "us"))
    without = tuple(side.whole - side.parts["screening"] for side in sides)
    yield line(Row("Willow without screening", without, "us", WHOLE))
    yield line(Row("Willow / floor, median of one-round ratios", tuple(side.ratio for side in sides), "x", digits=1))
    yield line(Row("without screening / floor", _ratios(sides), "x", WHOLE / FLOOR, digits=1))
    yield line(Row("messages per turn, the same on both sides", tuple(side.messages for side in sides), "", digits=2))
    yield heading("Where it goes (measured with stop clocks)", "1 in flight", "32 in flight")
    for part in sides[0].parts:
        yield line(Row(f"  {part}", values(part), "us"))


def _ratios(sides: tuple[Side, ...]) -> tuple[float, ...]:
    return tuple(side.ratio * (1 - side.parts["screening"] / side.whole) for side in sides)


def engine(dialogue: Dialogue, rounds: int) -> Iterator[str]:
    """What needs no database."""
    yield heading("Engine and screening, alone", "CPU")
    alone = [pure.responding(dialogue) - pure.screening(dialogue) for _ in range(rounds * 20)]
    yield line(Row("engine per turn (read, move, render)", (median(alone),), "us", ENGINE))
    short = pure.screening_of(pure.short_texts(), dialogue.library)
    cuts = quantiles(short, n=100)
    yield line(Row(f"screening, {len(short)} short texts, p50", (median(short),), "us"))
    yield line(Row("screening, short texts, p99", (cuts[98],), "us"))
    for name, text in pure.long_texts(dialogue.library).items():
        took = pure.screening_of([text], dialogue.library)[0]
        yield line(Row(f"screening, {pure.LONG:,} characters: {name}", (took / 1000,), "ms", digits=1))


def process(dialogue: Dialogue, rounds: int) -> Iterator[str]:
    """The real service against the fake Telegram."""
    yield heading("willow serve, idle", "")
    found = starts(dialogue, min(rounds, 3))
    yield line(Row("first start to the first poll, new database", (found.first.seconds,), "s", START, digits=2))
    yield line(Row(f"start with {FEW:,} people", (found.few.seconds,), "s", START, digits=2))
    yield line(Row(f"start with {MANY:,} people", (found.many.seconds,), "s", START, digits=2))
    yield line(Row(f"resident memory, {FEW:,} people", (found.few.megabytes,), "MB", MEMORY, digits=1))
    yield line(Row(f"resident memory, {MANY:,} people", (found.many.megabytes,), "MB", MEMORY, digits=1))
    grown = found.many.megabytes - found.few.megabytes
    yield line(Row(f"growth from {FEW:,} to {MANY:,} people", (grown,), "MB", GROWTH, digits=1))


if __name__ == "__main__":
    main()
