"""Messages are labelled twice, by two people, and both mean the same by danger."""

from __future__ import annotations

import pytest

from tests.safety.agreement import OF_EACH, SECOND, kappa, pairs, report, sample
from tests.safety.messages import Row, all_rows, rows_of

SUBSTANTIAL = 0.8  # "almost perfect" from here on: J. R. Landis, G. G. Koch, Biometrics 33, 1977


@pytest.fixture(scope="module")
def first() -> list[Row]:
    return all_rows()


@pytest.fixture(scope="module")
def second() -> list[Row]:
    return list(rows_of(SECOND))


def test_some_messages_of_every_voice_were_labelled_twice(first: list[Row], second: list[Row]) -> None:
    twice = [one.voice for one, _ in pairs(first, second)]
    assert {voice: twice.count(voice) for voice in {row.voice for row in first} if twice.count(voice) < OF_EACH} == {}


def test_both_labels_agree_on_danger(first: list[Row], second: list[Row]) -> None:
    labels = [(str(one.positive), str(other.positive)) for one, other in pairs(first, second)]
    assert kappa(labels) >= SUBSTANTIAL


def test_kappa_takes_off_what_chance_gives() -> None:
    """Cohen's own kind of table: 20 both yes, 15 both no, 5 and 10 apart: 0.7 agreed, 0.5 by chance, so 0.4."""
    labels = [("y", "y")] * 20 + [("n", "n")] * 15 + [("y", "n")] * 5 + [("n", "y")] * 10
    assert kappa(labels) == pytest.approx(0.4)
    assert kappa([("y", "y")] * 3) == 1.0


def test_the_sample_does_not_look_at_labels(first: list[Row]) -> None:
    said = [row.text for row in sample(first[:400])]
    assert said == [row.text for row in sample([row._replace(tier="none", kind="idiom") for row in first[:400]])]


def test_the_report_counts_each_language_and_all() -> None:
    one = Row("so be it", "en", "watch", "suicide", "tired", "1", "")
    other = one._replace(tier="urgent")
    lines = report([(one, other), (one, one)]).splitlines()
    assert lines[2:] == [
        f"| {name} | 2 | 1.00 (kappa 1.00) | 0.50 (kappa 0.00) | 1.00 (kappa 1.00) |" for name in ("en", "all")
    ]
