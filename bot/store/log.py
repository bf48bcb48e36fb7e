"""The log of turns, and what is counted from them: answers of level summary, and runs. Decisions are in `audit.py`.

Sealed with each turn: the utterance, the ways taken and the answers that are private. Before consent, and when an
answer must be discarded, the words themselves are not written at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, select

from bot.store import dialects
from bot.store.people import Person, encode
from bot.store.tables import answers, runs, turns
from bot.store.vault import Vault, place
from flows.record import Record
from flows.turn import Answer, RunFact, Step, Turn, Utterance

CONSENT = "processing"  # the consent without which no word is kept
COUNTED = frozenset({"rating", "number", "choice", "choices", "yesno", "pick"})  # types that may stand in plain columns
OVER = frozenset({"ended", "left", "withdrawn"})

LAST_ANSWER = (
    select(turns.c.message)
    .where(turns.c.participant == bindparam("who"), turns.c.answered)
    .order_by(turns.c.number.desc())
    .limit(1)
)
TAKE_BACK = delete(answers).where(answers.c.participant == bindparam("who"), answers.c.turn == bindparam("number"))


class Entry(msgspec.Struct, frozen=True):
    """A turn to be logged: what went in, what came out. `message` is the channel's id of the person's message.

    `latency`: microseconds in which the engine answered, screening included.
    """

    person: Person
    turn: Turn
    utterance: Utterance
    message: str
    seed: int
    latency: int = 0


class Sealed(msgspec.Struct, frozen=True):
    """What only the participant's key opens."""

    utterance: Utterance
    steps: tuple[Step, ...]
    answers: tuple[Answer, ...]


def write(connection: Connection, vault: Vault, entries: Sequence[Entry], library: str, now: dt.datetime) -> None:
    """Log these turns with all that is counted from them. Answers taken back by one no longer count; the log stays."""
    dialects.many(connection, dialects.into(turns), [_turn(vault, entry, library, now) for entry in entries])
    dialects.many(connection, dialects.into(answers), [row for entry in entries for row in _answers(entry, now)])
    gone = [{"who": entry.person.id, "number": turn} for entry in entries for turn in entry.turn.taken_back]
    dialects.many(connection, TAKE_BACK, gone)
    facts = [_run(entry, fact, now) for entry in entries for fact in entry.turn.runs]  # one may begin and end in a turn
    dialects.many(connection, dialects.upsert(runs, connection.dialect.name, "started"), facts)


def last_answered(connection: Connection, participant: str) -> str:
    """The channel's id of the message that gave the last answer; empty if that was a press."""
    return connection.scalar(LAST_ANSWER, {"who": participant}) or ""


def keeps_words(before: Record, turn: Turn) -> bool:
    """True if the words of this turn may be kept: consent stands, and no answer in it is to be discarded."""
    consented = all((given := record.consents.get(CONSENT)) and given.given for record in (before, turn.record))
    return consented and not any(answer.keep == "discard" for answer in turn.answers)


def _turn(vault: Vault, entry: Entry, library: str, now: dt.datetime) -> dict[str, Any]:
    person, turn, number = entry.person, entry.turn, entry.person.version + 1
    utterance = entry.utterance
    if utterance.text is not None and not keeps_words(person.record, turn):
        utterance = msgspec.structs.replace(utterance, text="")
    plain = encode(Sealed(utterance, turn.steps, tuple(each for each in turn.answers if not _counted(each))))
    return {
        "participant": person.id,
        "number": number,
        "at": now,
        "seed": entry.seed,
        "library": library,
        "channel": person.address[0],
        "message": entry.message,
        "answered": turn.answered,
        "reading": turn.reading[:32],
        "tier": turn.signal.tier if turn.signal else "none",
        "step": turn.safety_step,
        "steps": encode([step.state for step in turn.steps]).decode(),
        "sealed": vault.seal(person.key, place("turns", "sealed", person.id, number), plain),
    }


def _counted(answer: Answer) -> bool:
    """True if the answer may stand in plain columns."""
    return (
        answer.share == "summary" and answer.keep != "discard" and answer.type in COUNTED and answer.value is not None
    )


def _answers(entry: Entry, now: dt.datetime) -> Iterable[dict[str, Any]]:
    for index, answer in enumerate(entry.turn.answers):
        if _counted(answer):
            value = answer.value
            number = value if isinstance(value, int) and not isinstance(value, bool) else None
            yield {
                "participant": entry.person.id,
                "turn": entry.person.version + 1,
                "place": index,
                "at": now,
                "state": answer.state,
                "slot": answer.slot,
                "type": answer.type,
                "number": number,
                "choice": _names(value) if number is None else None,
            }


def _names(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _run(entry: Entry, fact: RunFact, now: dt.datetime) -> dict[str, Any]:
    started = next((run.started for run in entry.turn.record.runs if run.id == fact.run), now)
    return {
        "participant": entry.person.id,
        "run": fact.run,
        "flow": fact.flow,
        "version": fact.version,
        "kind": fact.kind,
        "status": fact.status,
        "end": fact.end,
        "started": started,
        "last": now,
        "ended": now if fact.status in OVER else None,
        "reached_plan": fact.reached_plan,
    }
