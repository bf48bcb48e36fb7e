"""Links: what a person let somebody see, and whether the clinic's on-call team is told of danger.

A link is a consent: it holds who was named, which text was shown and when. Nothing is seen without it.
"""

from __future__ import annotations

import datetime as dt

from flows.clinic import Clinic
from flows.record import LINKS, ON_CALL, SCOPES, Link, Record

SAFETY = "safety"
FRESH = dt.timedelta(minutes=30)  # no second line for the same step within; working rule: README, Figures


def link_of(record: Record, id: str) -> Link | None:
    """The link with this id, switched on or not."""
    return next((link for link in record.links if link.id == id), None)


def tells_on_call(record: Record) -> bool:
    """Whether the person agreed that an on-call team is told, whoever that is."""
    link = link_of(record, ON_CALL)
    return link is not None and SAFETY in link.scopes


def alerts_on(clinic: Clinic | None, record: Record) -> bool:
    """Whether an alert may leave: the person agreed that this very clinic is told. Another name is another clinic."""
    link = link_of(record, ON_CALL)
    return clinic is not None and link is not None and link.name == clinic.name and SAFETY in link.scopes


def alert_told(clinic: Clinic | None, record: Record, now: dt.datetime) -> str:
    """`raised`: handed to the on-call team within 30 minutes; `off`: the person does not want it; `none`: neither."""
    if clinic is None:
        return "none"
    if not alerts_on(clinic, record):
        return "off"
    at = record.safety.alerted_at
    return "raised" if at is not None and now - at < FRESH else "none"


def switched(
    record: Record, id: str, name: str, version: str, scope: str, on: bool, now: dt.datetime
) -> tuple[Link, ...]:
    """The links with one scope of one of them switched. What was agreed with another name does not carry over."""
    before = link_of(record, id)
    kept = before.scopes if before is not None and before.name == name else ()
    scopes = tuple(each for each in SCOPES if (on if each == scope else each in kept))
    others = tuple(link for link in record.links if link.id != id)
    return (*others, Link(id, name, scopes, now, record.language, version))[-LINKS:]
