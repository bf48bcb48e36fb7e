"""A .chat file replayed: the person's deeds go through the engine, and what is said now is written beside them.

Time is the chat's own. `:later 3d` lives through what falls due on the way, as the service does. With `round_trip` the
record goes through JSON between turns, so that nothing lives on that would not be stored.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from flows import walk
from flows.agenda import Due, agenda
from flows.clinic import Clinic, Duty
from flows.draft import Draft
from flows.engine import respond
from flows.library import Library, with_clinic
from flows.record import Record, begin
from flows.transcript import Bubble, Chat, Deed, Exchange, TranscriptError, span
from flows.turn import Reply, Step, Turn, Utterance

BETWEEN = dt.timedelta(seconds=20)  # from one deed to the next
MOST_DUE = 200  # turns that one `:later` may set off
AGO = re.compile(r"-(\d+[mhdw])")
NOTES = {"&#39;": "'", "&#34;": '"', "&quot;": '"'}

Presets = Mapping[str, Mapping[str, Any]]


class Replay(msgspec.Struct, frozen=True):
    """The chat as it is said now, the nodes visited on the way, and the record at the end."""

    chat: Chat
    steps: tuple[Step, ...]
    record: Record


class _Player:
    """One participant living through one chat."""

    def __init__(self, chat: Chat, library: Library, presets: Presets, *, round_trip: bool) -> None:
        self.library, self.round_trip, self.seed = at_clinic(library, chat.clinic), round_trip, chat.seed
        self.now = chat.clock
        self.record = person(chat, presets)
        self.served: dict[tuple[str, str], dt.date] = {}
        self.buttons: list[tuple[str, str]] = []
        self.steps: list[Step] = []

    def begin_in(self, flow: str) -> tuple[Bubble, ...]:
        """The chat begins in a flow, as if something had led there."""
        if flow not in self.library.flows:
            raise TranscriptError(f"`begin {flow}`: there is no such flow on offer")
        draft = Draft(self.library, self.record, Utterance(self.now), self.now, self.seed)
        walk.begin(draft, flow)
        return self._take(draft.finish(cancels=False, signal=None))

    def live(self, deed: Deed) -> tuple[Bubble, ...]:
        if deed.act == "later":
            return self._wait(span(deed.words))
        self.now += BETWEEN
        return self._respond(self._utterance(deed))

    def _utterance(self, deed: Deed) -> Utterance:
        if deed.act == "tapped":
            return Utterance(self.now, press=self._press(deed))
        if deed.act == "media":
            return Utterance(self.now, media=deed.words)
        return Utterance(self.now, text=deed.words, edits="last" if deed.act == "edited" else "")

    def _press(self, deed: Deed) -> str:
        """What the button with this label sends, on the latest message that has it."""
        for label, press in reversed(self.buttons):
            if label.removeprefix("✓ ") == deed.words.removeprefix("✓ "):
                return press
        raise TranscriptError(f"line {deed.line}: no message has a button {deed.words!r}")

    def _wait(self, time: dt.timedelta) -> tuple[Bubble, ...]:
        """Let time pass; whatever falls due on the way happens when it is due."""
        until = self.now + time
        said: list[Bubble] = []
        for _ in range(MOST_DUE):
            due = self._next_due(until)
            if due is None:
                break
            self.now = max(self.now, due.due_at)
            self.served[due.kind, due.purpose] = due.day
            said += self._respond(Utterance(self.now, trigger=due.kind, subject=due.purpose))
        self.now = until
        return tuple(said)

    def _next_due(self, until: dt.datetime) -> Due | None:
        dues = [due for due in agenda(self.record, self.now, self.served) if due.due_at <= until]
        return min(dues, key=lambda due: due.due_at, default=None)

    def _respond(self, utterance: Utterance) -> tuple[Bubble, ...]:
        if self.round_trip:
            self.record = msgspec.json.decode(msgspec.json.encode(self.record), type=Record)
        return self._take(respond(self.library, self.record, utterance, self.now, self.seed + self.record.turns))

    def _take(self, turn: Turn) -> tuple[Bubble, ...]:
        self.record = turn.record
        self.steps += turn.steps
        for reply in turn.replies:
            self.buttons += [(button.label, button.press) for row in reply.buttons for button in row]
        return tuple(bubble for reply in turn.replies if (bubble := shown(reply)))


VERSION = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{10}\b")  # moves with every change of content, so chats do not write it


def shown(reply: Reply) -> Bubble | None:
    """What the person sees of a reply; closed keyboards and marks change an older message and are not written."""
    if reply.kind == "acknowledge":
        return Bubble(reply.text, note=True) if reply.text else None
    if reply.kind not in ("say", "ask"):
        return None
    text = reply.text
    for escaped, sign in NOTES.items():
        text = text.replace(escaped, sign)
    text = VERSION.sub("VERSION", text)
    return Bubble(text, tuple(tuple(button.label for button in row) for row in reply.buttons))


def at_clinic(library: Library, name: str) -> Library:
    """The library in the hands of a clinic of this name, open day and night, with one on-call chat."""
    if not name:
        return library
    clinic = Clinic(name, "555 0100", "Ask for the duty desk.", "UTC", (Duty("duty desk", "first"),), always=True)
    return with_clinic(library, clinic)


def person(chat: Chat, presets: Presets) -> Record:
    """The record a chat begins with. In a preset, `-3d` stands for a time three days before the chat's clock."""
    record = begin("chat", chat.language, chat.clock)
    if chat.preset == "new":
        return record
    if chat.preset not in presets:
        raise TranscriptError(f"`as {chat.preset}`: known are new, {', '.join(sorted(presets))}")
    fields = {**msgspec.to_builtins(record), **_dated(presets[chat.preset], chat.clock)}
    return msgspec.convert(fields, Record, strict=False)


def _dated(value: Any, clock: dt.datetime) -> Any:
    if isinstance(value, Mapping):
        return {key: _dated(each, clock) for key, each in value.items()}
    if isinstance(value, list):
        return [_dated(each, clock) for each in value]
    if isinstance(value, str) and (ago := AGO.fullmatch(value)):
        return (clock - span(ago[1])).isoformat()
    return value


def replay(chat: Chat, library: Library, presets: Presets, *, round_trip: bool) -> Replay:
    """The chat with what the engine says now. Raises TranscriptError where a deed is not possible."""
    player = _Player(chat, library, presets, round_trip=round_trip)
    exchanges: list[Exchange] = []
    if chat.begin:
        first = chat.exchanges[0] if chat.exchanges and chat.exchanges[0].deed is None else Exchange()
        exchanges.append(msgspec.structs.replace(first, said=player.begin_in(chat.begin)))
    for exchange in chat.exchanges:
        if exchange.deed:
            exchanges.append(msgspec.structs.replace(exchange, said=player.live(exchange.deed)))
        elif not exchange.said and exchange.comments:
            exchanges.append(exchange)
    return Replay(msgspec.structs.replace(chat, exchanges=tuple(exchanges)), tuple(player.steps), player.record)
