"""How answers, assignments and additions change the record: the only writer of what is kept.

Every target an author may write is a slot or an entry of `TARGETS` (its fields: `WRITABLE` in `record.py`); every
addition is an entry of `LISTS`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from flows import aftercare, alerts, lately, safety_plan
from flows.draft import Draft
from flows.expressions import Guard, is_set, truth
from flows.flow import Slot
from flows.links import switched
from flows.machine import Place
from flows.record import (
    CARDS,
    GOALS,
    KEPT_PER_SLOT,
    ON_CALL,
    PLANS,
    RATING_DAYS,
    RATINGS,
    Card,
    Consent,
    Goal,
    Kept,
    Plan,
    Rating,
    Record,
)
from flows.routing import due_plan
from flows.turn import Answer

replace = msgspec.structs.replace
RECHECK_HOURS = 12  # working rule: README, Figures
CONSENTED = "processing"


def keep(draft: Draft, target: str, value: Any) -> None:
    """An answer lands where its ask says: in a slot, or in the record."""
    place = draft.place
    slot = place.flow.slots.get(target)
    if slot is None:
        assign(draft, target, value)
        logged = Answer(place.state, target, "record", "private", "kept", value)
    else:
        fill(draft, slot, value, place)
        logged = Answer(place.state, target, slot.type, slot.share, slot.keep, value)
    chosen = place.node.ask is not None and place.node.ask.type in ("choice", "choices")
    if not chosen and (logged.keep == "discard" or not consented(draft.before)):
        logged = replace(logged, value=None)  # the log has that there was an answer, not the words
    draft.answers.append(logged)


def consented(record: Record) -> bool:
    """Whether the person has agreed that words are kept."""
    given = record.consents.get(CONSENTED)
    return given is not None and given.given


def fill(draft: Draft, slot: Slot, value: Any, place: Place) -> None:
    """A slot takes a value; a kept one is also remembered beyond the run, ratings with their date."""
    slots = draft.top.frames[-1].slots
    draft.change_frame(slots={**slots, slot.name: value})
    if slot.keep != "kept" or not is_set(value):
        return
    key = f"{place.flow.name}.{slot.name}"
    kept = (*draft.record.kept.get(key, ()), Kept(value, draft.now, place.state))[-KEPT_PER_SLOT:]
    draft.change(kept={**draft.record.kept, key: kept})
    if slot.type == "rating" and isinstance(value, int):
        rate(draft, slot.name if place.flow.kind == "part" else key, value, place.state)


def rate(draft: Draft, name: str, value: int, state: str) -> None:
    """A rating joins those of the last 28 days."""
    since = draft.now - dt.timedelta(days=RATING_DAYS)
    ratings = [each for each in draft.record.ratings if each.at >= since]
    draft.change(ratings=(*ratings, Rating(name, value, draft.now, state))[-RATINGS:])


def assign(draft: Draft, target: str, value: Any) -> None:
    """`set: {target: value}`: a slot of this frame, a field of a plan slot, or a record field."""
    place = draft.place
    head, _, field = target.partition(".")
    if not field and target in place.flow.slots:
        fill(draft, place.flow.slots[target], value, place)
    elif head in place.flow.slots:
        slots = draft.top.frames[-1].slots
        draft.change_frame(slots={**slots, head: {**(slots.get(head) or {}), field: value}})
    else:
        TARGETS[head](draft, field, value)


def _profile(draft: Draft, field: str, value: Any) -> None:
    if field == "language":
        draft.change(language=str(value))
        return
    draft.change(profile=_with(draft.record.profile, field, value))


S = TypeVar("S", bound=msgspec.Struct)


def _with(struct: S, field: str, value: Any) -> S:
    """The struct with a field set: empty text for nothing; what is not of the field's type leaves it as it was."""
    wanted = next(each.type for each in msgspec.structs.fields(struct) if each.name == field)
    if wanted is str:
        return replace(struct, **{field: "" if value is None else str(value)})
    try:
        return replace(struct, **{field: msgspec.convert(None if value == "" else value, wanted, strict=False)})
    except msgspec.ValidationError:
        return struct


def _flags(draft: Draft, field: str, value: Any) -> None:
    draft.change(flags={**draft.record.flags, field: truth(value)})


def _consents(draft: Draft, field: str, value: Any) -> None:
    consent = Consent(truth(value), draft.place.flow.version, draft.record.language, draft.now)
    draft.change(consents={**draft.record.consents, field: consent})
    if field == CONSENTED and not consent.given:
        draft.change(links=())
    draft.wall = True


def _on_call(draft: Draft, field: str, value: Any) -> None:
    """The clinic's on-call team is let in, or not any more: a decision of its own, which `back` does not undo."""
    if draft.library.clinic is not None:
        link = draft.library.clinic.name, draft.place.flow.version
        draft.change(links=switched(draft.record, ON_CALL, *link, field, truth(value), draft.now))
    draft.wall = True


def _last_plan(draft: Draft, field: str, value: Any) -> None:
    due = due_plan(draft.record, draft.now)
    if due:
        plans = draft.record.plans
        draft.change(plans=tuple(_with(plan, field, value) if plan.id == due.id else plan for plan in plans))


def _goal(draft: Draft, field: str, value: Any) -> None:
    *earlier, goal = draft.record.goals or (None,)
    if goal:
        draft.change(goals=(*earlier, _with(goal, field, value)))


