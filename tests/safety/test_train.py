"""The weights that are shipped are exactly those of the corpus, and making them is repeatable."""

from __future__ import annotations

import numpy as np
import pytest

from flows.ngrams import read_model, score
from flows.tokens import tokens_of
from tests.safety.messages import FRESH, JOINED, Row, learnt, read
from tests.safety.train import TARGET, as_bytes, groups_of, threshold_of, train, unmet

COMMON = ["the tea is warm", "we walk by the sea", "work was long today"]
HEAVY = ["there is no way on for me", "no way on that i can see", "i see no way on", "he came at me with his fist"]


def small() -> list[Row]:
    harmless = [Row(text, "en", "none", "none", "everyday", str(at % 4), "") for at, text in enumerate(COMMON * 4)]
    kinds = ["suicide", "suicide", "suicide", "violence"]
    dangers = [Row(text, "en", "watch", kinds[at % 4], "tired", str(at // 4), "") for at, text in enumerate(HEAVY * 4)]
    hard = [Row(f"{text} again", "en", "none", "none", "idiom", str(at % 4), "") for at, text in enumerate(COMMON)]
    return [*harmless, *dangers, *hard]


@pytest.mark.long
def test_the_weights_are_those_of_the_corpus() -> None:
    head, body = train(learnt())
    assert (TARGET / "model.json").read_bytes() == head
    assert (TARGET / "model.weights").read_bytes() == body


def test_the_same_messages_give_the_same_bytes() -> None:
    assert train(small()) == train(small())


def test_what_was_learnt_tells_danger_from_the_everyday() -> None:
    model = read_model(*train(small()))
    values = [score(tokens_of(text), model).value for text in ("i find no way on", "the sea was warm")]
    assert values[0] > values[1]


def test_the_threshold_keeps_both_kinds_of_alarms_below_their_bars() -> None:
    rows = [Row("", "en", "none", "none", kind, "1", "") for kind in ("idiom", "everyday") for _ in range(1000)]
    values = np.arange(2000) / 1000
    assert threshold_of(rows, values) == pytest.approx(1.991, abs=0.002)


def test_the_threshold_is_set_on_batches_that_were_left_out_one_by_one() -> None:
    known = Row("of the corpus", "en", "none", "none", "everyday", "1", "")
    met = [next(iter(read(FRESH / batch))) for batch in JOINED]
    assert groups_of([known, *met]) == [[at] for at in range(1, len(met) + 1)]
    assert groups_of([known, known._replace(voice="9"), known._replace(voice="2")]) == [[0, 1], [2]]


def test_a_group_is_scored_by_a_model_that_never_met_it() -> None:
    rows = small()
    strange = [Row("zebras yawn", "en", "watch", "suicide", "tired", "7", "")] * 4
    values = unmet([*rows, *strange], [[len(rows) + at for at in range(4)]])
    assert np.isnan(values[: len(rows)]).all()
    assert values[len(rows)] < unmet([*rows, *strange], [[len(rows)]])[len(rows)]


def test_weights_beyond_the_scale_are_cut_to_its_end() -> None:
    packed, scale = as_bytes(np.array([0.0, 1.0, -1.0, 0.6] * 1000 + [50.0]))
    assert (packed[:4], round(scale, 4)) == (bytes([0, 127, 129, 76]), round(1 / 127, 4))
