"""What falls due: check-in, practice, silence, return, left, and people who went or came back. Each is a turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec

from flows import answers, offers, walk
from flows.draft import Draft
from flows.reading import Reading
from flows.record import NO_WAY_BACK, Run

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
}
