"""The safety plan: seven steps with up to three lines each, in the person's own words, kept until they remove them.

What is there is already a plan. It is read in one message; making it is for calm days (`aftercare.py` says when).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from flows.agenda import zone_of
from flows.record import ENTRIES, ENTRY, PLAN_STEPS, PlanEntry, Record, SafetyPlan

if TYPE_CHECKING:
    from flows.library import Library

REVIEW = dt.timedelta(days=30)  # until the plan is looked at again; working rule: README, Figures
replace = msgspec.structs.replace


def entries_of(plan: SafetyPlan, step: str) -> tuple[PlanEntry, ...]:
    """The lines of one step, the oldest first."""
    return tuple(entry for entry in plan.entries if entry.step == step)


def with_entry(plan: SafetyPlan, id: str, text: str, now: dt.datetime) -> SafetyPlan:
    """One line more for the step at hand. A full step takes none; the part that asks says so before."""
    if plan.step not in PLAN_STEPS or not text or len(entries_of(plan, plan.step)) >= ENTRIES:
        return plan
    return replace(plan, entries=(*plan.entries, PlanEntry(id, plan.step, text[:ENTRY], now)))


def without_entry(plan: SafetyPlan, id: str) -> SafetyPlan:
    return replace(plan, entries=tuple(entry for entry in plan.entries if entry.id != id))


def plan_text(library: Library, record: Record) -> str:
    """The whole plan as plain text, its steps in their order with their titles; empty without a line."""
    steps = [(step, entries_of(record.safety_plan, step)) for step in PLAN_STEPS]
    return "\n\n".join(_step_text(library, record, step, entries) for step, entries in steps if entries)


def _step_text(library: Library, record: Record, step: str, entries: tuple[PlanEntry, ...]) -> str:
    return "\n".join([step_title(library, record, step), *(f"• {entry.text}" for entry in entries)])


def step_title(library: Library, record: Record, step: str) -> str:
    return _phrase(library, record, f"plan_{step}")


def _phrase(library: Library, record: Record, key: str) -> str:
    """One of the engine's own phrases that takes no value."""
    return library.phrases_in(record.language).phrases[key].variants[0].plain(lambda _name: "")


def listed_entries(entries: tuple[PlanEntry, ...]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(entry) for entry in entries]


def review_date(library: Library, record: Record, now: dt.datetime) -> str:
    """On the person's own calendar: the day agreed for looking at the plan again, else the day a month from now."""
    at = record.safety_plan.review_at or now + REVIEW
    local = at.astimezone(ZoneInfo(zone_of(record.profile)))
    months = _phrase(library, record, "months").split(",")
    return f"{local.day} {months[local.month - 1].strip()}"
