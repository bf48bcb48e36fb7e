"""How signals of a day combine, and whose words are used to ask."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from flows.lately import FLAGS, again, category_of, combined, danger, marked, rules_of_the_last, topic
from flows.record import Record, SignalMark, begin
from flows.signals import CATEGORIES, Hit, Signal

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
WATCH, URGENT = 1, 2


def hit(rule: str, category: str = "suicide", tier: str = "watch", **more: object) -> Hit:
    fields = {"rule": rule, "language": "en", "category": category, "tier": tier, "acute": False, "start": 0, "end": 5}
    return msgspec.convert({**fields, **more}, Hit)


def heard(*hits: Hit) -> Signal:
    tier = max((each.tier for each in hits), key=("none", "watch", "urgent").index)
    return Signal(tier, tuple(dict.fromkeys(each.category for each in hits)), hits, any(each.acute for each in hits))


def after(*signals: Signal, hours: int = 1) -> Record:
    """Somebody of whom these were heard, one an hour, the last one `hours` ago."""
    record = begin("p1", "en", NOW)
    for back, signal in enumerate(reversed(signals)):
        at = NOW - dt.timedelta(hours=hours + back)
        record = msgspec.structs.replace(record, signals=(*marked(begin("x", "en", at), signal, at), *record.signals))
    return record


def test_one_watch_hit_is_a_watch() -> None:
    assert combined(begin("p1", "en", NOW), heard(hit("en.tired")), NOW) == WATCH


def test_two_different_watch_hits_within_a_day_are_urgent() -> None:
    assert combined(after(heard(hit("en.tired"))), heard(hit("en.burden")), NOW) == URGENT


def test_the_same_watch_hit_again_stays_a_watch() -> None:
    assert combined(after(heard(hit("en.tired"))), heard(hit("en.tired")), NOW) == WATCH


def test_after_a_day_two_different_watch_hits_no_longer_combine() -> None:
    assert combined(after(heard(hit("en.tired")), hours=25), heard(hit("en.burden")), NOW) == WATCH


def test_danger_and_preparation_in_one_text_are_urgent() -> None:
    both = heard(hit("en.tired"), hit("en.farewell", kind="preparation"))
    assert combined(begin("p1", "en", NOW), both, NOW) == URGENT


def test_preparation_alone_is_a_watch() -> None:
    assert combined(begin("p1", "en", NOW), heard(hit("en.farewell", kind="preparation")), NOW) == WATCH


@pytest.mark.parametrize(("calm_at", "level"), [(9, URGENT), (0, WATCH)])
def test_calm_counts_only_after_hopelessness(calm_at: int, level: int) -> None:
    hopeless = hit("en.no_reason", kind="hopeless", start=4)
    said = heard(hopeless, hit("en.calm", kind="calm", start=calm_at))
    assert combined(begin("p1", "en", NOW), said, NOW) == level


def test_a_model_hit_after_a_rule_hit_within_24_hours_is_urgent() -> None:
    mark = SignalMark("watch", "suicide", ("en.tired",), NOW - dt.timedelta(hours=3))
    record = msgspec.structs.replace(begin("p1", "en", NOW), signals=(mark,))
    assert combined(record, heard(hit("model.suicide")), NOW) == URGENT


def test_an_age_raises_nothing() -> None:
    assert combined(after(heard(hit("en.minor", "minor"))), heard(hit("en.tired")), NOW) == WATCH


def test_an_age_decides_only_when_nothing_else_was_heard() -> None:
    both = heard(hit("en.minor", "minor"), hit("en.tired"))
    assert (category_of(both), category_of(heard(hit("en.minor", "minor")))) == ("suicide", "minor")


def test_harm_to_a_baby_is_asked_about_in_the_words_for_after_a_birth() -> None:
    both = heard(hit("en.kill", "harm_to_others", "urgent"), hit("en.postpartum", "postpartum"))
    assert category_of(both) == "postpartum"


def test_an_acute_hit_is_enough_for_a_second_choice() -> None:
    assert again(after(heard(hit("en.pills", "medical", "urgent", acute=True))), NOW)


def test_several_rules_of_one_text_are_one_hit() -> None:
    assert not again(after(heard(hit("en.tired"), hit("en.eating", "eating"))), NOW)


def test_two_texts_are_two_hits() -> None:
    assert again(after(heard(hit("en.tired")), heard(hit("en.tired"))), NOW)


def test_the_mark_that_decides_stands_last() -> None:
    both = heard(hit("en.minor", "minor"), hit("en.tired"))
    assert [mark.category for mark in after(both).signals] == ["minor", "suicide"]


def test_a_false_alarm_is_counted_by_the_rules_of_the_newest_text() -> None:
    record = after(heard(hit("en.tired")), heard(hit("en.eating", "eating"), hit("en.voices", "psychosis")))
    assert rules_of_the_last(record, NOW) == ("en.voices", "en.eating")


def test_without_a_signal_the_question_is_about_ending_ones_life() -> None:
    assert danger(begin("p1", "en", NOW), NOW) == {"category": "suicide", "tier": "", "again": False}


def test_helplines_fit_what_was_asked_about_only_for_a_day() -> None:
    record = begin("p1", "en", NOW)
    safety = msgspec.structs.replace(record.safety, asked_category="violence", asked_at=NOW - dt.timedelta(hours=23))
    record = msgspec.structs.replace(record, safety=safety)
    assert (topic(record, NOW), topic(record, NOW + dt.timedelta(hours=2))) == ("violence", "")


def test_every_category_but_an_age_sets_a_flag() -> None:
    assert {*FLAGS, "minor"} == set(CATEGORIES)
