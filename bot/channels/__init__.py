"""The doors: what every channel hands in and takes out. Channels are thin and never know one another.

A channel makes an Arrival of what came, awaits `Turns.take(arrival)` (which returns only after the commit that holds
all effects, or because the update id is known), and delivers the Messages that `delivery` hands it, in order.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from flows.turn import Button, Utterance


class Arrival(msgspec.Struct, frozen=True):
    """One update. `update` is unique per participant and channel.

    `press` is the channel's id of a press, to acknowledge;
    `replaces` is the channel's id of an edited message, `message` the channel's id of a new one.
    """

    channel: str
    address: str
    update: str
    utterance: Utterance
    press: str = ""
    message: str = ""
    replaces: str = ""


class Message(msgspec.Struct, frozen=True):
    """A row of the outbox, opened for sending. `target` is the channel's id of the message or press it acts on."""

    row: int
    participant: str
    channel: str
    address: str
    kind: Literal["say", "ask", "edit", "close", "acknowledge"]
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    ask: int = 0
    target: str = ""
    priority: str = "talk"
    attempts: int = 0


class Calling(msgspec.Struct, frozen=True):
    """Somebody registers a chat as on call by a code. `otherwise`: what it is where no clinic is."""

    channel: str
    address: str
    code: str
    otherwise: Any = None


class DutyPress(msgspec.Struct, frozen=True):
    """A button of an alert's line. `press` is the channel's id of the press; `otherwise` as above."""

    channel: str
    address: str
    press: str
    alert: str
    what: str
    otherwise: Any = None


class Desk(Protocol):
    """Where on-call chats are dealt with; nothing that goes there starts a turn."""

    async def register(self, calling: Calling) -> None: ...

    async def press(self, press: DutyPress) -> None: ...

    async def stays(self, channel: str, address: str) -> bool: ...

    async def move(self, channel: str, old: str, new: str) -> None: ...


class Outcome(msgspec.Struct, frozen=True):
    """What became of a send.

    sent         `reference` is the channel's id of the message
    wait         certainly not sent; try again after `seconds`
    unknown      it may have arrived: sent once more, except reminders
    unreachable  the person blocked the channel or is gone
    refused      the channel will never take this (`reason` without any words of the message)
    """

    kind: Literal["sent", "wait", "unknown", "unreachable", "refused"]
    reference: str = ""
    seconds: float = 0.0
    reason: str = ""


class Channel(Protocol):
    name: str
    pushes: bool

    async def deliver(self, message: Message) -> Outcome:
        """Send one message. Never raises for what the network or the person did; says it in the Outcome."""
        ...

    async def typing(self, address: str) -> None:
        """Show that words are on their way, where the channel can."""
        ...
