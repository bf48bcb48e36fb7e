"""One utterance in, one Turn out. Pure: same library, record, utterance, `now` and seed give the same bytes.

`respond` reads as what happens: look for danger first; then what fell due, what was tapped, what was typed.
"""

from __future__ import annotations

import datetime as dt

import msgspec
from markupsafe import escape

from flows import answers, back, commands, danger, hiding, keeping, offers, presenting, re_entry, triggers, walk
from flows.back import write_journal
from flows.draft import Draft
from flows.library import Library
from flows.phrases import ALWAYS
from flows.record import Record, Run, begin
from flows.room import fit
from flows.routing import Sight, helplines_now
from flows.safety import Signal, screen
from flows.turn import Reply, RunFact, Turn, Utterance

__all__ = ["apologise", "begin", "respond"]

replace = msgspec.structs.replace
NONE = Signal("none")
WAIT_HOURS = 6  # a longer pause in a session asks how to go on; working rule: README, Figures
AWAY_DAYS = 3  # working rule: README, Figures


def respond(library: Library, record: Record, utterance: Utterance, now: dt.datetime, seed: int) -> Turn:
    """The turn that answers `utterance`. Raises only for a broken flow; the caller then commits `apologise(...)`."""
    signal = look(library, record, utterance)
    draft = Draft(library, replace(record, turns=record.turns + 1), utterance, now, seed)
    triggers.let_go(draft)
    _withdraw_runs(draft)
    draft.before = draft.record
    if answers.is_label(draft):
        danger.remember(draft, signal)  # the author's own words: a typed label means the same as a tap
        _take(draft)
    elif not (utterance.text and danger.answer(draft, signal)):
        _take(draft)
    offers.overtaken(draft)
    re_entry.note(draft)
    write_journal(draft)
    if utterance.trigger is None:
        draft.change(last_utterance=now, unanswered=0, unreachable=False)
    draft.record = fit(draft.record)
    walk.note_changes(draft)
    spoke = any(reply.kind in ("say", "ask") for reply in draft.replies)
    return draft.finish(cancels=spoke, signal=signal)


def look(library: Library, record: Record, utterance: Utterance) -> Signal:
    """Screen every text, all of it at once; a line changes nothing of what another line says."""
    return screen(utterance.text, record.language, library.signals) if utterance.text else NONE


def apologise(library: Library, record: Record, utterance: Utterance, now: dt.datetime, seed: int, failed: str) -> Turn:
    """The turn of a failure: help, a kind sentence, and the person keeps the place. Needs nothing of the flows.

    What nobody wrote (a reminder, a blocked chat) fails in silence: an apology for it would only puzzle or go round.
    """
    signal = look(library, record, utterance)
    draft = Draft(library, replace(record, turns=record.turns + 1), utterance, now, seed)
    draft.acknowledge()
    if utterance.trigger is None:
        danger.take_step_at_once(draft, signal)
        draft.say(str(escape(helplines_now(Sight(library, draft.record, now)))), lasting=True)
        buttons = (draft.sos_row(),)
        draft.replies.append(Reply("ask", draft.phrase("apology"), ask=draft.next_ask(), buttons=buttons, lasting=True))
    return replace(draft.finish(cancels=False, signal=signal), failed=failed, reading="failed")


def _take(draft: Draft) -> None:
    utterance = draft.utterance
    if utterance.trigger:
        triggers.happen(draft)
    elif _comes_first(draft):
        pass
    elif utterance.press is not None:
        _press(draft, utterance.press)
    elif utterance.media:
        _media(draft, utterance.media)
    elif utterance.text is not None:
        _text(draft, utterance.text)


def _text(draft: Draft, text: str) -> None:
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    command, line = commands.first_command(draft, lines)
    if draft.utterance.edits and command not in ALWAYS:
        _edit(draft, text)
    elif command and (command in ALWAYS or not commands.means_a_label(draft, line)):
        _command(draft, command, line)
    elif commands.is_slash(text) and _is_start(text):
        _start(draft)
    elif not offers.answers_note(draft) and _return(draft):
        pass
    elif not draft.utterance.seen and not _plays(draft):
        _early(draft)
    elif not offers.typed(draft, text):
        _answer(draft, text)


def _is_start(text: str) -> bool:
    return text.strip().split()[0].partition("@")[0].casefold() == "/start"


def _command(draft: Draft, command: str, line: str) -> None:
    if _could_be_words(draft, command) and not commands.is_slash(line):
        draft.reading = "command or answer"
        offers.offer(draft, "command", ("command", "answer"), "command_or_answer", words=line, word=line.strip())
        return
    commands.run(draft, command)


def _could_be_words(draft: Draft, command: str) -> bool:
    """A text is awaited, and the word might be it. `skip` is not: the button of that name stands under the question.

    Nor is `hide`, which cannot wait.
    """
    waiting = answers.open_ask(draft)
    if waiting is None or waiting[0].type not in ("text", "list") or command in (*ALWAYS, hiding.ROLE):
        return False
    return command != "skip" or not waiting[0].skip.allowed


def _start(draft: Draft) -> None:
    """/start of a new person begins; of a known one goes on where they were."""
    draft.reading = "start"
    if draft.run is None:
        walk.begin(draft, _home(draft))
    else:
        if not draft.hides():
            draft.note("resumed")
        walk.resume(draft)


def _home(draft: Draft) -> str:
    flows = draft.library.programme.flows
    if draft.record.profile.adult == "no" and "adult_no" in flows:
        return flows["adult_no"]
    return flows["home"] if "processing" in draft.record.consents else flows["first"]


