"""Offers: buttons beside the open ask, with their own number. The ask stays open; what else is typed answers it."""

from __future__ import annotations

from collections.abc import Callable

from flows import answers, back, commands, presenting, walk
from flows.draft import Draft
from flows.phrases import normal
from flows.record import Offer
from flows.turn import Button, Reply

LABELS = {
    "command": "command_label",
    "answer": "answer_label",
    "use": "edited_use",
    "keep": "edited_keep",
    "go_on": "go_on_label",
    "check_in": "check_in_label",
    "later": "later_label",
}


def offer(draft: Draft, kind: str, options: tuple[str, ...], key: str, words: str = "", word: str = "") -> None:
    """Say the phrase `key` with a button per option; an earlier offer is replaced."""
    withdraw(draft)
    number = draft.next_ask()
    buttons = tuple(
        (Button(draft.phrase(LABELS[name], html=False), f"{number}.{index}"),) for index, name in enumerate(options)
    )
    draft.change(offer=Offer(number, kind, options, words, draft.open_number))
    draft.replies.append(
        Reply("ask", draft.phrase(key, word=word), ask=number, buttons=buttons, priority=draft.priority, lasting=True)
    )


def pressed(draft: Draft, number: int, what: str) -> bool:
    """A press on the offer that stands; False if it is another's."""
    standing = draft.record.offer
    if standing is None or standing.number != number or not what.isdecimal() or int(what) >= len(standing.options):
        return False
    draft.acknowledge()
    _take(draft, standing, standing.options[int(what)])
    return True


def typed(draft: Draft, text: str) -> bool:
    """A typed label of the standing offer; anything else is not for it."""
    standing = draft.record.offer
    if standing is None:
        return False
    phrases = draft.library.phrases_in(draft.record.language).phrases
    for name in standing.options:
        if normal(text) in [normal(variant.source) for variant in phrases[LABELS[name]].variants]:
            _take(draft, standing, name)
            return True
    return False


def withdraw(draft: Draft) -> None:
    """The offer that stands closes quietly."""
    if draft.record.offer:
        draft.close(draft.record.offer.number)
        draft.change(offer=None)


def overtaken(draft: Draft) -> None:
    """At the end of a turn: an offer stands only beside the ask it was made beside."""
    if draft.record.offer and draft.record.offer.beside != draft.open_number:
        withdraw(draft)


def _take(draft: Draft, standing: Offer, name: str) -> None:
    draft.reading = f"offer {name}"
    draft.close(standing.number, draft.phrase(LABELS[name], html=False))
    draft.change(offer=None)
    TAKE[name](draft, standing.words)


def _command(draft: Draft, words: str) -> None:
    commands.run(draft, commands.command_of(draft, words) or "repeat")


def _answer(draft: Draft, words: str) -> None:
    answers.typed(draft, words)


def _use(draft: Draft, words: str) -> None:
    """The edited text takes the place of the answer: the turn is taken back and answered anew."""
    if not back.may_edit(draft):
        draft.note("edited_gone")
        walk.resume(draft)
        return
    walk.close_open(draft)
    back.undo(draft)
    said = len(draft.replies)
    presenting.ask(draft)
    del draft.replies[said:]
    answers.typed(draft, words)


def _keep(draft: Draft, _words: str) -> None:
    draft.note("edited_kept")
    walk.resume(draft)


def _go_on(draft: Draft, _words: str) -> None:
    walk.resume(draft)


def _check_in(draft: Draft, _words: str) -> None:
    walk.begin(draft, draft.library.programme.flows["check_in"])


def _later(draft: Draft, _words: str) -> None:
    draft.note("later_done")


TAKE: dict[str, Callable[[Draft, str], None]] = {
    "command": _command,
    "answer": _answer,
    "use": _use,
    "keep": _keep,
    "go_on": _go_on,
    "check_in": _check_in,
    "later": _later,
}
