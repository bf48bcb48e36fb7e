"""Whether two people who label the same messages agree: a part of each voice, labelled once more by somebody else.

    python -m tests.safety.agreement --sample [FOLDER...]   the words only, for whoever labels them
    python -m tests.safety.agreement [FOLDER...]            how far `second_labels.tsv` agrees with the first labels

Without a folder: the corpus and all fresh batches.

Agreement stands with Cohen's kappa, which takes off what chance alone would give
(J. Cohen, Educ. Psychol. Meas. 20, 1960).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

from tests.safety.messages import HERE, LANGUAGES, Row, all_rows, read, rows_of

SECOND = HERE / "second_labels.tsv"
OF_EACH = 3  # messages of a voice

Pair = tuple[Row, Row]


def sample(rows: Sequence[Row]) -> Iterator[Row]:
    """The same messages of each voice every time, whatever their labels."""
    voices: dict[str, list[Row]] = {}
    for row in rows:
        voices.setdefault(row.voice, []).append(row)
    for said in voices.values():
        yield from sorted(said, key=lambda row: blake2b(row.text.encode(), digest_size=8).digest())[:OF_EACH]


def pairs(first: Sequence[Row], second: Sequence[Row]) -> list[Pair]:
    """The two labels of each message that is still there."""
    known = {(row.voice, row.text): row for row in first}
    return [(known[key], row) for row in second if (key := (row.voice, row.text)) in known]


def kappa(labels: Sequence[tuple[str, str]]) -> float:
    """1 is full agreement, 0 what chance gives."""
    agreed = sum(one == other for one, other in labels) / len(labels)
    ones, others = Counter(one for one, _ in labels), Counter(other for _, other in labels)
    by_chance = sum(ones[label] * others[label] for label in ones) / len(labels) ** 2
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0


def report(found: Sequence[Pair]) -> str:
    """Lines by language: danger or not, the tier, and the category where both saw danger."""
    lines = ["| language | messages | danger or not | tier | category |", "| --- | --- | --- | --- | --- |"]
    for language in (*LANGUAGES, "all"):
        here = [pair for pair in found if language in (pair[0].language, "all")]
        if here:
            both = [pair for pair in here if pair[0].positive and pair[1].positive]
            cells = (_agreed(here, lambda row: str(row.positive)), _agreed(here, lambda row: row.tier))
            lines.append(
                f"| {language} | {len(here)} | {' | '.join(cells)} | {_agreed(both, lambda row: row.category)} |"
            )
    return "\n".join(lines)


def _agreed(found: Sequence[Pair], label: Callable[[Row], str]) -> str:
    labels = [(label(one), label(other)) for one, other in found]
    if not labels:
        return "-"
    return f"{sum(one == other for one, other in labels) / len(labels):.2f} (kappa {kappa(labels):.2f})"


def main(arguments: Sequence[str]) -> int:
    folders = [Path(each) for each in arguments if each != "--sample"]
    rows = [row for folder in folders for row in read(folder)] if folders else all_rows()
    if "--sample" in arguments:
        for row in sample(rows):
            print(row.voice, row.language, row.text.replace("\n", "\\n"), sep="\t")
        return 0
    print(report(pairs(rows, list(rows_of(SECOND)))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
