"""The short note after a hard time: signed as automated, asks nothing, and offers three taps beside whatever is open.

Where somebody else may read along it says nothing of why it comes.
"""

from __future__ import annotations

from flows import offers
from flows.aftercare import neutral
from flows.draft import Draft

TAPS = ("safe", "want_help", "not_now")
NEUTRAL_TAPS = ("hello", "later")


def note(draft: Draft, purpose: str) -> None:
    """`purpose`: day1, day3, day7, or month1 to month12."""
    if neutral(draft.record, draft.now):
        offers.offer(draft, "follow_up", NEUTRAL_TAPS, "follow_up_neutral", words=purpose)
    else:
        key = "follow_up_month" if purpose.startswith("month") else f"follow_up_{purpose}"
        offers.offer(draft, "follow_up", TAPS, key, words=purpose)
