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
    ask, _ = waiting
    place, scope = draft.place, draft.scope()
    shown = presenting.options(place, scope, every=bool(ask.source)) if ask.type in ("choice", "choices") else ()
    done = presenting.done_label(draft) if ask.type in ("timed", "choices") else ""
    return read(
        ask.type, text, shown, presenting.scale_of(place, scope), draft.library.phrases_in(draft.record.language), done
    )


def is_label(draft: Draft) -> bool:
    """The whole text is a label of the open choice, so that it leads where a tap on it would."""
    waiting = open_ask(draft)
    text = draft.utterance.text
    if waiting is None or not text or waiting[0].type not in ("choice", "choices") or not draft.utterance.seen:
        return False
    return normal(text) in [normal(each.label) for each in presenting.options(draft.place, draft.scope())]


def answer(draft: Draft, reading: Reading, label: str = "") -> None:
    """The open ask is answered: close its keyboard, keep the answer, go on."""
    waiting = open_ask(draft)
    if waiting is None:
        return
    ask, asked = waiting
    draft.reading = draft.reading or "answer"
    draft.close(asked.number, label)
    if ask.into:
        keeping.keep(draft, ask.into, reading.value)
    _go_on(draft, asked, "answer", reading.choice, _left_by(ask, reading))


def _left_by(ask: Ask, reading: Reading) -> str:
    """How the edge is called in the log: the choice, or only that there was an answer."""
    return reading.choice if ask.type == "choice" and reading.choice else "answer"


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
    _go_on(draft, asked, "skip", "", "skip")


def _go_on(draft: Draft, asked: Asked, trigger: str, choice: str, left_by: str) -> None:
    run = draft.top.id
    draft.change(last_answer=replace(asked, marks=(choice or left_by,)), unanswered=0)
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
    if what == "skip" and ask.skip.allowed:
        draft.acknowledge()
        skip(draft)
    elif what == "done" and ask.type == "timed":
        draft.acknowledge()
        answer(draft, Reading("answer", None, "done"), presenting.done_label(draft))
    elif what == "done" and ask.type == "choices":
        draft.acknowledge()
        _done_marking(draft, asked)
    elif what.isdecimal() and int(what) < len(asked.options):
        draft.acknowledge()
        _option(draft, ask, asked, asked.options[int(what)])
    else:
        return False
    return True


def _option(draft: Draft, ask: Ask, asked: Asked, name: str) -> None:
    if ask.type == "choices":
        _mark(draft, asked, name)
        return
    label = _label(draft, name)
    if ask.type == "rating":
        answer(draft, Reading("answer", int(name)), name)
    elif ask.type == "text":
        answer(draft, Reading("answer", label), label)
    else:
        answer(draft, Reading("answer", name.removeprefix("#"), name), label)


def _label(draft: Draft, name: str) -> str:
    if written := draft.place.labels.get(name):
        return draft.scope().write(written)
    shown = presenting.options(draft.place, draft.scope(), every=name.startswith("#"))
    return next((each.label for each in shown if each.name == name), name)


def _mark(draft: Draft, asked: Asked, name: str) -> None:
    """A press carries the wanted mark: the same message is edited, the number stays, only Done answers."""
    marks = tuple(each for each in asked.marks if each != name) if name in asked.marks else (*asked.marks, name)
    draft.reading = "mark"
    changed = replace(asked, marks=marks)
    draft.change_run(asked=changed)
    shown = _as_shown(draft, changed)
    scope = draft.scope()
    text = scope.say(draft.place.question.spoken)
    draft.replies.append(
        Reply("edit", text, ask=asked.number, buttons=presenting.keyboard(draft, changed, shown), lasting=True)
    )


def _as_shown(draft: Draft, asked: Asked) -> tuple[Shown, ...]:
    now = {each.name: each for each in presenting.options(draft.place, draft.scope(), every=True)}
    return tuple(now.get(name, Shown(name, name)) for name in asked.options)


def _done_marking(draft: Draft, asked: Asked) -> None:
    labels = [each.label for each in _as_shown(draft, asked) if each.name in asked.marks]
    answer(draft, Reading("answer", [name.removeprefix("#") for name in asked.marks]), ", ".join(labels))


def unclear(draft: Draft, reading: Reading) -> None:
    """Not understood: said once how to answer; the second time the words are taken as they are, with skip and help."""
    waiting = open_ask(draft)
    if waiting is None:
        return
    ask, asked = waiting
    draft.reading = "unclear"
    if ask.type == "timed" and draft.utterance.pushes and draft.record.profile.untimed != "yes":
        return  # it plays on; what was written is in the log
    draft.change_run(asked=replace(asked, unclear=asked.unclear + 1))
    if reading.kind == "too_long":
        draft.note("list_too_long" if ask.type == "list" else "text_too_long", limit=reading.value)
    elif asked.unclear:
        draft.note("unclear_again")
    else:
        scale = presenting.scale_of(draft.place, draft.scope())
        values: dict[str, Any] = {"low": scale.low, "high": scale.high} if scale else {}
        draft.note(f"unclear_{ask.type}", **values)
    presenting.ask(draft, again=True)


PRESS = re.compile(r"(\d{1,9})\.(\d{1,3}|done|skip)")


def read_press(press: str) -> tuple[int, str] | None:
    """`<ask number>.<choice index>`, `<ask number>.done`, `<ask number>.skip`; None for anything else."""
    match = PRESS.fullmatch(press)
    return (int(match[1]), match[2]) if match else None
