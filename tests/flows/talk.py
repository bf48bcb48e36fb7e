"""A conversation for tests: type, tap by label, let time pass, and look at what was said."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import msgspec

from flows import Library, Record, Turn, Utterance, begin, load_library, respond, walk
from flows.draft import Draft
from flows.record import Consent

SMALL = Path(__file__).parent / "small"
START = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)


class Talk:
    """One participant and a library; keeps the record, the last turn and every button ever shown."""

    def __init__(self, library: Library, record: Record | None = None, now: dt.datetime = START) -> None:
        self.library, self.now = library, now
        self.record = record or begin("p1", "en", now)
        self.turn: Turn | None = None
        self.buttons: list[tuple[str, str]] = []
        self.round_trip = True

    def take(self, utterance: Utterance) -> Turn:
        if self.round_trip:
            self.record = msgspec.json.decode(msgspec.json.encode(self.record), type=Record)
        return self.heard(respond(self.library, self.record, utterance, self.now, seed=self.record.turns))

    def heard(self, turn: Turn) -> Turn:
        self.record, self.turn = turn.record, turn
        for reply in turn.replies:
            self.buttons += [(each.label, each.press) for row in reply.buttons for each in row]
        self.now += dt.timedelta(seconds=20)
        return turn

    def say(self, text: str, **fields: object) -> Turn:
        return self.take(msgspec.convert({"at": self.now, "text": text, **fields}, Utterance))

    def tap(self, label: str) -> Turn:
        press = next(press for each, press in reversed(self.buttons) if each.removeprefix("✓ ") == label)
        return self.take(Utterance(self.now, press=press))

    def press(self, press: str) -> Turn:
        return self.take(Utterance(self.now, press=press))

    def due(self, trigger: str, later: dt.timedelta = dt.timedelta()) -> Turn:
        self.now += later
        return self.take(msgspec.convert({"at": self.now, "trigger": trigger}, Utterance))

    def later(self, **delta: int) -> Talk:
        self.now += dt.timedelta(**delta)
        return self

    @property
    def said(self) -> list[str]:
        return [each.text for each in (self.turn.replies if self.turn else ()) if each.kind in ("say", "ask")]

    @property
    def labels(self) -> list[str]:
        """The labels of the buttons that the last turn showed."""
        return [
            each.label for reply in (self.turn.replies if self.turn else ()) for row in reply.buttons for each in row
        ]

    @property
    def closed(self) -> list[int]:
        """The asks whose keyboards the last turn closed."""
        return [reply.ask for reply in (self.turn.replies if self.turn else ()) if reply.kind == "close"]

    @property
    def slots(self) -> dict[str, object]:
        """The slots of the flow on top, not of a part within it."""
        return self.record.runs[-1].frames[0].slots

    @property
    def place(self) -> str:
        """`flow:node` of the ask that is open."""
        if not self.record.runs:
            return ""
        state = self.record.runs[-1].frames[-1].state
        return f"{state.partition('@')[0]}:{state.rpartition(':')[2]}"


def small_library() -> Library:
    library, problems = load_library(SMALL)
    assert library is not None, [str(each) for each in problems]
    return library


def to(talk: Talk, *steps: str) -> Talk:
    """Walk on: `=Label` taps, anything else is typed."""
    for step in steps:
        talk.tap(step[1:]) if step.startswith("=") else talk.say(step)
    return talk


def yard_library(folder: Path) -> Library:
    """The small library with one flow more, `rules/yard.yaml`: what the rules need and the small talk has not."""
    shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    shutil.copy(Path(__file__).parent / "rules" / "yard.yaml", folder / "screens" / "yard.yaml")
    library, problems = load_library(folder)
    assert library is not None, [str(each) for each in problems]
    assert "yard" in library.flows, [str(each) for each in problems]
    return library


def enter(talk: Talk, flow: str) -> Talk:
    """Something leads into this flow."""
    record = msgspec.structs.replace(talk.record, turns=talk.record.turns + 1)
    draft = Draft(talk.library, record, Utterance(talk.now), talk.now, 0)
    walk.begin(draft, flow)
    talk.heard(draft.finish(cancels=False, signal=None))
    return talk


def consented(talk: Talk) -> Talk:
    """A participant who has agreed that words are kept, and whose first talk is over."""
    given = Consent(True, "v", "en", talk.now)
    talk.record = msgspec.structs.replace(talk.record, consents={"processing": given}, asks=1, last_utterance=talk.now)
    return talk
