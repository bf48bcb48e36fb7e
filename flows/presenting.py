"""How a place speaks: its bubbles, its ask with the options as they are shown, and the same ask said again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from flows.draft import Draft
from flows.expressions import truth
from flows.flow import Scale
from flows.machine import Bubble, Place
from flows.reading import Shown
from flows.record import Asked
from flows.scope import Scope
from flows.turn import Button, Reply

RATING_ROW = 6  # 0-10 in two rows
LABEL = 24  # characters of a button's label
LABEL_ROW = 24  # characters of labels that still share a row
MARKED = "✓ "
BUTTONS = 11  # a wider scale than 0-10 is typed
replace = msgspec.structs.replace


def speak(draft: Draft, bubbles: tuple[Bubble, ...]) -> None:
    """Say the bubbles whose guard holds."""
    if not bubbles:
        return
    scope = draft.scope()
    for bubble in scope.bubbles(bubbles):
        draft.say(draft.pick(bubble, scope))


def ask(draft: Draft, again: bool = False, play: bool = False) -> None:
    """Say the open ask. Said again it keeps its number: the older keyboard closes and every copy acts once.

    A timed list is said with the first asking only, or when `play` wants it again.
    """
    place, scope = draft.place, draft.scope()
    shown = options(place, scope)
    earlier = draft.top.asked if again else None
    if earlier:
        draft.close(earlier.number)
    after = _timed(draft, place, scope) if place.timed and (play or not earlier) else 0.0
    asked = replace(
        earlier or Asked(draft.next_ask()),
        options=tuple(each.name for each in shown),
        at=draft.now,
        silence_at=_silence_at(draft, place),
        plays_until=draft.now + dt.timedelta(seconds=after) if after else None,
        variant=earlier.variant if earlier else draft.variant(place.question, scope),
    )
    draft.change_run(asked=asked)
    text = scope.say(place.question.spoken, asked.variant) or draft.phrase("unclear_timed")
    draft.replies.append(
        Reply(
            "ask",
            _with_scale(draft, text, scale_of(place, scope)),
            ask=asked.number,
            buttons=keyboard(draft, asked, shown),
            after=after,
            priority=draft.priority,
            lasting=True,
        )
    )


def _silence_at(draft: Draft, place: Place) -> dt.datetime | None:
    silence = place.node.ask.silence if place.node.ask else None
    return draft.now + dt.timedelta(minutes=silence.minutes) if silence else None


def _timed(draft: Draft, place: Place, scope: Scope) -> float:
    """The list of a timed node, with its offsets, or at once as one message where it cannot be timed."""
    bubbles = scope.bubbles(place.timed)
    if draft.record.profile.untimed == "yes" or not draft.utterance.pushes:
        draft.say("\n".join(draft.pick(each, scope) for each in bubbles))
        return 0.0
    for each in bubbles:
        draft.say(draft.pick(each, scope), after=float(each.at))
    return float(bubbles[-1].at + 2) if bubbles else 0.0


def _with_scale(draft: Draft, text: str, scale: Scale | None) -> str:
    if scale is None or not scale.low_word:
        return text
    ends = draft.phrase("scale", low=scale.low, low_word=scale.low_word, high=scale.high, high_word=scale.high_word)
    return f"{text}\n{ends}"


def scale_of(place: Place, scope: Scope) -> Scale | None:
    """The range of a rating or number ask: its own, or the one its part was given."""
    node_ask = place.node.ask
    if node_ask is None:
        return None
    return scope.scale(node_ask.scale_name) if node_ask.scale_name else node_ask.scale


def options(place: Place, scope: Scope, every: bool = False) -> tuple[Shown, ...]:
    """The options of an ask as shown now; with `every`, also list elements that have no button but may be typed."""
    node_ask = place.node.ask
    if node_ask is None:
        return ()
    if node_ask.type == "rating":
        scale = scale_of(place, scope) or Scale(0, 10)
        if scale.high - scale.low >= BUTTONS:
            return ()
        return tuple(Shown(str(value), str(value)) for value in range(scale.low, scale.high + 1))
    if node_ask.type == "text":
        said = ((f"ready{index}", scope.write(each).strip()) for index, each in enumerate(place.ready))
        return tuple(Shown(name, label) for name, label in said if label)  # one that says nothing now is left out
    fixed = [
        Shown(each.name, scope.write(place.labels[each.name]), each.synonyms)
        for each in node_ask.choices
        if _holds(place, scope, each.name)
    ]
    return (*_elements(place, scope, 100_000 if every else min(node_ask.limit, 6 - len(fixed))), *fixed)


def option(place: Place, scope: Scope, name: str) -> Shown | None:
    """One option by its name, if it is on offer now; an element of a list also if it has no button."""
    if name in place.labels:
        return Shown(name, scope.write(place.labels[name])) if _holds(place, scope, name) else None
    return next((each for each in options(place, scope, every=name.startswith("#")) if each.name == name), None)


def _holds(place: Place, scope: Scope, name: str) -> bool:
    return name not in place.guards or truth(scope.holds(place.guards[name]))


def _elements(place: Place, scope: Scope, limit: int) -> list[Shown]:
    node_ask = place.node.ask
    if place.source is None or node_ask is None:
        return []
    elements: list[Any] = list(scope.holds(place.source) or ())[: max(limit, 0)]
    labels = [_element_label(place, scope.bind(node_ask.element, each)) for each in elements]
    return [Shown(f"#{each['id']}", label, each.get("also", ())) for each, label in zip(elements, labels, strict=True)]


def _element_label(place: Place, scope: Scope) -> str:
    if place.element_label:
        return scope.write(place.element_label)
    element = scope.value(place.node.ask.element if place.node.ask else "")
    return str(element.get("title") or element.get("text") or "") if isinstance(element, dict) else str(element)


def keyboard(draft: Draft, asked: Asked, shown: tuple[Shown, ...]) -> tuple[tuple[Button, ...], ...]:
    """Rows of buttons: the options, Done for several marks, Skip where nothing is offered, SOS where wanted."""
    place = draft.place
    node_ask = place.node.ask
    if node_ask is None:
        return ()
    leading = node_ask.type == "choice" and node_ask.skip.allowed and not draft.is_safety()
    buttons = [_button(asked, index, each, node_ask.type, leading) for index, each in enumerate(shown)]
    rows = _rows(buttons, RATING_ROW if node_ask.type == "rating" else 2)
    last: list[Button] = []
    if node_ask.type in ("choices", "timed"):
        last.append(Button(_done(draft, place), f"{asked.number}.done", main=True))
    if (
        node_ask.skip.allowed
        and (not shown or node_ask.type == "text" or asked.unclear > 1)
        and node_ask.type != "timed"
    ):
        last.append(Button(draft.phrase("skip_label", html=False), f"{asked.number}.skip"))
    if last:
        rows.append(tuple(last))
    if node_ask.sos or (not draft.hides() and (asked.unclear > 1 or draft.record.safety.help_in_sight)):
        rows.append(draft.sos_row())
    return tuple(rows)


def _button(asked: Asked, index: int, shown: Shown, type_: str, leading: bool) -> Button:
    """An option as a button: cut to fit (typed, the whole label counts), with its mark and the mark it would set.

    The first one leads by its colour only where nothing is decided by it: never at a consent or in danger.
    """
    label = shown.label if len(shown.label) <= LABEL else f"{shown.label[: LABEL - 1].rstrip()}…"
    press = f"{asked.number}.{index}"
    if type_ != "choices":
        return Button(label, press, main=index == 0 and leading)
    marked = shown.name in asked.marks
    return Button(f"{MARKED if marked else ''}{label}", f"{press}{'-' if marked else '+'}")


def _done(draft: Draft, place: Place) -> str:
    return draft.scope().write(place.done) if place.done else draft.phrase("done_label", html=False)


def done_label(draft: Draft) -> str:
    return _done(draft, draft.place)


def _rows(buttons: list[Button], width: int) -> list[tuple[Button, ...]]:
    """Short labels share a row, long ones have their own: a thumb can hit each."""
    rows: list[tuple[Button, ...]] = []
    row: list[Button] = []
    for button in buttons:
        room = width == RATING_ROW or sum(len(each.label) for each in [*row, button]) <= LABEL_ROW
        if row and (len(row) == width or not room):
            rows.append(tuple(row))
            row = []
        row.append(button)
    return [*rows, tuple(row)] if row else rows
