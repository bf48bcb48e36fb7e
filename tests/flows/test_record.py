"""The record stays within its size however much somebody writes, and keeps what only the record holds."""

import datetime as dt

import msgspec

from flows.record import (
    CARDS,
    ENTRIES,
    ENTRY,
    FULL_BYTES,
    GOALS,
    JOURNAL,
    KEPT_PER_SLOT,
    LINKS,
    PLAN_STEPS,
    PLANS,
    RATINGS,
    RUNS,
    SCOPES,
    TEXT,
    Asked,
    Card,
    Entry,
    Frame,
    Goal,
    Kept,
    Link,
    Plan,
    PlanEntry,
    Rating,
    Record,
    Run,
    SafetyPlan,
    Undo,
    begin,
)
from flows.room import cards_full, fit, size

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
LONGEST = "🙂" * TEXT


def filled() -> Record:
    """Every list at its own bound, each text the longest there is, in the widest characters."""
    cards: list[Card] = []
    record = begin("p1", "en", NOW)
    while not cards_full(msgspec.structs.replace(record, cards=tuple(cards))):
        cards.append(Card(f"c{len(cards)}", "name_it", LONGEST, LONGEST, NOW))
    plans = [Plan(f"p{i}", "name_it", NOW, *[LONGEST] * 5, status="done") for i in range(PLANS)]
    entries = [PlanEntry(f"e{i}", step, "🙂" * ENTRY, NOW) for step in PLAN_STEPS for i in range(ENTRIES)]
    undo = Undo({"frames": {"was": [LONGEST]}}, {})
    runs = [
        Run(f"r{i}", "name_it", "v", (Frame("s", {f"slot{n}": LONGEST for n in range(6)}),), NOW, NOW, Asked(1),
            (Entry((undo,)),) * JOURNAL)
        for i in range(RUNS)
    ]  # fmt: skip
    return msgspec.structs.replace(
        record,
        turns=4,
        cards=tuple(cards),
        plans=tuple(plans),
        safety_plan=SafetyPlan(tuple(entries), "reasons", "done", "picture", "somebody", NOW),
        goals=tuple(Goal(f"g{i}", NOW, LONGEST, LONGEST) for i in range(GOALS)),
        ratings=tuple(Rating("mood", 5, NOW) for _ in range(RATINGS)),
        kept={f"slot{n}": (Kept(LONGEST, NOW, "s"),) * KEPT_PER_SLOT for n in range(30)},
        runs=tuple(runs),
        links=tuple(Link(f"c{i}", "n" * 60, SCOPES, NOW, "en", "v" * 10) for i in range(LINKS)),
    )


def test_a_record_with_every_list_at_its_bound_is_brought_under_64_kib():
    assert size(filled()) > FULL_BYTES > size(fit(filled()))


def test_cards_the_newest_goal_and_the_run_on_top_stay_when_it_is_brought_down():
    before, after = filled(), fit(filled())
    kept = (after.cards, after.goals[-1], after.runs[-1].frames, after.runs[-1].asked)
    assert kept == (before.cards, before.goals[-1], before.runs[-1].frames, before.runs[-1].asked)


def test_an_everyday_record_is_left_as_it_is():
    record = msgspec.structs.replace(begin("p1", "en", NOW), turns=4, ratings=(Rating("mood", 5, NOW),))
    assert fit(record) is record


def test_the_toolbox_is_full_at_forty_cards():
    cards = tuple(Card(f"c{i}", "s", "t", "b", NOW) for i in range(CARDS))
    record = msgspec.structs.replace(begin("p1", "en", NOW), cards=cards)
    assert (cards_full(record), cards_full(msgspec.structs.replace(record, cards=cards[1:]))) == (True, False)
