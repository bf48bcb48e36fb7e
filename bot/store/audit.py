"""The audit of screening: every decision and every button that answered it, never the words. Rows are only added.

A decision stands in `safety`: when something was caught or taken back, or a step was taken. The button pressed later
is a row of its own, in `safety_answers`. How many texts were screened at all is counted per day, in `screened`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select

from bot.store import dialects
from bot.store.log import Entry
from bot.store.people import encode
from bot.store.tables import keys, safety, safety_answers, screened
from bot.store.vault import Vault, place
from flows.signals import Signal
from flows.turn import Turn

SAFETY = "safety"  # the share level of answers about danger
LANGUAGE = 8  # characters of a channel's hint that are kept

LAST_STEP = select(func.max(safety.c.turn)).where(
    safety.c.participant == bindparam("who"), safety.c.turn < bindparam("number"), safety.c.step != ""
)


class Pressed(msgspec.Struct, frozen=True):
    """What a person answered to a question of danger: names of choices; rules that they say meant something else."""

    buttons: tuple[str, ...]
    false_alarm: tuple[str, ...] = ()


class Decision(msgspec.Struct, frozen=True):
    """One row of the audit, opened."""

    participant: str
    turn: int
    at: dt.datetime
    step: str
    signal: Signal


class Answered(msgspec.Struct, frozen=True):
    participant: str
    about: int  # the turn that asked
    at: dt.datetime
    pressed: Pressed


def write(connection: Connection, vault: Vault, entries: Iterable[Entry], life: int, now: dt.datetime) -> None:
    """The decisions of a tick, the answers about danger in it, and how many texts were screened."""
    entries = list(entries)
    decisions = [_decision(vault, entry, now) for entry in entries if is_decision(entry.turn)]
    dialects.many(connection, dialects.into(safety), decisions)
    answers = [_answer(connection, vault, entry, now) for entry in entries if _pressed(entry.turn) is not None]
    dialects.many(connection, dialects.into(safety_answers), answers)
    rows = [
        {"day": now.date(), "language": language, "life": life, "texts": count}
        for language, count in Counter(hint_of(entry) for entry in entries if entry.utterance.text).items()
    ]
    dialects.many(connection, dialects.add_up(screened, connection.dialect.name, "texts"), rows)


def is_decision(turn: Turn) -> bool:
    """Something was caught, taken back or decided by the frozen core, or a step was taken."""
    signal = turn.signal
    return bool(turn.safety_step) or (signal is not None and bool(signal.hits or signal.taken_back or signal.failed))


def hint_of(entry: Entry) -> str:
    """The language as the channel hints at it, in short; empty if it does not."""
    return entry.utterance.language.replace("_", "-").split("-")[0].lower()[:LANGUAGE]


def tidy(connection: Connection, before: dt.datetime) -> None:
    """What is older goes."""
    connection.execute(delete(safety).where(safety.c.at < before))
    connection.execute(delete(safety_answers).where(safety_answers.c.at < before))
    connection.execute(delete(screened).where(screened.c.day < before.date()))


def decisions(connection: Connection, vault: Vault, since: dt.datetime, until: dt.datetime) -> Iterator[Decision]:
    """All decisions of a time, opened; of somebody who was erased there are none."""
    columns = (safety.c.participant, safety.c.turn, safety.c.at, safety.c.step, safety.c.sealed, keys.c.wrapped)
    joined = select(*columns).join(keys, keys.c.participant == safety.c.participant)
    for row in connection.execute(joined.where(safety.c.at >= since, safety.c.at < until).order_by(safety.c.at)):
        plain = _opened(vault, "safety", row)
        yield Decision(
            row.participant, row.turn, row.at, row.step, msgspec.json.decode(plain, type=Signal | None) or Signal()
        )


def answers(connection: Connection, vault: Vault, since: dt.datetime, until: dt.datetime) -> Iterator[Answered]:
    """All answers about danger of a time, opened."""
    table = safety_answers
    columns = (table.c.participant, table.c.turn, table.c.about, table.c.at, table.c.sealed, keys.c.wrapped)
    joined = select(*columns).join(keys, keys.c.participant == table.c.participant)
    for row in connection.execute(joined.where(table.c.at >= since, table.c.at < until)):
        plain = _opened(vault, "safety_answers", row)
        yield Answered(row.participant, row.about, row.at, msgspec.json.decode(plain, type=Pressed))


def texts(connection: Connection, since: dt.date, until: dt.date) -> list[tuple[dt.date, str, int]]:
    """(day, language hint, texts screened), over all lives of the service."""
    total = func.sum(screened.c.texts)
    rows = select(screened.c.day, screened.c.language, total).where(screened.c.day >= since, screened.c.day < until)
    found = connection.execute(rows.group_by(screened.c.day, screened.c.language).order_by(screened.c.day))
    return [(day, language, int(count)) for day, language, count in found]


@cache
def app_version() -> str:
    """The version of Willow that runs; `source` where it was never installed."""
    try:
        return version("willow-coach")
    except PackageNotFoundError:
        return "source"


def _decision(vault: Vault, entry: Entry, now: dt.datetime) -> dict[str, Any]:
    person, signal, number = entry.person, entry.turn.signal, entry.person.version + 1
    return {
        "participant": person.id,
        "turn": number,
        "at": now,
        "tier": signal.tier if signal else "none",
        "step": entry.turn.safety_step,
        "ruleset": signal.ruleset if signal else "",
        "app": app_version(),
        "latency": entry.latency,
        "failed": (signal.failed if signal else "")[:64],
        "sealed": vault.seal(person.key, place("safety", "sealed", person.id, number), encode(signal)),
    }


def _pressed(turn: Turn) -> Pressed | None:
    buttons = [
        str(each.value) for each in turn.answers if each.share == SAFETY and each.type == "choice" and each.value
    ]
    return Pressed(tuple(buttons), turn.false_alarm) if buttons or turn.false_alarm else None


def _answer(connection: Connection, vault: Vault, entry: Entry, now: dt.datetime) -> dict[str, Any]:
    person, number = entry.person, entry.person.version + 1
    about = connection.scalar(LAST_STEP, {"who": person.id, "number": number}) or 0
    where = place("safety_answers", "sealed", person.id, number)
    sealed = vault.seal(person.key, where, encode(_pressed(entry.turn)))
    return {"participant": person.id, "turn": number, "about": about, "at": now, "sealed": sealed}


def _opened(vault: Vault, table: str, row: Any) -> bytes:
    key = vault.open_key(row.participant, row.wrapped)
    return vault.unseal(key, place(table, "sealed", row.participant, row.turn), row.sealed)
