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
from flows.record import JOURNAL, Entry, Record, Run, Undo

replace = msgspec.structs.replace
RECORD = ("language", "profile", "flags", "consents", "goals", "plans", "cards", "kept", "ratings", "done")
RUN = ("frames", "short", "reached_plan")


def write_journal(draft: Draft) -> None:
    """At the end of a turn: what it overwrote becomes an entry of the run it belongs to."""
    before = draft.before
    if not before.runs or not draft.record.runs:
        return
    earlier = before.runs[-1]
    record = changed_fields(before, draft.record, RECORD)
    index = next((i for i, run in enumerate(draft.record.runs) if run.id == earlier.id), None)
    if index is not None:
        _entry_for(draft, index, earlier, record)
    elif _is_below(draft.top, before):
        _close_digression(draft, earlier, record)


def _entry_for(draft: Draft, index: int, earlier: Run, record: dict[str, object]) -> None:
    run = draft.record.runs[index]
    moved = changed_fields(earlier, run, RUN)
    if moved or record:
        _append(draft, index, Entry((Undo(moved, record),), draft.wall))


def _is_below(run: Run, before: Record) -> bool:
    return any(each.id == run.id for each in before.runs)


def _close_digression(draft: Draft, closed: Run, record: dict[str, object]) -> None:
    undos = [replace(undo, run={}) for entry in closed.journal for undo in entry.patches if undo.record]
    if record:
        undos.append(Undo({}, record))
    if undos:
        wall = draft.wall or any(entry.wall for entry in closed.journal)
        _append(draft, len(draft.record.runs) - 1, Entry(tuple(undos), wall))


def _append(draft: Draft, index: int, entry: Entry) -> None:
    runs = list(draft.record.runs)
    runs[index] = replace(runs[index], journal=(*runs[index].journal, entry)[-JOURNAL:])
    draft.change(runs=tuple(runs))


def go_back(draft: Draft) -> None:
    """One entry back, through parts; in a digression's first ask it closes the digression."""
    draft.reading = "back"
    if draft.run is None:
        draft.note("back_nothing")
    elif draft.top.journal:
        _restore(draft, draft.top.journal[-1])
    elif len(draft.record.runs) > 1:
        _close_asked(draft)
        walk.leave_run(draft)
        walk.resume(draft)
    else:
        draft.note("back_nothing")
        walk.resume(draft)


def _restore(draft: Draft, entry: Entry) -> None:
    if entry.wall:
        draft.note("back_nothing")
        walk.resume(draft)
        return
    _close_asked(draft)
    undo(draft)
    draft.note("back_done")
    presenting.ask(draft)


def undo(draft: Draft) -> None:
    """Take back the newest entry of the run on top; the caller says the ask."""
    run = draft.top
    entry = run.journal[-1]
    record = draft.record
    for each in reversed(entry.patches):
        record = put_back(record, each.record)
        run = put_back(run, each.run)
    run = replace(run, journal=run.journal[:-1], asked=None)
    draft.record = replace(record, runs=(*draft.record.runs[:-1], run))
    draft.before = draft.record  # taking back is no entry of its own


def _close_asked(draft: Draft) -> None:
    if draft.top.asked:
        draft.close(draft.top.asked.number)
