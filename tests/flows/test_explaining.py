"""Why a text is taken as it is: every hit in its place, what took it back, the model's part, and what would follow."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from flows import Library
from flows.explaining import AGE, ALONE, TOGETHER, explain
from flows.flow import Ask
from flows.lately import ANSWERS
from flows.ngrams import Model, Weights
from flows.reach import BASE

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
HEAVY = Weights(bytes([100]) * 1024, 0.01, -0.5)
replace = msgspec.structs.replace


def with_model(library: Library, threshold: float) -> Library:
    model = Model(HEAVY, {"suicide": HEAVY}, threshold, "hash")
    return replace(library, signals=replace(library.signals, model=model))


def test_words_that_were_caught_are_named_with_their_place(shipped: Library) -> None:
    text = "I told her: I want to die"
    found = explain(shipped, text, BASE, "GB", NOW)
    [hit] = [each for each in found.hits if each.rule == "en.want_to_die"]
    assert (hit.words, text[hit.start : hit.end], hit.tier_before, hit.tier) == (
        "want to die",
        "want to die",
        "urgent",
        "urgent",
    )


def test_what_was_taken_back_is_shown_with_its_modifier(shipped: Library) -> None:
    found = explain(shipped, "I don't want to die", BASE, "GB", NOW)
    assert (found.tier, [(each.rule, each.modifiers, each.tier) for each in found.taken_back]) == (
        "none",
        [("en.want_to_die", ("negation",), "none")],
    )


@pytest.mark.parametrize(
    ("text", "step", "flow"),
    [
        ("I wish I was dead", "N2", "ask_directly"),
        ("I want to kill myself", "N3", "connect"),
        ("I am going to kill myself tonight", "N4", "emergency"),
        ("the bus was late", "", ""),
    ],
)
def test_the_step_that_would_follow_is_named(text: str, step: str, flow: str, shipped: Library) -> None:
    found = explain(shipped, text, BASE, "GB", NOW)
    assert (found.step, found.flow, bool(found.help)) == (step, flow, bool(step))


def test_the_help_is_that_of_the_country_and_of_the_kind_of_danger(shipped: Library) -> None:
    found = explain(shipped, "my husband hits me", BASE, "GB", NOW)
    assert "Domestic Abuse Helpline" in found.help[0]


def test_an_age_is_asked_about_in_a_flow_of_its_own(shipped: Library) -> None:
    found = explain(shipped, "I am 14 years old", BASE, "GB", NOW)
    assert (found.step, found.flow, found.action) == ("", "under_age", AGE)


def test_what_only_together_is_urgent_is_said_to_be(shipped: Library) -> None:
    alone = explain(shipped, "I wish I was dead", BASE, "GB", NOW)
    both = explain(shipped, "I wish I was dead. I gave my dog away, she won't need me", BASE, "GB", NOW)
    told = {alone.together, both.together}
    assert told <= {ALONE[1], TOGETHER, ALONE[2]}
    assert alone.together == ALONE[1]


def test_without_weights_there_is_no_model(shipped: Library) -> None:
    bare = replace(shipped, signals=replace(shipped.signals, model=None))
    assert explain(bare, "the bus was late", BASE, "", NOW).model is None


def test_the_model_shows_its_value_its_threshold_and_the_heaviest_pieces(shipped: Library) -> None:
    sensed = explain(with_model(shipped, 0.1), "the bus was late", BASE, "", NOW).model
    assert sensed is not None
    weights = [weight for _, weight in sensed.pieces]
    assert (sensed.threshold, sensed.category, sensed.decided) == (0.1, "suicide", True)
    assert (len(weights), weights) == (10, sorted(weights, reverse=True))


def test_where_a_rule_is_met_the_model_does_not_decide_but_is_shown(shipped: Library) -> None:
    sensed = explain(with_model(shipped, 0.1), "I want to kill myself", BASE, "", NOW).model
    assert sensed is not None
    assert (sensed.decided, sensed.value > 0.1) == (False, True)


def test_under_the_threshold_the_model_names_no_kind(shipped: Library) -> None:
    sensed = explain(with_model(shipped, 1e9), "the bus was late", BASE, "", NOW).model
    assert sensed is not None
    assert (sensed.category, sensed.decided) == ("", False)


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "🙂" * 2048, "one\ntwo"])
def test_any_text_is_explained(text: str, shipped: Library) -> None:
    assert explain(shipped, text, "xx", "XX", NOW).tier == "none"


def test_the_answers_that_are_counted_are_those_of_the_direct_question(shipped: Library) -> None:
    ask = shipped.flows["direct_question"].nodes["question"].ask
    assert isinstance(ask, Ask)
    assert tuple(each.name for each in ask.choices) == ANSWERS
