"""The clinic that offers the programme, as its own file `clinic.yaml` says it: who it is, how to reach it, who is told.

Words of this file are plain text for people, never templates. Without the file nobody is linked, and the texts say so.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec

from flows.helplines import Contact, Opening, is_open

ORDERS = ("first", "second", "admin")
SPOKEN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ADULT = 18  # the texts are written for adults: a clinic may ask for more years, never for fewer


class Duty(msgspec.Struct, frozen=True):
    """An on-call chat by its name; `order` says when it is told: first, second, or admin when nobody else answers."""

    name: str
    order: str


class Clinic(msgspec.Struct, frozen=True):
    """`hours` empty and `always` false cannot be. `alert_from`: the first step that raises an alert."""

    name: str
    phone: str
    reach: str  # how to reach it, in a sentence
    zone: str  # IANA; of the hours and of the times in alerts
    on_call: tuple[Duty, ...]
    always: bool = False
    hours: tuple[Opening, ...] = ()
    escalation_minutes: int = 15
    alert_from: str = "N3"
    minimum_age: int = ADULT  # years
    countries: tuple[str, ...] = ()  # offered first; codes
    alerts_days: int = 365  # an alert that was dealt with is kept so long
    decisions_days: int = 365  # what screening decided is kept so long
    participants: int = 0  # more than so many are worth a look; 0: no such number

    def names(self, order: str) -> tuple[str, ...]:
        """The on-call chats of this order."""
        return tuple(duty.name for duty in self.on_call if duty.order == order)

    @property
    def contact(self) -> str:
        """How to reach it, in words."""
        return f"{self.phone}. {self.reach}"

    def is_open(self, now: dt.datetime) -> bool:
        """Whether somebody answers there now, by its own hours."""
        hours = Contact("phone", self.phone, self.phone, always=self.always, hours=self.hours, zone=self.zone)
        return bool(is_open(hours, now))

    def spoken_hours(self) -> str:
        """`Monday to Friday 09:00 to 17:00`; several ranges with commas."""
        return "day and night" if self.always else ", ".join(map(_spoken, self.hours))

    def local(self, moment: dt.datetime) -> dt.datetime:
        """A moment as the clinic's clock shows it."""
        return moment.astimezone(ZoneInfo(self.zone))


def _spoken(hours: Opening) -> str:
    first, last = SPOKEN[hours.days[0]], SPOKEN[hours.days[-1]]
    days = first if first == last else f"{first} to {last}"
    return f"{days} {_clock(hours.begins)} to {_clock(hours.ends)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
