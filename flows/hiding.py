"""The neutral screen: what `hide` shows, and what somebody else at the phone must not learn from this chat.

While it is there only help and its own buttons lead anywhere. It is left by choice alone. After a signal of violence it
comes by itself: at a return, and where a message would else light up the phone unasked.
"""

from __future__ import annotations

import datetime as dt

from flows import walk
from flows.aftercare import watched
from flows.draft import Draft
from flows.record import has_run

ROLE = "hide"
OPEN = ("sos", "help", "hide")  # words that still do something; the rest shows the screen again
QUIET = ("acknowledge", "close")  # replies that show nothing
BACK = dt.timedelta(minutes=30)  # away so long counts as a return; working rule: README, Figures


def hidden(draft: Draft) -> bool:
    """The neutral screen is open, on top or under a screen with help."""
    return has_run(draft.record, draft.library.programme.flows.get(ROLE))


def comes_back(draft: Draft) -> bool:
    """Somebody writes after half an hour or more, and it may be somebody else."""
    last = draft.record.last_utterance
    if draft.utterance.text is None or last is None or hidden(draft):
        return False
    return draft.now - last >= BACK and watched(draft.record, draft.now)


def hide(draft: Draft) -> None:
    """The neutral screen on top; whatever this turn was about to say is not said, and waits beneath."""
    asked_before = draft.before.asks
    draft.replies = [each for each in draft.replies if each.kind in QUIET and each.ask <= asked_before]
    if 0 < draft.open_number <= asked_before:
        walk.close_open(draft)
    walk.start(draft, draft.library.programme.flows[ROLE])
    walk.walk(draft)


def stay(draft: Draft) -> None:
    """The neutral screen again, and nothing else."""
    draft.reading = "hidden"
    while not draft.hides():
        walk.leave_run(draft)
    walk.resume(draft)
