"""A turn in the making: the one mutable thing of the engine, thrown away when the Turn is made.

It holds the record as it is becoming, what is to be said, and what was established. Frozen values go in and come out.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from flows.library import Library
from flows.machine import Bubble, Place
from flows.record import WORDING, Frame, LastSaid, Record, Run
from flows.scope import Scope
from flows.turn import Alert, Answer, Button, Reply, RunFact, Step, Turn, Utterance
from flows.wording import choose

replace = msgspec.structs.replace
PROACTIVE = ("check_in", "practice", "return", "follow_up", "plan_review")  # what comes without being asked for


class Draft:
    """What one turn is gathering. `moved` says that the person's place or an answer changed."""

    def __init__(self, library: Library, record: Record, utterance: Utterance, now: dt.datetime, seed: int) -> None:
        self.library, self.record, self.utterance, self.now, self.seed = library, record, utterance, now, seed
        self.places = library.compiled.places
        self.before = record
        self.replies: list[Reply] = []
        self.steps: list[Step] = []
        self.answers: list[Answer] = []
        self.facts: list[RunFact] = []
        self.reading = ""
        self.safety_step = ""
        self.alert: Alert | None = None
        self.false_alarm: tuple[str, ...] = ()
        self.wall = False
        self.taken_back: list[int] = []
        self.answered = False
        self.spoke: tuple[Frame, ...] = ()  # the place whose words were said last
        self.born = 0

    # --- the run on top ------------------------------------------------------------------------------------------

    @property
    def run(self) -> Run | None:
        return self.record.runs[-1] if self.record.runs else None

    @property
    def top(self) -> Run:
        return self.record.runs[-1]

    @property
    def open_number(self) -> int:
        """The number of the ask that waits on top; 0 if none does."""
        return self.top.asked.number if self.run and self.top.asked else 0

    def change(self, **fields: Any) -> None:
        self.record = replace(self.record, **fields)

    def change_run(self, **fields: Any) -> None:
        """What changes a run is its person's doing: it is no longer left."""
        runs = self.record.runs
        self.record = replace(self.record, runs=(*runs[:-1], replace(runs[-1], last=self.now, left=False, **fields)))

    def change_frame(self, **fields: Any) -> None:
        frames = self.record.runs[-1].frames
        self.change_run(frames=(*frames[:-1], replace(frames[-1], **fields)))

    @property
    def place(self) -> Place:
        return self.places[self.record.runs[-1].frames[-1].state]

    def scope(self) -> Scope:
        frames = list(self.record.runs[-1].frames)
        return Scope(self.library, lambda: self.record, frames, len(frames) - 1, self.now)

    def root_kind(self) -> str:
        return self.places[self.record.runs[-1].frames[0].state].flow.kind

    def is_safety(self) -> bool:
        runs = self.record.runs
        return bool(runs) and self.places[runs[-1].frames[0].state].flow.kind == "safety"

    def hides(self) -> bool:
        """The neutral screen is what is seen now."""
        return bool(self.record.runs) and self.record.runs[-1].flow == self.library.programme.flows.get("hide")

    # --- saying --------------------------------------------------------------------------------------------------

    def say(self, text: str, after: float = 0.0, lasting: bool = False) -> None:
        if text.strip():
            self.replies.append(
                Reply("say", text, after=after, priority=self.priority, lasting=lasting or self.is_safety())
            )

    @property
    def priority(self) -> Any:
        if self.is_safety():
            return "safety"
        return "reminder" if self.utterance.trigger in PROACTIVE else "talk"

    def pick(self, bubble: Bubble, scope: Scope) -> str:
        """The bubble in the participant's language; variants do not repeat until all were used."""
        return scope.say(bubble.spoken, self.variant(bubble, scope))

    def variant(self, bubble: Bubble, scope: Scope) -> int:
        """Which of its wordings the bubble is said in now."""
        self.spoke = self.top.frames
        return self._variant(bubble.key, len(scope.variants(bubble.spoken)))

    def phrase(self, key: str, html: bool = True, **values: Any) -> str:
        """One of the engine's own phrases; values are escaped in HTML."""
        variants = self.library.phrases_in(self.record.language).phrases[key].variants
        text = variants[self._variant(f"phrase:{key}", len(variants))]
        return str(text.html(values.get)) if html else text.plain(values.get)

    def note(self, key: str, **values: Any) -> None:
        self.say(self.phrase(key, **values))

    def _variant(self, key: str, count: int) -> int:
        if count <= 1:
            return 0
        index, used = choose(count, self.record.wording.get(key, 0), self.seed, key)
        wording = dict(self.record.wording)
        wording.pop(key, None)  # what was used last stands last
        wording[key] = used
        self.change(wording=wording if len(wording) <= WORDING else dict([*wording.items()][-WORDING:]))
        return index

    def acknowledge(self, text: str = "") -> None:
        if self.utterance.press is not None:
            self.replies.insert(0, Reply("acknowledge", text, priority="safety" if self.is_safety() else "talk"))

    def close(self, number: int, label: str = "") -> None:
        """The keyboard of an ask closes, once: into what was tapped, or just away when the answer was typed."""
        if not any(reply.kind == "close" and reply.ask == number for reply in self.replies):
            text = self.phrase("chose", label=label) if label else ""
            self.replies.append(Reply("close", text, ask=number))

    # --- numbers and ids -----------------------------------------------------------------------------------------

    def next_ask(self) -> int:
        self.change(asks=self.record.asks + 1)
        return self.record.asks

    def new_id(self, kind: str) -> str:
        """Unique per participant: the kind's letter, the turn, a count within it."""
        self.born += 1
        return f"{kind[0]}{self.record.turns}.{self.born}"

    def sos_row(self) -> tuple[Button, ...]:
        return (Button(self.phrase("sos_label", html=False), "sos"),)

    def finish(self, cancels: bool, signal: Any) -> Turn:
        spoken = [reply for reply in self.replies if reply.kind in ("say", "ask")]
        if spoken:
            ask_last = spoken[-1].kind == "ask" and spoken[-1].ask == self.open_number
            said = replace(self.record.said, ask_last=ask_last)
            if self.spoke:
                said = LastSaid(self.spoke[-1].state, self.spoke[0].state, ask_last=ask_last)
            elif self.utterance.trigger:
                said = LastSaid(reminder=True, ask_last=ask_last)
            self.change(said=said)
        return Turn(
            record=self.record,
            replies=tuple(self.replies),
            cancels=cancels,
            reading=self.reading,
            answered=self.answered,
            steps=tuple(self.steps),
            answers=tuple(self.answers),
            runs=tuple(self.facts),
            signal=signal,
            safety_step=self.safety_step,
            false_alarm=self.false_alarm,
            alert=self.alert,
            taken_back=tuple(self.taken_back),
        )
