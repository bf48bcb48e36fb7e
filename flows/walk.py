"""From wait to wait: the way through nodes, parts and runs until an ask waits for the person.

The transitions Machine decides every step; this file lends it a model, pushes and pops frames, opens and closes runs.
"""

from __future__ import annotations

from typing import Any

import msgspec

from flows import keeping, presenting
from flows.draft import Draft
from flows.expressions import Guard
from flows.machine import Light, Place
from flows.record import FRAMES, JOURNAL, RUNS, Entry, Frame, Run
from flows.scope import Scope, each_elements
from flows.turn import RunFact, Step

replace = msgspec.structs.replace
MAX_STEPS = 200  # goflow bounds a turn at 100 steps; parts make ours longer. The proof forbids cycles without an ask


class NoWayOn(Exception):
    """A node has no way on that holds: its last edge is guarded, which the proof forbids."""


class EndlessWalk(Exception):
    """A turn walked 200 nodes without an ask, which the proof forbids."""


def walk(draft: Draft) -> None:
    """Go on from where the run on top stands until something is asked, or nothing is open any more."""
    for _ in range(MAX_STEPS):
        if draft.run is None:
            return
        place = draft.place
        if place.node.milestone:
            _reach(draft, place.node.milestone)
        presenting.speak(draft, place.say)
        if place.node.kind == "asks":
            presenting.ask(draft)
            draft.steps.append(Step(place.state))
            return
        if GO[place.node.kind](draft, place) is False:
            return
    raise EndlessWalk(draft.place.state)


def leave(draft: Draft, trigger: str, choice: str = "", ended: str = "", left_by: str = "") -> None:
    """Leave the node on top: its assignments, additions and removals, then the first edge that holds."""
    place = draft.place
    if choice:
        keeping.apply(draft, place.choice_values.get(choice, ()))
    if place.acts:
        keeping.act(draft, place)
    light = Light(place.state, draft.scope().value, choice, ended)
    if not draft.library.machine.events[trigger].trigger(light, light):
        raise NoWayOn(place.state)
    if light.edge is not None and light.edge in place.edge_values:
        keeping.apply(draft, place.edge_values[light.edge])
    draft.steps.append(Step(place.state, left_by or ended or choice or trigger))
    if place.node.final or draft.is_safety():
        draft.wall = True
    draft.change_frame(state=light.state, element=-1)


def _decide(draft: Draft, _place: Place) -> None:
    leave(draft, "passed")


def _open(draft: Draft, place: Place) -> None:
    draft.change_run(asked=None)
    if place.node.opens in draft.library.flows:
        start(draft, place.node.opens)
    else:  # an old version opens what is no longer there
        leave(draft, "passed")


def _call(draft: Draft, place: Place) -> None:
    """Push a frame for the part; an `each` pushes one per element and goes on when all had their turn."""
    call = place.node.call
    if call is None or len(draft.top.frames) >= FRAMES:
        raise NoWayOn(place.state)
    if call.each:
        element = draft.top.frames[-1].element + 1
        if element >= len(each_elements(draft.scope(), place)):
            leave(draft, "resume", ended="done")
            return
        draft.change_frame(element=element)
    scope = draft.scope()
    slots = {name: scope.holds(said) for name, said in place.given.items() if isinstance(said, Guard)}
    light = Light(place.state, scope.value)
    draft.library.machine.events["call"].trigger(light, light)
    draft.steps.append(Step(place.state, "call"))
    draft.change_run(frames=(*draft.top.frames, Frame(light.state, slots)))
    if draft.place.flow.name == "comfort":
        draft.safety_step = draft.safety_step or "N1"


def _end(draft: Draft, place: Place) -> bool | None:
    if place.acts:
        keeping.act(draft, place)
    draft.steps.append(Step(place.state, place.node.end))
    if len(draft.top.frames) > 1:
        _return(draft, place)
        return None
    begin = _next_flow(draft, place)
    return finish(draft, place.node.end, begin)


def _return(draft: Draft, place: Place) -> None:
    """A part ends: what it gives lands at its caller, which goes on by the edge of this end."""
    given = draft.top.frames[-1].slots
    draft.change_run(frames=draft.top.frames[:-1])
    call = draft.place.node.call
    if call is None:
        raise NoWayOn(draft.place.state)
    for slot, name in call.into.items():
        if name != call.element:
            keeping.assign(draft, slot, given.get(name))
    if call.each:
        _into_element(draft, draft.scope(), {name: given.get(name) for name in place.flow.gives})
        if place.node.end == "done":
            return  # walk() comes back to this call node: the next element
    leave(draft, "resume", ended=place.node.end)


def _into_element(draft: Draft, scope: Scope, given: dict[str, Any]) -> None:
    """What the part gave lands in the element's fields: of the list walked, or of the slot `into` names for it."""
    call, frame = scope.place.node.call, scope.frame
    if call is None:
        return
    target = next((slot for slot, name in call.into.items() if name == call.element), call.each)
    if target not in scope.place.flow.slots:
        return
    rows = list(frame.slots.get(target) or ())
    if target != call.each:
        rows = [*rows[: frame.element], each_elements(scope, scope.place)[frame.element]]
    rows[frame.element] = {**rows[frame.element], **given}
    keeping.assign(draft, target, rows)


