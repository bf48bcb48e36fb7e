"""When the on-call team is told: from the step that the clinic chose, and only while the person agrees to it.

An alert is a fact of a turn: step, kind of danger and time, never words. Sending it is the world's part.
"""

from __future__ import annotations

import datetime as dt

from flows.draft import Draft
from flows.links import alerts_on
from flows.record import SIGNAL_HOURS, Record, replace
from flows.turn import Alert

STEPS = ("N1", "N2", "N3", "N4")


def note(draft: Draft) -> None:
    """Once a step was taken: the turn carries an alert if the step calls for one; the graver one counts."""
    step, clinic = draft.safety_step, draft.library.clinic
    if clinic is None or step not in STEPS or not alerts_on(clinic, draft.record):
        return
    if STEPS.index(step) < STEPS.index(clinic.alert_from):
        return
    if draft.alert is None or STEPS.index(draft.alert.step) < STEPS.index(step):
        draft.alert = Alert(step, category(draft.record, draft.now), draft.now)
    draft.change(safety=replace(draft.record.safety, alerted_at=draft.now))


def category(record: Record, now: dt.datetime) -> str:
    """The kind of danger of the newest signal within 24 hours; empty when an answer alone led here."""
    since = now - dt.timedelta(hours=SIGNAL_HOURS)
    return next((mark.category for mark in reversed(record.signals) if mark.at >= since), "")
