"""`back`: the journal of a run, one entry a turn, and how an entry is put back.

An entry holds what its turn overwrote: the place and slots of the run, and the record's fields. A digression that
closed is one entry of the run beneath. Nothing goes behind a wall: a consent, a finished measure, a safety answer.
Ask numbers, signals, alerts and people's messages stay as they are.
"""

from __future__ import annotations

import msgspec

from flows import presenting, walk
from flows.draft import Draft
from flows.journal import changed_fields, put_back
from flows.record import JOURNAL, Entry, Undo

replace = msgspec.structs.replace
RECORD = (
    *("language", "profile", "flags", "consents", "goals", "plans", "safety_plan"),
    *("cards", "kept", "ratings", "done"),
)
RUN = ("frames", "started_do", "reached_plan")


def write_journal(draft: Draft) -> None:
    """At the end of a turn: what it overwrote becomes an entry of the run it belongs to."""
    before, now = draft.before.runs, {run.id: index for index, run in enumerate(draft.record.runs)}
    stayed = [run for run in before if run.id in now]
    if not stayed:
        return
    run = stayed[-1]
    closed = before[before.index(run) + 1 :]
    undos = [replace(undo, run={}) for gone in closed for each in gone.journal for undo in each.patches if undo.record]
    moved = changed_fields(run, draft.record.runs[now[run.id]], RUN)
    record = changed_fields(draft.before, draft.record, RECORD)
    if moved or record:
        undos.append(Undo(moved, record, draft.record.turns))
    wall = draft.wall or any(each.wall for gone in closed for each in gone.journal)
    if undos:
        typed = draft.answered and draft.utterance.text is not None and not closed
        _append(draft, now[run.id], Entry(tuple(undos), wall, typed))


def _append(draft: Draft, index: int, entry: Entry) -> None:
    runs = list(draft.record.runs)
    runs[index] = replace(runs[index], journal=(*runs[index].journal, entry)[-JOURNAL:])
    draft.change(runs=tuple(runs))


def go_back(draft: Draft) -> None:
    """One entry back, through parts; in a digression's first ask it closes the digression.

    What a node opened is no digression of the person: there the answer that led to it is taken back as well. A first
    ask that cannot be skipped cannot be left by this way either.
    """
    draft.reading = "back"
    if draft.run and not draft.top.journal and len(draft.record.runs) > 1 and _may_close(draft):
        walk.leave_run(draft)
        if draft.place.node.kind != "opens":
            walk.resume(draft)
            return
    if draft.run and draft.top.journal and not draft.top.journal[-1].wall:
        walk.close_open(draft)
        undo(draft)
        draft.note("back_done")
        presenting.ask(draft)
        return
    draft.note("back_nothing")
    walk.resume(draft)


def _may_close(draft: Draft) -> bool:
    ask = draft.place.node.ask
    return ask is None or ask.skip.allowed


def may_edit(draft: Draft) -> bool:
    """The newest entry is a typed answer that `back` could take back."""
    journal = draft.top.journal if draft.run else ()
    return bool(journal) and journal[-1].typed and not journal[-1].wall


def undo(draft: Draft) -> None:
    """Take back the newest entry of the run on top; the caller says the ask."""
    run = draft.top
    entry = run.journal[-1]
    record = draft.record
    for each in reversed(entry.patches):
        record = put_back(record, each.record)
        run = put_back(run, each.run)
    journal = tuple(replace(each, typed=False) for each in run.journal[:-1])  # their messages are behind this one
    run = replace(run, journal=journal, asked=None)
    if draft.top.reached_plan and not run.reached_plan:
        walk.fact(draft, run, "open")  # what the world was told is taken back too
    draft.record = replace(record, runs=(*draft.record.runs[:-1], run))
    draft.taken_back += [each.turn for each in entry.patches]
    draft.before = draft.record  # taking back is no entry of its own
