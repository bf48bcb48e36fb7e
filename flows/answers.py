"""What an utterance does at the open ask: answered, marked, skipped, not understood, or only taken note of."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from flows import keeping, presenting, walk
from flows.draft import Draft
from flows.flow import Ask
from flows.phrases import normal
from flows.reading import Reading, Shown, read
from flows.record import Asked
from flows.turn import Reply

replace = msgspec.structs.replace


def open_ask(draft: Draft) -> tuple[Ask, Asked] | None:
    """The ask that waits on top, if one does."""
    if draft.run is None or draft.top.asked is None or draft.place.node.ask is None:
        return None
    return draft.place.node.ask, draft.top.asked


def typed(draft: Draft, text: str) -> None:
    """Texts that waited together are read line by line; a text or list ask takes the whole."""
    waiting = open_ask(draft)
    if waiting is None:
        return
    ask, _ = waiting
    lines = [text] if ask.type in ("text", "list") else [line for line in text.splitlines() if line.strip()]
    if ask.type == "choices" and any(normal(line) == normal(presenting.done_label(draft)) for line in lines):
        _done_marking(draft, waiting[1])
        return
    readings = [read_here(draft, line) for line in lines]
    found = next((each for each in readings if each.kind == "answer"), None)
    if found is not None:
        answer(draft, found)
    else:
        unclear(draft, next((each for each in readings if each.kind == "too_long"), Reading("unclear")))


def read_here(draft: Draft, text: str) -> Reading:
    waiting = open_ask(draft)
    if waiting is None:
        return Reading("unclear")
    ask, asked = waiting
    place, scope = draft.place, draft.scope()
    shown = _readable(draft, ask, asked) if ask.type in ("choice", "choices") else ()
    done = presenting.done_label(draft) if ask.type in ("timed", "choices") else ""
    return read(
        ask.type, text, shown, presenting.scale_of(place, scope), draft.library.phrases_in(draft.record.language), done
    )


def can_read(draft: Draft, lines: list[str]) -> bool:
    """Whether the open ask takes one of these lines for an answer."""
    return any(read_here(draft, line).kind == "answer" for line in lines)


def _readable(draft: Draft, ask: Ask, asked: Asked) -> tuple[Shown, ...]:
    """The options at the numbers they were shown with, as far as they are still on offer; then what has no button."""
    now = _on_offer(draft, every=bool(ask.source))
    there = [now.get(name) or Shown("", "", button=False) for name in asked.options]
    more = [replace(each, button=False) for name, each in now.items() if name not in asked.options]
    return (*there, *more)


def _on_offer(draft: Draft, every: bool) -> dict[str, Shown]:
    return {each.name: each for each in presenting.options(draft.place, draft.scope(), every=every)}


def is_label(draft: Draft) -> bool:
    """The whole text is a label of the open choice, so that it leads where a tap on it would; of `choices`, several."""
    waiting = open_ask(draft)
    text = draft.utterance.text
    if waiting is None or not text or waiting[0].type not in ("choice", "choices") or not draft.utterance.seen:
        return False
    labels = {normal(each.label) for each in presenting.options(draft.place, draft.scope())}
    several = text.split(",") if waiting[0].type == "choices" else []
    return normal(text) in labels or (len(several) > 1 and all(normal(each) in labels for each in several))


def answer(draft: Draft, reading: Reading, label: str = "", option: str = "") -> None:
    """The open ask is answered: close its keyboard, keep the answer, go on. `option` is the button that was tapped."""
    waiting = open_ask(draft)
    if waiting is None:
        return
    ask, asked = waiting
    draft.reading = draft.reading or "answer"
    draft.close(asked.number, label)
    if ask.into:
        keeping.keep(draft, ask.into, reading.value)
    left_by = reading.choice if ask.type == "choice" and reading.choice else "answer"
    meant = option or reading.choice or (str(reading.value) if ask.type == "rating" else left_by)
    draft.change(last_answer=replace(asked, marks=(meant,)))
    _go_on(draft, "answer", reading.choice, left_by)


def skip(draft: Draft) -> None:
    """Every ask can be skipped, save those that say why not; the slot stays empty unless the ask names a value."""
    waiting = open_ask(draft)
    if waiting is None:
        return
    ask, asked = waiting
    if not ask.skip.allowed:
        draft.note("skip_refused", reason=ask.skip.reason)
        presenting.ask(draft, again=True)
        return
    draft.reading = "skip"
    draft.close(asked.number)
    if ask.skip.value and ask.into:
        numeric = ask.type in ("rating", "number")
        keeping.keep(draft, ask.into, int(ask.skip.value) if numeric else ask.skip.value)
    elif ask.into in draft.place.flow.slots:
        slots = {name: value for name, value in draft.top.frames[-1].slots.items() if name != ask.into}
        draft.change_frame(slots=slots)
    draft.change(last_answer=replace(asked, marks=("skip",)))
    _go_on(draft, "skip", "", "skip")


def _go_on(draft: Draft, trigger: str, choice: str, left_by: str) -> None:
    """Leave the node by its answer, whose type is in the log by its choice or only as `answer`."""
    run = draft.top.id
    draft.answered = True
    draft.change_run(asked=None)
    walk.leave(draft, trigger, choice=choice, left_by=left_by)
    if draft.run is not None and draft.top.id == run:
        walk.walk(draft)


def pressed(draft: Draft, number: int, what: str) -> bool:
    """A press on the open ask. False when it is not the open ask's, or names an option that was not shown."""
    waiting = open_ask(draft)
    if waiting is None or waiting[1].number != number:
        return False
    ask, asked = waiting
    if what == "skip":
        draft.acknowledge()
        skip(draft)
    elif what == "done" and ask.type == "timed":
        draft.acknowledge()
        answer(draft, Reading("answer", None, "done"), presenting.done_label(draft))
    elif what == "done" and ask.type == "choices":
        draft.acknowledge()
        _done_marking(draft, asked)
    elif (name := _named(asked, what)) and (what[-1] in "+-") is (ask.type == "choices"):
        _option(draft, ask, asked, name, wanted=what[-1] == "+")
    else:
        return False
    return True