def _comes_first(draft: Draft) -> bool:
    """What is asked before anything else; never before help."""
    if _wants_help(draft) or hiding.hidden(draft) or offers.answers_note(draft):
        return False
    if hiding.comes_back(draft):
        draft.reading = "return"
        hiding.hide(draft)
        return True
    return not draft.is_safety() and (re_entry.welcome(draft) or _recheck(draft) or danger.ask_age(draft))


def _recheck(draft: Draft) -> bool:
    """The soft question again, at the first contact from its time on; what asks for help comes before it."""
    safety = draft.record.safety
    if safety.recheck_after is None or draft.now < safety.recheck_after:
        return False
    draft.change(safety=replace(safety, recheck_after=None))
    draft.reading = "recheck"
    draft.acknowledge()
    danger.begin(draft, "recheck")
    return True


def _wants_help(draft: Draft) -> bool:
    lines = (draft.utterance.text or "").splitlines()
    return draft.utterance.press == "sos" or commands.first_command(draft, lines)[0] in ALWAYS


def _return(draft: Draft) -> bool:
    """What comes before an answer after a longer time away: a welcome."""
    if not _was_away(draft):
        return False
    flows = draft.library.programme.flows
    draft.reading = "return"
    if draft.run and draft.top.flow == flows["return_note"]:
        walk.leave_run(draft)
    walk.begin(draft, flows["return"])
    return True


def _was_away(draft: Draft) -> bool:
    """Three days away; or six hours in the middle of a session. Before consent there is nothing to come back to."""
    last, run, flows = draft.record.last_utterance, draft.run, draft.library.programme.flows
    consent = draft.record.consents.get("processing")
    if last is None or draft.is_safety() or consent is None or not consent.given:
        return False
    if draft.record.profile.adult == "no" or hiding.hidden(draft):
        return False
    if run is not None and run.flow == flows["return"]:
        return False
    away = draft.now - last
    return away >= dt.timedelta(days=AWAY_DAYS) or (_in_a_sitting(draft) and away >= dt.timedelta(hours=WAIT_HOURS))


def _in_a_sitting(draft: Draft) -> bool:
    """In the middle of a session, or of a plan where the next words would be taken for a line of it."""
    kind, waiting = draft.root_kind() if draft.run else "", answers.open_ask(draft)
    return kind == "session" or (kind == "calm" and waiting is not None and waiting[0].type == "text")


def _early(draft: Draft) -> None:
    """Typed before the question was seen: kept in the log as a remark, and the ask is said again."""
    draft.reading = "early"
    if answers.open_ask(draft) is None:
        _idle(draft)
        return
    draft.note("early")
    presenting.ask(draft, again=True)


def _plays(draft: Draft) -> bool:
    """A timed list is being said: its ask comes at the end, and whoever wants to end it earlier may say so."""
    waiting = answers.open_ask(draft)
    return bool(waiting and waiting[1].plays_until and draft.now < waiting[1].plays_until)


def _answer(draft: Draft, text: str) -> None:
    if answers.open_ask(draft) is None:
        _idle(draft)
        return
    answers.typed(draft, text)


def _idle(draft: Draft) -> None:
    """Nothing is open: a new person begins, a known one gets the menu; a waiting run is asked again."""
    draft.reading = draft.reading or "idle"
    if draft.run is not None:
        walk.resume(draft)
    else:
        walk.begin(draft, _home(draft))


def _press(draft: Draft, press: str) -> None:
    if press == "sos":
        draft.acknowledge()
        commands.run(draft, "sos")
        return
    read = answers.read_press(press)
    if not (read and (answers.pressed(draft, *read) or offers.pressed(draft, *read))):
        _stale_press(draft, read)


def _stale_press(draft: Draft, read: tuple[int, str] | None) -> None:
    if read and answers.repeats(draft.record.last_answer, *read):
        draft.reading = "repeated press"
        draft.acknowledge()
        return
    draft.reading = "stale press"
    draft.acknowledge(draft.phrase("stale_press", html=False))
    if answers.open_ask(draft) is None:
        _idle(draft)
    elif not draft.record.said.ask_last:
        presenting.ask(draft, again=True)


def _media(draft: Draft, kind: str) -> None:
    draft.reading = f"media {kind}"
    draft.note("media", kind=kind)
    waiting = answers.open_ask(draft)
    if waiting:
        draft.change_run(asked=replace(waiting[1], unclear=waiting[1].unclear + 1))
    _idle(draft)


def _edit(draft: Draft, text: str) -> None:
    """An edit of the last answer is offered for use; an older one changes nothing."""
    draft.reading = "edit"
    if draft.utterance.edits == "last" and back.may_edit(draft) and keeping.consented(draft.record):
        offers.offer(draft, "edited", ("use", "keep"), "edited_offer", words=text)


def _withdraw_runs(draft: Draft) -> None:
    """Runs of a withdrawn flow, or of a version that is nowhere any more, are left with a kind sentence."""
    gone = [run for run in draft.record.runs if _is_gone(draft, run)]
    if not gone:
        return
    top = draft.top
    draft.change(runs=tuple(run for run in draft.record.runs if run not in gone))
    if draft.run and top in gone:
        draft.change_run(asked=None)  # what was meant for the run that went must not answer the one beneath
    for run in gone:
        flow = draft.library.flows.get(run.flow)
        kind = flow.kind if flow else "session"
        draft.facts.append(RunFact(run.id, run.flow, run.version, kind, "withdrawn"))
        draft.note("withdrawn", title=flow.title if flow else run.flow)


def _is_gone(draft: Draft, run: Run) -> bool:
    flow = draft.library.flows.get(run.flow)
    return bool(flow and flow.withdrawn) or any(frame.state not in draft.library.places for frame in run.frames)
