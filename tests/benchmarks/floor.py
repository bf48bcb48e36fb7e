"""The bare floor: the same dialogue with raw JSON and sqlite3, one transaction per tick, and nothing else.

No encryption, no screening, no outbox, no duplicates, no versions: what the machine asks for reading, remembering and
answering at all. It reads ratings, labels and presses, moves by a table, and says as many messages as Willow does.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.dialogue import Dialogue
from tests.benchmarks.path import Lived

TABLES = """
CREATE TABLE person (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, slots TEXT NOT NULL);
CREATE TABLE turn (person INTEGER, step INTEGER, said TEXT, PRIMARY KEY (person, step)) WITHOUT ROWID;
"""
SAVE = "INSERT INTO person VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET step = excluded.step, slots = excluded.slots"
Heard = Sequence[tuple[int, str, dict[str, Any]]]


class Floor:
    """`heard` is what one person was told on Willow's path: the floor says the same to everybody."""

    def __init__(self, file: Path, dialogue: Dialogue, heard: Heard) -> None:
        self.database = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self.database.execute(f"PRAGMA {pragma}")
        self.database.executescript(TABLES)
        self.said = [
            [(method, arguments) for step, method, arguments in heard if step == place]
            for place in range(len(dialogue.steps))
        ]
        self.calls = 0

    def tick(self, answer: bytes) -> list[bytes]:
        """Everybody in one answer of Telegram takes a step; what is to be sent, after the commit."""
        run = self.database.execute
        updates = json.loads(answer)["result"]
        whose = {_person(update): update for update in updates}
        run("BEGIN IMMEDIATE")
        marks = ",".join("?" * len(whose))
        known = {row[0]: row for row in run(f"SELECT * FROM person WHERE id IN ({marks})", list(whose))}
        people, turns, sends = [], [], []
        for person, update in whose.items():
            _, step, slots = known.get(person, (person, 0, "{}"))
            said = _read(update)
            kept = {**json.loads(slots), f"slot{step}": said}
            people.append((person, step + 1, json.dumps(kept)))
            turns.append((person, step, json.dumps(said)))
            sends += [(method, {**arguments, "chat_id": person}) for method, arguments in self.said[step]]
        self.database.executemany(SAVE, people)
        self.database.executemany("INSERT INTO turn VALUES (?, ?, ?)", turns)
        run("COMMIT")
        self.calls += len(sends)
        return [json.dumps(arguments).encode() for _, arguments in sends]


def _person(update: dict[str, Any]) -> int:
    message = update["message"] if "message" in update else update["callback_query"]["message"]
    return int(message["chat"]["id"])


def _read(update: dict[str, Any]) -> int | str | tuple[int, int]:
    """A press, a number from 0 to 10, or words."""
    if "callback_query" in update:
        number, _, choice = update["callback_query"]["data"].partition(".")
        return int(number), int(choice)
    text = update["message"]["text"].strip()
    return int(text) if text.isdecimal() and int(text) <= 10 else text


def stand_on(dialogue: Dialogue, updates: Mapping[int, Sequence[bytes]], at_once: int, heard: Heard) -> Lived:
    """Everybody lives through the dialogue on the floor, `at_once` of them in each tick."""
    everybody = list(updates)
    with tempfile.TemporaryDirectory(prefix="willow-benchmark-") as folder:
        floor = Floor(Path(folder) / "floor.db", dialogue, heard)
        begun = time.process_time()
        for first in range(0, len(everybody), at_once):
            group = everybody[first : first + at_once]
            for place in range(len(dialogue.steps)):
                floor.tick(b'{"ok":true,"result":[' + b",".join([updates[each][place] for each in group]) + b"]}")
        cpu = time.process_time() - begun
        floor.database.close()
    return Lived(cpu, len(updates) * len(dialogue.steps), floor.calls, [])
