"""What falls due: check-in, practice, silence, return, left, notes after a hard time, the look at the safety plan;
people who went or came back; what became of an alert.

Each is a turn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec

from flows import aftercare, answers, follow_up, hiding, offers, presenting, walk
from flows.draft import Draft
from flows.reading import Reading
from flows.record import NO_WAY_BACK, Frame, Run
from flows.turn import Step

replace = msgspec.structs.replace
LEFT_AFTER = dt.timedelta(days=7)  # without an answer
BACK_WITHIN = dt.timedelta(days=28)  # ... journal and answers stay for a return within 28 days


def happen(draft: Draft) -> None:
    trigger = draft.utterance.trigger
    draft.reading = f"due {trigger}"
    if trigger in DUE:
        DUE[trigger](draft)


def _check_in(draft: Draft) -> None:
    if draft.is_safety():
        return
    _count(draft)
    while draft.run and draft.root_kind() == "check_in":
        walk.leave_run(draft)  # the one before is left when the next is due
    draft.note("reminder_check_in")
    if draft.run is None:
        walk.begin(draft, draft.library.programme.flows["check_in"])
    else:
        offers.offer(draft, "go_on", ("go_on", "check_in", "later"), "go_on_offer")


def _practice(draft: Draft) -> None:
    if draft.is_safety():
        return
    _count(draft)
    if draft.run is None:
        walk.begin(draft, draft.library.programme.flows["practice"])
    else:
        draft.note("reminder_practice")


def _return(draft: Draft) -> None:
    """A neutral note to somebody who has been away: beside what waits, or alone. The welcome waits until they come."""
    if draft.is_safety():
        return
    _count(draft)
    while draft.run and draft.root_kind() == "screen":
        walk.leave_run(draft)
    if draft.run is None:
        walk.begin(draft, draft.library.programme.flows["return_note"])
    else:
        offers.offer(draft, "go_on", ("go_on", "check_in", "later"), "go_on_offer")


def _follow_up(draft: Draft) -> None:
    """A short note after a hard time, beside whatever is open, so that it takes no answer meant for something else."""
    if not hiding.hidden(draft):
        follow_up.note(draft, draft.utterance.subject)


def _plan_review(draft: Draft) -> None:
    """The agreed look at the safety plan: once, and silence is fine. Something open is not pushed aside."""
    if draft.is_safety():
        return
    draft.change(safety_plan=replace(draft.record.safety_plan, review_at=None))
    if draft.run is None:
        walk.begin(draft, draft.library.programme.flows["plan_review"])
    else:
        draft.note("reminder_plan")


def _silence(draft: Draft) -> None:
    """No answer to a safety question: handled like the choice that its ask names."""
    waiting = answers.open_ask(draft)
    if waiting is None or waiting[0].silence is None:
        return
    if waiting[1].silence_at is None or draft.now < waiting[1].silence_at:
        return
    choice = waiting[0].silence.choice
    answers.answer(draft, Reading("answer", choice, choice))
    draft.reading = "due silence"
    if aftercare.watched(draft.record, draft.now):
        hiding.hide(draft)  # it would light up the phone, and somebody else may look at it


def let_go(draft: Draft) -> None:
    """In every turn: a run without an answer for 7 days is left; from 28 on its place stays, without a way back."""
    runs = tuple(_let_go(draft, run) for run in draft.record.runs)
    if runs != draft.record.runs:
        draft.change(runs=runs)


def _let_go(draft: Draft, run: Run) -> Run:
    age = draft.now - run.last
    if age >= LEFT_AFTER and not run.left:
        walk.fact(draft, run, "left")
        run = replace(run, left=True)
    return replace(run, journal=NO_WAY_BACK) if age >= BACK_WITHIN else run


def _left(_draft: Draft) -> None:
    """The turn that `let_go` was waiting for."""


def _unreachable(draft: Draft) -> None:
    draft.change(unreachable=True)


def _reachable(draft: Draft) -> None:
    draft.change(unreachable=False, unanswered=0)


def _alert_seen(draft: Draft) -> None:
    """Somebody of the on-call team confirmed an alert; the subject is when."""
    seen = dt.datetime.fromisoformat(draft.utterance.subject)
    draft.change(safety=replace(draft.record.safety, seen_at=seen))
    _say_beside(draft, "alert_seen")


def _alert_unseen(draft: Draft) -> None:
    """The whole chain was told, and nobody confirmed."""
    _say_beside(draft, "alert_unseen")


def _say_beside(draft: Draft, role: str) -> None:
    """The words of a flow's first node, and nothing else of it: what is open stays open and is not asked again.

    Nothing is said beside the neutral screen: somebody else may look at it.
    """
    if hiding.hidden(draft):
        return
    runs, name = draft.record.runs, draft.library.programme.flows[role]
    state = draft.library.start_of(name)
    beside = Run("", name, draft.library.flows[name].version, (Frame(state),), draft.now, draft.now)
    draft.change(runs=(*runs, beside))
    presenting.speak(draft, draft.place.say)
    draft.change(runs=runs)
    draft.steps.append(Step(state, "said"))


def _count(draft: Draft) -> None:
    draft.change(unanswered=draft.record.unanswered + 1)


DUE: dict[str, Callable[[Draft], None]] = {
    "check_in": _check_in,
    "practice": _practice,
    "return": _return,
    "silence": _silence,
    "left": _left,
    "blocked": _unreachable,
    "unblocked": _reachable,
    "alert_seen": _alert_seen,
    "alert_unseen": _alert_unseen,
    "follow_up": _follow_up,
    "plan_review": _plan_review,
}
