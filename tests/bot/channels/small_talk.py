"""A stand-in for everything behind a door: a short conversation with one ask of each kind, kept in memory.

How are you (choice), where is it felt (choices), what happened (text), a breath in three timed steps, thank you.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from html import escape

import msgspec

from bot.channels import Arrival, Channel, Message
from bot.store.failures import StoreAway
from bot.store.pulls import Line, Pulled
from flows.turn import Button, Reply, Utterance

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
PLACES = ("Chest", "Belly", "Head")
SOS = (Button("SOS", "sos"),)
STALE = "That button belongs to an earlier question."


class Conversation:
    """Answers utterances with replies. One person, one conversation."""

    def __init__(self) -> None:
        self.open = 0
        self.marks: set[int] = set()

    def replies(self, said: Utterance) -> Iterator[Reply]:
        if said.press == "sos":
            yield Reply("acknowledge")
            yield Reply("say", "<b>Call 000.</b> Somebody answers day and night.", priority="safety", lasting=True)
        elif said.press is not None:
            yield from self._press(said.press, said.pushes)
        elif self.open == 0:
            yield Reply("say", "Hello. I am <b>Willow</b>, a programme &amp; a coach.")
            yield from self._how()
        elif self.open == 3:
            yield Reply("close", ask=3)
            yield Reply("say", f"You wrote: <i>{escape(said.text or '')}</i>")
            yield from self._breathe(said.pushes)
        else:
            yield Reply("say", "Please choose.")

    def _press(self, press: str, pushes: bool) -> Iterator[Reply]:
        number, _, what = press.partition(".")
        if number != str(self.open):
            yield Reply("acknowledge", STALE)
            return
        yield Reply("acknowledge")
        if self.open == 1:
            yield Reply("close", f"You chose: {('Calm', 'Tense')[int(what)]}", ask=1)
            yield self._where("ask")
        elif self.open == 2 and what[-1] in "+-":
            place = {int(what[:-1])}
            self.marks = self.marks | place if what[-1] == "+" else self.marks - place
            yield self._where("edit")
        elif self.open == 2:
            chosen = ", ".join(PLACES[mark] for mark in sorted(self.marks))
            yield Reply("close", f"You chose: {chosen}", ask=2)
            yield from self._what()
        elif self.open == 3:
            yield Reply("close", ask=3)
            yield from self._breathe(pushes)
        else:
            self.open = 5
            yield Reply("close", "You chose: Done", ask=4)
            yield Reply("say", "Thank you. Until tomorrow.")

    def _how(self) -> Iterator[Reply]:
        self.open = 1
        buttons = ((Button("Calm", "1.0", main=True), Button("Tense", "1.1")), SOS)
        yield Reply("ask", "How are you?", ask=1, buttons=buttons, lasting=True)

    def _where(self, kind: str) -> Reply:
        self.open = 2
        boxes = tuple(
            (Button(f"✓ {label}", f"2.{place}-") if place in self.marks else Button(label, f"2.{place}+"),)
            for place, label in enumerate(PLACES)
        )
        done = (Button("That is all", "2.done", main=True), Button("Skip", "2.skip"))
        return Reply(kind, "Where do you feel it?", ask=2, buttons=(*boxes, done), lasting=True)  # type: ignore[arg-type]

    def _what(self) -> Iterator[Reply]:
        self.open = 3
        yield Reply("ask", "What happened?", ask=3, buttons=((Button("Skip", "3.skip"),),), lasting=True)

    def _breathe(self, pushes: bool) -> Iterator[Reply]:
        self.open = 4
        steps = ("Breathe in.", "Breathe out.")
        if pushes:
            yield from (Reply("say", step, after=0.4 * (place + 1)) for place, step in enumerate(steps))
        else:
            yield Reply("say", "\n".join(steps))
        done = ((Button("Done", "4.done", main=True),),)
        yield Reply("ask", "Say when you are done.", ask=4, buttons=done, after=1.2 if pushes else 0, lasting=True)


class Pond:
    """Behind a page: takes arrivals, and hands out lines as `bot/store/pulls.py` does. `now` is its clock."""

    def __init__(self) -> None:
        self.now = lambda: START
        self.away = False
        self.arrivals: list[Arrival] = []
        self.lines: dict[str, list[Line]] = {}
        self.channel: Channel | None = None
        self._talks: dict[str, Conversation] = {}

    async def take(self, arrival: Arrival) -> None:
        if self.away:
            await self._help_without_a_row(arrival)
            raise StoreAway
        if arrival.update in {known.update for known in self.arrivals}:
            return
        self.arrivals.append(arrival)
        self._add(arrival, self._talks.setdefault(arrival.address, Conversation()).replies(arrival.utterance))

    async def pull(self, address: str) -> Pulled:
        if self.away:
            raise StoreAway
        lines = self.lines.get(address, [])
        waiting = [line.at for line in lines if line.at > self.now()]
        due = tuple(line for line in lines if line.at <= self.now())
        return Pulled(address in self._talks, due, min(waiting, default=None))

    def say(self, address: str, *replies: Reply) -> None:
        """Something said without being asked."""
        self._add(Arrival("browser", address, "due", Utterance(self.now(), trigger="check_in")), iter(replies))

    @property
    def said(self) -> list[str]:
        """What was typed, tapped or marked, in order."""
        return [arrival.utterance.text or arrival.utterance.press or "" for arrival in self.arrivals]

    def _add(self, arrival: Arrival, replies: Iterator[Reply]) -> None:
        lines = self.lines.setdefault(arrival.address, [])
        turn, now = len(self.arrivals), self.now()
        if arrival.utterance.text is not None:
            lines.append(Line(now, turn, -1, "typed", arrival.utterance.text, message=arrival.message))
        for reply in replies:
            if reply.kind == "close":
                lines[:] = [msgspec.structs.replace(each, open=each.open and each.ask != reply.ask) for each in lines]
            at = now + dt.timedelta(seconds=reply.after)
            opens = reply.kind == "ask"
            lines.append(Line(at, turn, len(lines), reply.kind, reply.text, reply.buttons, reply.ask, open=opens))

    async def _help_without_a_row(self, arrival: Arrival) -> None:
        if self.channel is not None:
            words = "I cannot remember right now. <b>Call 000.</b>"
            await self.channel.deliver(Message(0, "", arrival.channel, arrival.address, "say", words))
