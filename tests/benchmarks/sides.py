"""Both sides, measured by turns in one run: Willow's path and the floor, one person at a time and 32 side by side."""

from __future__ import annotations

from statistics import median

import msgspec

from tests.benchmarks import pure
from tests.benchmarks.clocks import StopClocks
from tests.benchmarks.dialogue import Dialogue, updates_of
from tests.benchmarks.floor import stand_on
from tests.benchmarks.path import live


class Side(msgspec.Struct, frozen=True):
    """Medians, in microseconds of CPU per turn. `ratio` is the median of the ratios, each of one round."""

    whole: float
    floor: float
    ratio: float
    messages: float
    parts: dict[str, float]


def compare(dialogue: Dialogue, at_once: int, everybody: int, rounds: int) -> Side:
    """Rounds of: the whole path, the floor, the path with stop clocks in it."""
    updates = updates_of(dialogue, range(1, everybody + 1))
    wholes, floors, parts = [], [], []
    messages = 0.0
    for _ in range(rounds):
        whole = live(dialogue, updates, at_once)
        floor = stand_on(dialogue, updates, at_once, whole.heard)
        if floor.calls != whole.calls:
            raise RuntimeError(f"Willow made {whole.calls} calls, the floor {floor.calls}: not the same dialogue")
        wholes.append(whole.per_turn)
        floors.append(floor.per_turn)
        parts.append(_parts(dialogue, updates, at_once))
        messages = whole.calls / whole.turns
    ratios = [whole / floor for whole, floor in zip(wholes, floors, strict=True)]
    middle = {name: median(each[name] for each in parts) for name in parts[0]}
    return Side(median(wholes), median(floors), median(ratios), messages, middle)


def _parts(dialogue: Dialogue, updates: dict[int, list[bytes]], at_once: int) -> dict[str, float]:
    """One run with stop clocks. Parsing and screening are pure and too short to be stopped: they are timed alone."""
    clocks = StopClocks()
    lived = live(dialogue, updates, at_once, clocks)
    found = {name: taken / lived.turns * 1e6 for name, taken in clocks.seconds.items()}
    found["parse"], found["screening"] = pure.parsing(dialogue), pure.screening(dialogue)
    found["engine"] -= found["screening"]
    named = {name: found[name] for name in ("parse", "store", "engine", "screening", "encryption", "send")}
    return {**named, "rest": lived.per_turn - sum(named.values())}
