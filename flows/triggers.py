"""What falls due: check-in, practice, silence, return, left, and people who went or came back. Each is a turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec

from flows import answers, offers, walk
from flows.draft import Draft
from flows.reading import Reading

replace = msgspec.structs.replace
JOURNAL_DAYS = 28  # DESIGN.md section 2, rule 13: journal and answers stay for a return within 28 days


def happen(draft: Draft) -> None:
    trigger = draft.utterance.trigger
    draft.reading = f"due {trigger}"
    if trigger in DUE:
        DUE[trigger](draft)


def _check_in(draft: Draft) -> None:
    if draft.is_safety():
        return
    _count(draft)
    draft.note("reminder_check_in")
    if draft.run is None:
        walk.begin(draft, draft.library.programme.flows["check_in"])
    else:
        offers.withdraw(draft)
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
    """A neutral note to somebody who has been away; the welcome itself waits until they come."""
    note = draft.library.programme.flows["return_note"]
    if draft.is_safety() or (draft.run and draft.top.flow == note):
        return
    _count(draft)
    if draft.run and draft.top.asked:
        draft.close(draft.top.asked.number)
    walk.begin(draft, note)


def _silence(draft: Draft) -> None:
    """No answer to a safety question: handled like the choice that its ask names."""
    waiting = answers.open_ask(draft)
    if waiting is None or waiting[0].silence is None:
        return
    choice = waiting[0].silence.choice
    answers.answer(draft, Reading("answer", choice, choice))
    draft.reading = "due silence"


def _left(draft: Draft) -> None:
    """Seven days without an answer: the run is left; its journal and answers stay for 28 days."""
    kept = []
    for run in draft.record.runs:
        age = draft.now - run.last
        if age >= dt.timedelta(days=JOURNAL_DAYS):
            continue
        if age >= dt.timedelta(days=7) and not run.left:
            walk.fact(draft, run, "left")
            run = replace(run, left=True)
        kept.append(run)
    draft.change(runs=tuple(kept))


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
