"""The global words: sos help menu stop pause back skip repeat shorter why settings, in every node by this one rule.

They count only as the whole utterance or a line of their own. Where a text is awaited all but sos, help and stop are
asked about first; a slash says that a command is meant.
"""

from __future__ import annotations

from collections.abc import Callable

from flows import answers, presenting, walk
from flows.back import go_back
from flows.draft import Draft
from flows.phrases import ALWAYS, normal

ROLES = {"sos": "sos", "help": "help", "menu": "menu", "stop": "stop", "pause": "pause", "settings": "settings"}


def command_of(draft: Draft, line: str) -> str:
    """The global word that this line is, or empty. All loaded languages count."""
    word = normal(line).removeprefix("/").partition("@")[0]
    for phrases in draft.library.phrases.values():
        if word in phrases.commands:
            return phrases.commands[word]
    return ""


def is_slash(line: str) -> bool:
    return line.strip().startswith("/")


def first_command(draft: Draft, lines: list[str]) -> tuple[str, str]:
    """(command, line): sos, help or stop on any line wins; else a command that is the whole utterance."""
    found = [(command_of(draft, line), line) for line in lines]
    always = [each for each in found if each[0] in ALWAYS]
    ordered = sorted(always, key=lambda each: ALWAYS.index(each[0]))
    if ordered:
        return ordered[0]
    return found[0] if len(found) == 1 and found[0][0] else ("", "")


def means_a_label(draft: Draft, line: str) -> bool:
    """The word is also a label of the open ask; then the label is meant."""
    waiting = answers.open_ask(draft)
    if waiting is None or waiting[0].type not in ("choice", "choices") or is_slash(line):
        return False
    return any(normal(each.label) == normal(line) for each in presenting.options(draft.place, draft.scope()))


def run(draft: Draft, command: str) -> None:
    """Do what a global word says."""
    draft.reading = command
    if command in ROLES:
        _screen(draft, ROLES[command])
    else:
        DO[command](draft)


def _screen(draft: Draft, role: str) -> None:
    """A digression: its flow on top of whatever waits. No screen waits beneath a screen."""
    if draft.run and draft.top.asked and draft.top.flow != draft.library.programme.flows[role]:
        draft.close(draft.top.asked.number)
    while draft.run and draft.root_kind() == "screen":
        walk.leave_run(draft)
    walk.begin(draft, draft.library.programme.flows[role])


def _skip(draft: Draft) -> None:
    answers.skip(draft) if answers.open_ask(draft) else _idle(draft)


def _repeat(draft: Draft) -> None:
    if not answers.open_ask(draft):
        _idle(draft)
        return
    presenting.speak(draft, draft.place.say)
    presenting.ask(draft, again=True)


def _shorter(draft: Draft) -> None:
    """The node's shorter words, or the session's three-minute version while its exercise has not begun."""
    if not answers.open_ask(draft):
        _idle(draft)
        return
    place = draft.place
    root = draft.library.places[draft.top.frames[0].state]
    if place.short:
        presenting.speak(draft, place.short)
        presenting.ask(draft, again=True)
    elif root.flow.short_start and not draft.top.short and root.node.hole != "do":
        _to_short_form(draft)
    else:
        draft.note("shorter_none")
        presenting.ask(draft, again=True)


def _to_short_form(draft: Draft) -> None:
    root = draft.library.places[draft.top.frames[0].state]
    if draft.top.asked:
        draft.close(draft.top.asked.number)
    draft.change_run(frames=draft.top.frames[:1], asked=None, short=True)
    draft.change_frame(state=f"{root.flow.name}@{root.flow.version}:{root.flow.short_start}", element=-1)
    walk.walk(draft)


def _why(draft: Draft) -> None:
    """In plain words: the session, the step, the version and the source behind the last message."""
    state = draft.record.said.state
    place = draft.library.places.get(state)
    if place is None:
        draft.note("why_nothing")
    else:
        root = draft.library.places[draft.top.frames[0].state].flow if draft.run else place.flow
        unsigned = "" if root.sign_off.name else draft.phrase("unsigned")
        source = place.flow.source or root.source
        draft.note(
            "why",
            title=root.title,
            step=place.node.name.replace("_", " "),
            version=root.version,
            source=source,
            unsigned=unsigned,
        )
    walk.resume(draft)


def _idle(draft: Draft) -> None:
    walk.begin(draft, draft.library.programme.flows["home"])


DO: dict[str, Callable[[Draft], None]] = {
    "back": go_back,
    "skip": _skip,
    "repeat": _repeat,
    "shorter": _shorter,
    "why": _why,
}
