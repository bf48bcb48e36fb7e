"""The way back in after a crisis step: noted when the step is taken, offered at the first contact half a day later.

It comes before whatever was tapped or typed, never before help, and asks the one question about danger that the
re-check would ask: nobody is asked twice in one contact.
"""

from __future__ import annotations

import msgspec

from flows import aftercare, commands, danger, walk
from flows.draft import Draft
from flows.lately import topic

replace = msgspec.structs.replace
CRISIS = ("N3", "N4")
BEFORE_IT = ("sos", "help", "stop", "hide", "plan")  # words that are answered first


def note(draft: Draft) -> None:
    """At the end of a turn: if it took N3 or N4, the days after begin now, and no form waits beneath the help."""
    if draft.safety_step in CRISIS:
        about = topic(draft.record, draft.now)
        draft.change(safety=aftercare.entered(draft.record.safety, about, draft.now))
        for run in draft.record.runs[:-1]:
            if draft.places[run.frames[0].state].flow.kind == "calm":
                walk.drop(draft, run)  # its lines are saved, and it can be begun again on a calm day


def welcome(draft: Draft) -> bool:
    """Offer the way back in, if it waits and nothing more pressing was said."""
    record, safety = draft.record, draft.record.safety
    if safety.return_after is None or draft.now < safety.return_after:
        return False
    if not aftercare.coached(record) or _comes_before(draft):
        return False
    draft.change(safety=replace(safety, return_after=None, recheck_after=None))
    draft.reading = "re-entry"
    draft.acknowledge()
    danger.begin(draft, "re_entry")
    return True


def _comes_before(draft: Draft) -> bool:
    lines = (draft.utterance.text or "").splitlines()
    return draft.utterance.press == "sos" or commands.first_command(draft, lines)[0] in BEFORE_IT