def _named(asked: Asked, what: str) -> str:
    """The option that a press names, as it was shown; empty if it names none."""
    index = what.rstrip("+-")
    return asked.options[int(index)] if index.isdecimal() and int(index) < len(asked.options) else ""


def repeats(last: Asked | None, number: int, what: str) -> bool:
    """A press that repeats the answer just given, however that was given."""
    return last is not None and last.number == number and (_named(last, what) or what) in last.marks


def _option(draft: Draft, ask: Ask, asked: Asked, name: str, wanted: bool) -> None:
    option = presenting.option(draft.place, draft.scope(), name)
    if option is None:  # its condition has turned, or its element is gone, since it was shown
        draft.reading = "stale press"
        draft.acknowledge(draft.phrase("stale_press", html=False))
        presenting.ask(draft, again=True)
        return
    draft.acknowledge()
    if ask.type == "choices":
        _mark(draft, asked, name, wanted)
    elif ask.type == "rating":
        answer(draft, Reading("answer", int(name)), name, name)
    elif ask.type == "text":
        answer(draft, Reading("answer", option.label), option.label, name)
    else:
        answer(draft, Reading("answer", name.removeprefix("#"), name), option.label, name)


def _mark(draft: Draft, asked: Asked, name: str, wanted: bool) -> None:
    """A press carries the wanted mark: the same message is edited, the number stays, only Done answers."""
    marks = tuple(each for each in asked.options if (wanted if each == name else each in asked.marks))
    draft.reading = "mark"
    changed = replace(asked, marks=marks)
    draft.change_run(asked=changed)
    shown = _as_shown(draft, changed)
    scope = draft.scope()
    text = scope.say(draft.place.question.spoken, changed.variant)
    draft.replies.append(
        Reply("edit", text, ask=asked.number, buttons=presenting.keyboard(draft, changed, shown), lasting=True)
    )


def _as_shown(draft: Draft, asked: Asked) -> tuple[Shown, ...]:
    now = _on_offer(draft, every=True)
    return tuple(now.get(name, Shown(name, name)) for name in asked.options)


def _done_marking(draft: Draft, asked: Asked) -> None:
    labels = [each.label for each in _as_shown(draft, asked) if each.name in asked.marks]
    answer(draft, Reading("answer", [name.removeprefix("#") for name in asked.marks]), ", ".join(labels), "done")


def unclear(draft: Draft, reading: Reading) -> None:
    """Not understood: said once how to answer; the second time the words are taken as they are, with skip and help.

    In danger one short sentence, always the same: help stands right under it.
    """
    waiting = open_ask(draft)
    if waiting is None:
        return
    ask, asked = waiting
    draft.reading = "unclear"
    if asked.plays_until and draft.now < asked.plays_until:
        return  # it plays on; what was written is in the log
    draft.change_run(asked=replace(asked, unclear=asked.unclear + 1))
    if reading.kind == "too_long":
        draft.note("list_too_long" if ask.type == "list" else "text_too_long", limit=reading.value)
    elif draft.is_safety():
        draft.note("unclear_safety")
    elif asked.unclear:
        draft.note("unclear_again")
    else:
        scale = presenting.scale_of(draft.place, draft.scope())
        values: dict[str, Any] = {"low": scale.low, "high": scale.high} if scale else {}
        draft.note(f"unclear_{ask.type}", **values)
    presenting.ask(draft, again=True)


PRESS = re.compile(r"(\d{1,9})\.(\d{1,3}[+-]?|done|skip)")


def read_press(press: str) -> tuple[int, str] | None:
    """The number of the ask and what of it: an index (with the wanted mark), `done`, `skip`; None for anything else."""
    match = PRESS.fullmatch(press)
    return (int(match[1]), match[2]) if match else None
