"""The global words (`COMMANDS` in `phrases.py`), in every node by this one rule.

They count only as the whole utterance or a line of their own. Where a text is awaited all but sos, help and stop are
asked about first; a slash says that a command is meant.
"""

from __future__ import annotations

from collections.abc import Callable

from flows import answers, hiding, presenting, walk
from flows.back import go_back
from flows.core import CORE
from flows.draft import Draft
from flows.machine import Place
from flows.phrases import ALWAYS, normal

ROLES = {name: name for name in ("sos", "help", "menu", "stop", "pause", "settings", "access")}  # screens on top
ROLES["plan"] = "safety_plan"


def command_of(draft: Draft, line: str) -> str:
    """The global word that this line is, or empty. All loaded languages count; for help and stop all of the core."""
    word = normal(line).removeprefix("/").partition("@")[0]
    for phrases in draft.library.phrases.values():
        if word in phrases.commands:
            return phrases.commands[word]
    return CORE.command(word)


def is_slash(line: str) -> bool:
    return line.strip().startswith("/")


def first_command(draft: Draft, lines: list[str]) -> tuple[str, str]:
    """(command, line): sos, help or stop on any line wins; else a line that answers, and then any other command."""
    found = [each for line in lines if (each := (command_of(draft, line), line))[0]]
    always = [each for each in found if each[0] in ALWAYS]
    if always:
        return min(always, key=lambda each: ALWAYS.index(each[0]))
    if not found or (len(lines) > 1 and answers.can_read(draft, lines)):
        return "", ""
    return found[0]


def means_a_label(draft: Draft, line: str) -> bool:
    """The word is also a label of the open ask; then the label is meant."""
    waiting = answers.open_ask(draft)
    if waiting is None or waiting[0].type not in ("choice", "choices") or is_slash(line):
        return False
    return any(normal(each.label) == normal(line) for each in presenting.options(draft.place, draft.scope()))


def run(draft: Draft, command: str) -> None:
    """Do what a global word says."""
    draft.reading = command
    if hiding.hidden(draft) and command not in hiding.OPEN:
        hiding.stay(draft)
    elif command == hiding.ROLE:
        hiding.hide(draft)
    elif command in ROLES:
        _screen(draft, ROLES[command])
    else:
        DO[command](draft)


def _screen(draft: Draft, role: str) -> None:
    """A digression: its flow on top of whatever waits. No screen waits beneath a screen."""
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
    presenting.ask(draft, again=True, play=True)


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
    elif _can_be_short(draft, root):
        _to_short_form(draft, root)
    else:
        draft.note("shorter_none")
        presenting.ask(draft, again=True)


def _can_be_short(draft: Draft, root: Place) -> bool:
    """A session that has a short form, is not in it, and has not begun its exercise."""
    begins = root.flow.nodes.get(root.flow.short_start)
    return begins is not None and not draft.top.started_do and root.node.piece != begins.piece


def _to_short_form(draft: Draft, root: Place) -> None:
    walk.close_open(draft)
    draft.change_run(frames=draft.top.frames[:1], asked=None)
    draft.change_frame(state=f"{root.flow.name}@{root.flow.version}:{root.flow.short_start}", element=-1)
    walk.walk(draft)


def _why(draft: Draft) -> None:
    """In plain words: the session, the step, the version and the source behind the last message."""
    said, places = draft.record.said, draft.library.places
    place, root = places.get(said.state), places.get(said.root)
    if said.reminder:
        draft.note("why_reminder", version=draft.library.hash)
    elif place is None or root is None:
        draft.note("why_nothing")
    else:
        draft.note(
            "why",
            title=root.flow.title,
            step=place.node.name.replace("_", " "),
            version=root.flow.version,
            source=place.flow.source or root.flow.source,
            unsigned="" if root.flow.sign_off.name else draft.phrase("unsigned"),
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
