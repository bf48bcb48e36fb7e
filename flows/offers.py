"""Offers: buttons beside the open ask, with their own number. The ask stays open; what else is typed answers it."""

from __future__ import annotations

from collections.abc import Callable

from flows import aftercare, answers, back, commands, hiding, presenting, walk
from flows.draft import Draft
from flows.phrases import normal
from flows.record import Offer
from flows.turn import Button, Reply

LAST_NOTE = "day7"
LABELS = {
    "command": "command_label",
    "answer": "answer_label",
    "use": "edited_use",
    "keep": "edited_keep",
    "go_on": "go_on_label",
    "check_in": "check_in_label",
    "later": "later_label",
    "safe": "follow_up_safe_label",
    "want_help": "follow_up_help_label",
    "not_now": "follow_up_not_now_label",
    "hello": "follow_up_hello_label",
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
    name = _named(draft, standing, text) if standing else ""
    if standing is None or not name:
        return False
    _take(draft, standing, name)
    return True


def _named(draft: Draft, standing: Offer, text: str) -> str:
    """The option that the text is a label of, or empty."""
    phrases = draft.library.phrases_in(draft.record.language).phrases
    labels = {name: [normal(each.source) for each in phrases[LABELS[name]].variants] for name in standing.options}
    return next((name for name, meant in labels.items() if normal(text) in meant), "")


def answers_note(draft: Draft) -> bool:
    """The utterance answers a note after a hard time: that is read before anything else is asked."""
    standing, utterance = draft.record.offer, draft.utterance
    if standing is None or standing.kind != "follow_up":
        return False
    read = answers.read_press(utterance.press) if utterance.press else None
    return bool(read and read[0] == standing.number) or bool(_named(draft, standing, utterance.text or ""))


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


def _safe(draft: Draft, purpose: str) -> None:
    """Noted. At the last of the agreed notes it is asked once whether more shall come."""
    draft.note("follow_up_safe")
    draft.change(safety=aftercare.answered(draft.record.safety, draft.now))
    if purpose == LAST_NOTE and draft.run is None and draft.record.profile.monthly_notes != "on":
        walk.begin(draft, draft.library.programme.flows["follow_ups"])


def _want_help(draft: Draft, _purpose: str) -> None:
    walk.begin(draft, draft.library.programme.flows["sos"])


def _not_now(draft: Draft, _purpose: str) -> None:
    draft.note("follow_up_not_now")


def _hello(draft: Draft, _purpose: str) -> None:
    """Offered only where somebody else may read along: the neutral screen leads on."""
    hiding.hide(draft)


TAKE: dict[str, Callable[[Draft, str], None]] = {
    "command": _command,
    "answer": _answer,
    "use": _use,
    "keep": _keep,
    "go_on": _go_on,
    "check_in": _check_in,
    "later": _later,
    "safe": _safe,
    "want_help": _want_help,
    "not_now": _not_now,
    "hello": _hello,
}