def _safety(draft: Draft, field: str, value: Any) -> None:
    if field in SAFETY:
        changed = SAFETY[field](draft, value)
        draft.change(safety=replace(draft.record.safety, **changed))
    if field == "step":
        draft.safety_step = str(value)
        alerts.note(draft)
    elif field == "set_aside" and truth(value) and consented(draft.record):
        flag = lately.FLAGS[lately.danger(draft.record, draft.now)["category"]]
        draft.change(flags={**draft.record.flags, flag: True}, safety=replace(draft.record.safety, said_at=draft.now))
    elif field == "false_alarm" and truth(value) and draft.record.safety.asked_tier:
        draft.false_alarm = lately.rules_of_the_last(draft.record, draft.now)


def _recheck(draft: Draft, value: Any) -> dict[str, Any]:
    if not truth(value):
        return {"recheck_after": None}
    draft.change(safety=aftercare.denied(draft.record, draft.now))
    return {"recheck_after": draft.now + dt.timedelta(hours=RECHECK_HOURS)}


def _category(draft: Draft, value: Any) -> dict[str, Any]:
    """An answer, not words, leads to the question in these words."""
    return {"asked_category": str(value), "asked_tier": "", "asked_at": draft.now}


SAFETY: dict[str, Callable[[Draft, Any], dict[str, Any]]] = {
    "step": lambda _draft, value: {"step": str(value)},
    "help_in_sight": lambda _draft, value: {"help_in_sight": truth(value)},
    "age_due": lambda _draft, value: {"age_due": truth(value)},
    "recheck": _recheck,
    "category": _category,
    "return": lambda draft, value: aftercare.returning(truth(value), draft.now),
    "comfort": lambda draft, value: aftercare.comforted(truth(value), draft.now),
}


def _safety_plan(draft: Draft, field: str, value: Any) -> None:
    plan = draft.record.safety_plan
    if field == "review":
        at = draft.now + safety_plan.REVIEW if truth(value) else None
        draft.change(safety_plan=replace(plan, review_at=at))
    else:
        draft.change(safety_plan=_with(plan, field, value))


def _mood_asked(draft: Draft, _field: str, value: Any) -> None:
    draft.change(safety=replace(draft.record.safety, mood_asked_at=draft.now if truth(value) else None))


TARGETS: dict[str, Callable[[Draft, str, Any], None]] = {
    "profile": _profile,
    "flags": _flags,
    "consents": _consents,
    "last_plan": _last_plan,
    "goal": _goal,
    "safety": _safety,
    "mood_asked": _mood_asked,
    "on_call": _on_call,
    "safety_plan": _safety_plan,
}


def act(draft: Draft, place: Place) -> None:
    """What leaving this node writes: its assignments, additions and removals."""
    apply(draft, place.assignments)
    add(draft, place)
    remove(draft, place)


def apply(draft: Draft, values: tuple[tuple[str, Guard], ...]) -> None:
    """Assignments, in order; each sees what the one before it set."""
    for target, guard in values:
        assign(draft, target, guard.run(draft.scope().value))


def add(draft: Draft, place: Place) -> None:
    """Cards, plans, goals and ratings of this node join the record."""
    for kind, fields in place.additions:
        scope = draft.scope()
        LISTS[kind](draft, place, {name: scope.write(spoken).strip() for name, spoken in fields.items()})


def _card(draft: Draft, _place: Place, fields: dict[str, str]) -> None:
    card = Card(draft.new_id("card"), _session(draft), fields["title"], fields["body"], draft.now)
    draft.change(cards=(*draft.record.cards, card)[-CARDS:])


def _plan(draft: Draft, _place: Place, fields: dict[str, str]) -> None:
    made: dict[str, Any] = {**fields, "confidence": _whole(fields.get("confidence", ""))}
    plan = Plan(draft.new_id("plan"), _session(draft), draft.now, **made)
    draft.change(plans=(*draft.record.plans, plan)[-PLANS:])


def _new_goal(draft: Draft, _place: Place, fields: dict[str, str]) -> None:
    importance, confidence = _whole(fields.get("importance", "")), _whole(fields.get("confidence", ""))
    goal = Goal(draft.new_id("goal"), draft.now, fields["text"], fields.get("visible", ""), importance, confidence)
    draft.change(goals=(*draft.record.goals, goal)[-GOALS:])


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _rating(draft: Draft, place: Place, fields: dict[str, str]) -> None:
    if fields["value"].isdecimal():
        rate(draft, fields["name"], int(fields["value"]), place.state)


def _entry(draft: Draft, _place: Place, fields: dict[str, str]) -> None:
    plan = draft.record.safety_plan
    draft.change(safety_plan=safety_plan.with_entry(plan, draft.new_id("entry"), fields["text"], draft.now))


LISTS: dict[str, Callable[[Draft, Place, dict[str, str]], None]] = {
    "card": _card,
    "plan": _plan,
    "goal": _new_goal,
    "rating": _rating,
    "entry": _entry,
}


def remove(draft: Draft, place: Place) -> None:
    """`drop: {card: picked}`."""
    for removal in place.node.removals:
        picked = str(draft.top.frames[-1].slots.get(removal.slot) or "")
        if removal.kind == "entry":
            draft.change(safety_plan=safety_plan.without_entry(draft.record.safety_plan, picked))
            continue
        name = f"{removal.kind}s"
        draft.change(**{name: tuple(each for each in getattr(draft.record, name) if each.id != picked)})


def _session(draft: Draft) -> str:
    return draft.top.flow