def _next_flow(draft: Draft, place: Place) -> str:
    begin = place.node.begin
    if begin in place.flow.slots:
        return str(draft.top.frames[-1].slots.get(begin) or "")
    return begin


GO = {"decides": _decide, "opens": _open, "calls": _call, "ends": _end}


def start(draft: Draft, name: str) -> None:
    """Put a run of flow `name` on top; one that waits below comes up instead. At the bound the oldest leaves."""
    flow = draft.library.flows[name]
    waiting = next((run for run in draft.record.runs if run.flow == name), None)
    if waiting and flow.kind in ("session", "onboarding"):
        _come_up(draft, waiting)
        return
    if waiting:
        drop(draft, waiting)
    for oldest in draft.record.runs[: -(RUNS - 1)]:
        drop(draft, oldest)
    run = Run(draft.new_id("run"), name, flow.version, (Frame(draft.library.start_of(name)),), draft.now, draft.now)
    draft.change(runs=(*draft.record.runs, run))
    fact(draft, run, "open")


def _come_up(draft: Draft, waiting: Run) -> None:
    """A run that waited comes on top. What stood above it has written since: `back` does not go behind this."""
    if waiting is not draft.run:
        waiting = replace(waiting, journal=(*waiting.journal, Entry((), wall=True))[-JOURNAL:])
    draft.change(runs=(*(run for run in draft.record.runs if run.id != waiting.id), waiting))


def begin(draft: Draft, name: str) -> None:
    """Put a flow on top and go on to its first ask; a run that waited there is asked again where it stands."""
    close_open(draft)
    start(draft, name)
    resume(draft, again=draft.top.asked is not None)


def resume(draft: Draft, again: bool = True) -> None:
    """Go on with the run on top: its open ask is said again, or it walks on from a node it stands on."""
    if draft.run is None:
        return
    if draft.top.asked is not None and again:
        presenting.ask(draft, again=True)
    elif draft.place.node.kind == "opens" and again:
        leave(draft, "passed")
        walk(draft)
    else:
        walk(draft)


def finish(draft: Draft, end: str, begin_next: str = "") -> bool:
    """The run on top ends. `today` leaves the rest in place; `closed` also ends the run beneath; `over` ends all."""
    run = draft.top
    draft.change(runs=draft.record.runs[:-1])
    fact(draft, run, "ended", end)
    if end == "closed" and draft.run:
        leave_run(draft)
    if end == "over":
        while draft.run:
            leave_run(draft)
    if begin_next and begin_next in draft.library.flows:
        start(draft, begin_next)
        if draft.top.asked is not None:
            presenting.ask(draft, again=True)
            return False
        return True
    if end == "today":
        _step_over_open(draft)
        return False
    if draft.run is None:
        return False
    if draft.place.node.kind == "opens":
        leave(draft, "passed")
        return True
    presenting.ask(draft, again=True)
    return False


def _step_over_open(draft: Draft) -> None:
    """Left for today while a flow was opened on top: the one beneath waits behind the node that opened it."""
    if draft.run and draft.place.node.kind == "opens":
        leave(draft, "passed")
        said = len(draft.replies)
        walk(draft)
        draft.replies = draft.replies[:said]
    if draft.run:
        draft.change_run(asked=None)  # what is typed next answers nothing: the question is asked again first


def close_open(draft: Draft) -> None:
    """The keyboard of the open ask closes, because something else is asked now."""
    if draft.open_number:
        draft.close(draft.open_number)


def leave_run(draft: Draft) -> None:
    """The run on top is left where it stands."""
    close_open(draft)
    drop(draft, draft.top)


def drop(draft: Draft, gone: Run) -> None:
    """A run is left, wherever it waits."""
    draft.change(runs=tuple(run for run in draft.record.runs if run.id != gone.id))
    if not gone.left:
        fact(draft, gone, "left")


def _reach(draft: Draft, milestone: str) -> None:
    """A session is started at `do` and done at `plan`."""
    run = draft.top
    if milestone == "do" and not run.started_do:
        draft.change_run(started_do=True)
    if milestone == "plan" and not run.reached_plan:
        draft.change_run(reached_plan=True)
        draft.change(done={**draft.record.done, run.flow: draft.record.done.get(run.flow, 0) + 1})
        fact(draft, draft.top, "open")


def note_changes(draft: Draft) -> None:
    """At the end of a turn: runs that fell away to keep the record small are left; those taken up again are open."""
    now = {run.id: run for run in draft.record.runs}
    said = {each.run for each in draft.facts if each.status != "open"}
    for run in draft.before.runs:
        if run.id not in now and run.id not in said:
            fact(draft, run, "left")
        elif run.left and run.id in now and not now[run.id].left:
            fact(draft, now[run.id], "open")


def fact(draft: Draft, run: Run, status: Any, end: str = "") -> None:
    flow = draft.library.places[run.frames[0].state].flow
    draft.facts.append(RunFact(run.id, run.flow, run.version, flow.kind, status, end, run.reached_plan))
