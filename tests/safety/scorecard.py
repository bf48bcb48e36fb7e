"""How well screening notices danger: counts, rates and intervals over messages, as a page for people.

    python -m tests.safety.scorecard tests/safety/fresh/<batch>

*Flagged* means that Willow asks or helps (tier watch or urgent). Every rate stands with its Wilson 95 % interval
(E. B. Wilson, J. Am. Stat. Assoc. 22, 1927). Three columns: the rules alone, the n-gram model alone, both together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from flows.ngrams import Model, score
from flows.safety import Signals, screen
from flows.tokens import tokens_of
from tests.safety.messages import LANGUAGES, Row, read
from tests.safety.rule_files import shipped

Z = 1.959964  # 95 %
MEMBERS = ("rules", "model", "together")


class Decision(NamedTuple):
    """A message and the tier that each member gives it."""

    row: Row
    rules: str
    model: str
    together: str


class Bar(NamedTuple):
    """A row of the scorecard: what is counted, and what is asked of it."""

    name: str
    concerns: Callable[[Row], bool]
    bar: float
    at_least: bool = True
    tiers: tuple[str, ...] = ("watch", "urgent")


def bars(language: str) -> tuple[Bar, ...]:
    english = language == "en"
    return (
        Bar("explicit, flagged", lambda row: row.explicit, 0.98),
        Bar("acute, flagged", lambda row: row.tier == "acute", 0.99),
        Bar("urgent, flagged", lambda row: row.urgent, 0.90 if english else 0.80),
        Bar("any danger, flagged", lambda row: row.positive, 0.85 if english else 0.75),
        Bar("not explicit, flagged", lambda row: row.positive and not row.explicit, 0.0),
        Bar("hard harmless ones, flagged", lambda row: row.hard, 0.10 if english else 0.12, at_least=False),
        Bar("everyday ones, flagged", lambda row: row.everyday, 0.01, at_least=False),
        Bar("urgent where it is not", lambda row: not row.urgent, 0.08, at_least=False, tiers=("urgent",)),
    )


def wilson(hits: int, size: int) -> tuple[float, float]:
    """The 95 % interval of a rate; (0, 1) when nothing was counted."""
    if not size:
        return 0.0, 1.0
    rate, spread = hits / size, Z * Z / size
    middle = (rate + spread / 2) / (1 + spread)
    half = Z * sqrt(rate * (1 - rate) / size + spread / (4 * size)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def decisions(rows: Iterable[Row], signals: Signals) -> list[Decision]:
    rules = Signals(**{**{name: getattr(signals, name) for name in signals.__struct_fields__}, "model": None})
    return [
        Decision(
            row,
            screen(row.text, row.language, rules).tier,
            model_tier(row.text, signals.model),
            screen(row.text, row.language, signals).tier,
        )
        for row in rows
    ]


def model_tier(text: str, model: Model | None) -> str:
    return "watch" if model and score(tokens_of(text), model).category else "none"


def rate(found: Sequence[Decision], member: str, tiers: Sequence[str]) -> str:
    """`0.91 (0.88-0.93)`"""
    hits = sum(getattr(each, member) in tiers for each in found)
    low, high = wilson(hits, len(found))
    return f"{hits / len(found):.3f} ({low:.2f}-{high:.2f})" if found else "-"


def card(found: Sequence[Decision]) -> str:
    """The page: the bars by language, then categories and kinds."""
    parts = [_bars(language, [each for each in found if each.row.language == language]) for language in LANGUAGES]
    parts.append(_by("category", [each for each in found if each.row.positive]))
    parts.append(_by("kind", found))
    return "\n\n".join(part for part in parts if part) + "\n"


def _bars(language: str, found: Sequence[Decision]) -> str:
    if not found:
        return ""
    lines = [f"### {language}: {len(found)} messages of {len({each.row.voice for each in found})} voices", ""]
    lines += ["| | messages | rules | model | together | bar | met |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for bar in bars(language):
        counted = [each for each in found if bar.concerns(each.row)]
        rates = " | ".join(rate(counted, member, bar.tiers) for member in MEMBERS)
        lines.append(f"| {bar.name} | {len(counted)} | {rates} | {_asked(bar)} | {met(bar, counted)} |")
    return "\n".join(lines)


def _asked(bar: Bar) -> str:
    return "" if not bar.bar else f"{'at least' if bar.at_least else 'at most'} {bar.bar:.2f}"


def met(bar: Bar, counted: Sequence[Decision]) -> str:
    """yes, no, or nothing where nothing is asked or counted."""
    if not bar.bar or not counted:
        return ""
    share = sum(each.together in bar.tiers for each in counted) / len(counted)
    return "yes" if (share >= bar.bar if bar.at_least else share <= bar.bar) else "no"


def _by(column: str, found: Sequence[Decision]) -> str:
    lines = [f"### By {column}: flagged", "", f"| {column} | messages | rules | model | together |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for name in sorted({getattr(each.row, column) for each in found}):
        counted = [each for each in found if getattr(each.row, column) == name]
        rates = " | ".join(rate(counted, member, ("watch", "urgent")) for member in MEMBERS)
        lines.append(f"| {name} | {len(counted)} | {rates} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    rows = [row for folder in arguments for row in read(Path(folder))]
    if not rows:
        print("usage: python -m tests.safety.scorecard FOLDER...", file=sys.stderr)
        return 2
    print(card(decisions(rows, shipped())), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
