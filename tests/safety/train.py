"""Makes the weights of the n-gram model (`flows/ngrams.py`) from the corpus: `python -m tests.safety.train`.

Logistic regression (scikit-learn, extra `train`) over counts of pieces; each piece weighs more the fewer messages have
it. What is written is exact and repeatable: the same corpus gives the same bytes, and a test holds them equal. The
threshold is set on the joined batches: each is scored by a model that never met it, and the threshold is the lowest
that keeps the alarms under the two bars below. The corpus does not count: it has more of what is hard to tell.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

from flows.ngrams import Head, Table, buckets_of, share_of, words_read
from flows.tokens import tokens_of
from tests.safety.messages import CORPUS, LEARNT, Row, hash_of, learnt, read

TARGET = Path(__file__).parents[2] / "content" / "safety"
COMMAND = "python -m tests.safety.train"
DANGER_BUCKETS = 1 << 22
CATEGORY_BUCKETS = 1 << 16
RARITY, CATEGORY_RARITY = 4.0, 1.0  # exponents of log((1 + messages) / (1 + messages with the piece)) + 1
SEEN_IN = 2  # a piece of fewer messages has no weight
STRENGTH, CATEGORY_STRENGTH = 16.0, 32.0  # inverse of the penalty on weights, scikit-learn's C
EVERYDAY = 12.0  # what the everyday messages of a language count together, against all its others
FOLDS = 8  # groups of voices, where there is no batch
HARD_ALARMS, EVERYDAY_ALARMS = 0.07, 0.008  # the bars 0.10 and 0.01, less what the rules add

Counts = sparse.csr_matrix


def counts_of(rows: Sequence[Row], buckets: int) -> Counts:
    """How often each message has each piece, times what one piece counts in it (`share_of`)."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        found = _buckets(row.text)
        share = share_of(len(found))
        for bucket, times in sorted(Counter(each & (buckets - 1) for each in found).items()):
            columns.append(bucket)
            values.append(times * share)
        ends.append(len(columns))
    return Counts((values, columns, ends), shape=(len(rows), buckets))


@cache
def _buckets(text: str) -> tuple[int, ...]:
    return tuple(buckets_of(words_read(tokens_of(text))))


def rarity_of(counts: Counts, exponent: float) -> np.ndarray:
    """What a piece weighs before anything is learnt: rare ones more, those of a single message nothing."""
    messages = np.bincount(counts.indices, minlength=counts.shape[1])
    weight = (np.log((1 + counts.shape[0]) / (1 + messages)) + 1) ** exponent
    weight[messages < SEEN_IN] = 0
    return weight / np.sqrt(counts.multiply(weight).power(2).sum() / counts.shape[0])


def learn(
    counts: Counts, wanted: np.ndarray, importance: np.ndarray, exponent: float = RARITY, strength: float = STRENGTH
) -> tuple[np.ndarray, float]:
    """(weight of each bucket, bias) of a line between the wanted messages and the others."""
    rarity = rarity_of(counts, exponent)
    used = np.flatnonzero(rarity)
    line = LogisticRegression(solver="liblinear", C=strength, max_iter=300, random_state=0)
    line.fit(counts[:, used].multiply(rarity[used]).tocsr(), wanted, sample_weight=importance)
    weights = np.zeros(counts.shape[1])
    weights[used] = line.coef_[0] * rarity[used]
    return weights, float(line.intercept_[0])


def unmet(rows: Sequence[Row], apart: Sequence[Sequence[int]]) -> np.ndarray:
    """The values of messages by a model that met none of their group; of those in no group there is none."""
    counts = counts_of(rows, DANGER_BUCKETS)
    wanted = np.array([row.positive for row in rows])
    importance = importance_of(rows)
    values = np.full(len(rows), np.nan)
    for group in apart:
        met = np.setdiff1d(np.arange(len(rows)), group)
        weights, bias = learn(counts[met], wanted[met], importance[met])
        values[group] = counts[group] @ weights + bias
    return values


def importance_of(rows: Sequence[Row]) -> np.ndarray:
    """How much a message counts in learning: everyday ones more, the fewer its language has of them."""
    everyday = Counter(row.language for row in rows if row.everyday)
    others = Counter(row.language for row in rows if not row.everyday)
    return np.array([EVERYDAY * others[row.language] / everyday[row.language] if row.everyday else 1.0 for row in rows])


def groups_of(rows: Sequence[Row]) -> list[list[int]]:
    """The messages of each joined batch; of a few voices each, where no batch is among them."""
    batches = [{row.voice for row in read(folder)} for folder in LEARNT if folder != CORPUS]
    groups = [[at for at, row in enumerate(rows) if row.voice in voices] for voices in batches]
    by_voice = [[at for at, row in enumerate(rows) if int(row.voice) % FOLDS == fold] for fold in range(FOLDS)]
    return [group for group in groups if group] or [group for group in by_voice if group]


def threshold_of(rows: Sequence[Row], values: np.ndarray) -> float:
    hard = values[[row.hard for row in rows]]
    everyday = values[[row.everyday for row in rows]]
    return float(max(np.quantile(hard, 1 - HARD_ALARMS), np.quantile(everyday, 1 - EVERYDAY_ALARMS)))


def as_bytes(weights: np.ndarray) -> tuple[bytes, float]:
    """One signed byte a bucket, and what one step of it is worth; the largest thousandth is cut to the scale's end."""
    scale = float(f"{np.quantile(np.abs(weights[weights != 0]), 0.999) / 127:.6g}")
    return np.clip(np.round(weights / scale), -127, 127).astype(np.int8).tobytes(), scale


def train(rows: Sequence[Row]) -> tuple[bytes, bytes]:
    """(`model.json`, `model.weights`) of a corpus."""
    importance = importance_of(rows)
    lines = {"danger": learn(counts_of(rows, DANGER_BUCKETS), np.array([row.positive for row in rows]), importance)}
    dangers = [row for row in rows if row.positive]
    counts = counts_of(dangers, CATEGORY_BUCKETS)
    for category in sorted({row.category for row in dangers}):
        wanted = np.array([row.category == category for row in dangers])
        balance = np.where(wanted, (~wanted).sum() / wanted.sum(), 1.0)  # rare kinds count as much as common ones
        lines[category] = learn(counts, wanted, balance, CATEGORY_RARITY, CATEGORY_STRENGTH)
    tables, parts = {}, []
    for name, (weights, bias) in lines.items():
        part, scale = as_bytes(weights)
        tables[name] = Table(len(part), scale, round(bias, 6))
        parts.append(part)
    body = b"".join(parts)
    groups = groups_of(rows)
    counted = [at for group in groups for at in group]
    threshold = threshold_of([rows[at] for at in counted], unmet(rows, groups)[counted])
    head = Head(
        made_by=COMMAND,
        corpus=hash_of(rows),
        messages=len(rows),
        languages=tuple(sorted({row.language for row in rows})),
        threshold=round(threshold, 3),
        hash=hashlib.blake2b(body, digest_size=16).hexdigest(),
        tables=tables,
    )
    return msgspec.json.format(msgspec.json.encode(head), indent=2) + b"\n", body


def main() -> int:
    head, body = train(learnt())
    files = {TARGET / "model.json": head, TARGET / "model.weights": body}
    if "--check" in sys.argv:
        same = all(path.is_file() and path.read_bytes() == made for path, made in files.items())
        print("the weights are those of the corpus" if same else "the weights are not those of the corpus")
        return 0 if same else 1
    for path, made in files.items():
        path.write_bytes(made)
    print(head.decode(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
