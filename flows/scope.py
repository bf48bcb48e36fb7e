"""What a text or a guard sees: the slots of its frame, the words its part took, and the named values.

One Scope is made per visit of a node. Values are resolved when asked for, so a turn pays only for what it uses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal

import msgspec
from markupsafe import Markup

from flows.expressions import Guard, field, truth
from flows.flow import Scale
from flows.library import Library
from flows.machine import Bubble, Place, Spoken
from flows.named import NAMED
from flows.record import Frame, Record
from flows.routing import Sight
from flows.wording import Label, Text

Mode = Literal["value", "html", "plain"]


class Scope:
    """Names of one frame, as values (guards), as Telegram HTML or as plain text (choices become their labels)."""

    __slots__ = ("_bound", "_record", "frame", "frames", "index", "library", "now", "place")

    def __init__(
        self, library: Library, record: Callable[[], Record], frames: list[Frame], index: int, now: dt.datetime
    ) -> None:
        self.library, self._record, self.frames, self.index, self.now = library, record, frames, index, now
        self.frame = frames[index]
        self.place: Place = library.compiled.places[self.frame.state]
        self._bound: dict[str, Any] = {}

    @property
    def record(self) -> Record:
        return self._record()

    def bind(self, name: str, value: Any) -> Scope:
        """The same scope, in which `name` also stands for one element."""
        other = Scope(self.library, self._record, self.frames, self.index, self.now)
        other._bound = {**self._bound, name: value}
        return other

    def value(self, name: str) -> Any:
        return self._look(name, "value")

    def html(self, name: str) -> Any:
        return self._look(name, "html")

    def plain(self, name: str) -> Any:
        return self._look(name, "plain")

    def say(self, spoken: Spoken, variant: int = 0) -> str:
        """One text in the participant's language, as Telegram HTML."""
        return str(self._text(spoken, variant).html(self.html))

    def write(self, spoken: Spoken, variant: int = 0) -> str:
        """One text in the participant's language, as plain text."""
        return self._text(spoken, variant).plain(self.plain)

    def holds(self, guard: Guard | None) -> Any:
        return True if guard is None else guard.run(self.value)

    def bubbles(self, bubbles: tuple[Bubble, ...]) -> list[Bubble]:
        return [each for each in bubbles if each.when is None or truth(each.when.run(self.value))]

    def variants(self, spoken: Spoken) -> tuple[Text, ...]:
        return spoken.get(self.record.language) or spoken[next(iter(spoken))]

    def scale(self, name: str) -> Scale:
        """The scale a part was given under `name`; 0-10 if none."""
        said = self._given(name)
        return said if isinstance(said, Scale) else Scale(0, 10)

    def _text(self, spoken: Spoken, variant: int) -> Text:
        variants = self.variants(spoken)
        return variants[variant % len(variants)]

    def _look(self, name: str, mode: Mode) -> Any:
        if name in self._bound:
            return self._bound[name]
        place = self.place
        if place.node.call and name == place.node.call.element:
            elements = each_elements(self, place)
            return elements[self.frame.element] if 0 <= self.frame.element < len(elements) else None
        flow = place.flow
        if name in flow.slots:
            return self._slot(name, mode)
        if name in self.frame.slots:
            return self.frame.slots[name]
        if name in flow.takes:
            return self._take(name, mode)
        named = NAMED.get(name)
        if named is None:
            return None
        return named.value(
            Sight(self.library, self.record, self.now, self.frames[0].state.partition("@")[0], self._below())
        )

    def _below(self) -> str:
        runs = self.record.runs
        return runs[-2].flow if len(runs) > 1 else ""

    def _slot(self, name: str, mode: Mode) -> Any:
        value = self.frame.slots.get(name)
        slot = self.place.flow.slots[name]
        if slot.type == "pick" and value is not None:
            elements = self.path(slot.source)
            found = next(
                (each for each in elements if isinstance(each, dict) and str(each.get("id")) == str(value)), None
            )
            return found if found is not None or mode == "value" else value
        if mode == "value" or value is None or slot.type not in ("choice", "choices"):
            return value
        labels = self.library.labels(flow_key(self.frame.state), name)
        if slot.type == "choice":
            return self._label(labels, value)
        return [self._label(labels, each) for each in value]

    def path(self, source: str) -> Any:
        """A list by its name or path (`kept.name_it.situation`); an empty one if there is none."""
        head, *fields = source.split(".")
        value = self._look(head, "plain" if not fields else "value")
        for name in fields:
            value = field(value, name)
        return value or ()

    def _label(self, labels: dict[str, Spoken], name: str) -> str:
        return Label(self.write(labels[name]), name) if name in labels else str(name)

    def _given(self, name: str) -> Spoken | Guard | Scale | None:
        """What was passed under `name`: by the caller, or as the session's own words."""
        key = flow_key(self.frame.state)
        if self.index:
            caller = self.library.places[self.frames[self.index - 1].state]
            said = caller.given.get(name)
            if said is not None:
                return said
        return self.library.compiled.words[key].get(name)

    def _take(self, name: str, mode: Mode) -> Any:
        said = self._given(name)
        if said is None:
            return None
        if isinstance(said, Scale):
            return msgspec.structs.asdict(said)
        passed = self.index and name in self.library.places[self.frames[self.index - 1].state].given
        scope = Scope(self.library, self._record, self.frames, self.index - 1, self.now) if passed else self
        if isinstance(said, Guard):
            return scope.holds(said)
        return Markup(scope.say(said)) if mode == "html" else scope.write(said)  # noqa: S704


EACH = 7  # the first 7 of at most 20 elements: one sitting is no form to fill in


def each_elements(scope: Scope, place: Place) -> list[Any]:
    """The elements an `each` walks through: of a list, of marked choices, or written out with commas."""
    call = place.node.call
    if call is None:
        return []
    if "," in call.each:
        return [{"id": word.strip(), "text": word.strip()} for word in call.each.split(",")][:EACH]
    said = scope.path(call.each)
    return [each if isinstance(each, dict) else _element(each) for each in said][:EACH]


def _element(word: str) -> dict[str, Any]:
    """A marked choice as an element: its name is the id, its label the text."""
    return {"id": word.name if isinstance(word, Label) else word, "text": str(word)}


def flow_key(state: str) -> tuple[str, str]:
    """`flow@version:node` -> (flow, version)."""
    flow, _, rest = state.partition("@")
    return flow, rest.partition(":")[0]
