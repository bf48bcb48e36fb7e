"""The twelve steps that both sides live through, taken from a golden chat, as the updates that Telegram would send.

Presses are worked out beforehand, so that nothing has to be looked up while the clocks run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from flows import Library, Record, Turn, Utterance, load_library, respond
from flows.replay import replay
from flows.transcript import Chat, parse

ROOT = Path(__file__).resolve().parents[2]
CHATS = ROOT / "tests" / "transcripts"
CHAT = "check_in_then_short_session"
PER_PERSON = 100  # update ids that each person has


class Step(msgspec.Struct, frozen=True):
    """One step: what comes, the record it meets, and what is asked before it. `bubbles`: how many it is answered by."""

    utterance: Utterance
    record: Record
    asked: str
    bubbles: int


class Dialogue(msgspec.Struct, frozen=True):
    """The chat, played once: `start` is the record of everybody before the first step."""

    library: Library
    chat: Chat
    start: Record
    steps: tuple[Step, ...]


def read_dialogue() -> Dialogue:
    """Content and chat, read and played once. Raises RuntimeError if the content cannot be used."""
    library, problems = load_library(ROOT / "content")
    if library is None:
        raise RuntimeError("\n".join(map(str, problems)))
    chat = parse((CHATS / f"{CHAT}.chat").read_text(encoding="utf-8"))
    presets = yaml.safe_load((CHATS / "presets.yaml").read_text(encoding="utf-8"))
    opening = replay(msgspec.structs.replace(chat, exchanges=()), library, presets, round_trip=False)
    asked = opening.chat.exchanges[0].said[-1].text
    return Dialogue(library, chat, opening.record, tuple(_played(library, chat, opening.record, asked)))


def _played(library: Library, chat: Chat, record: Record, asked: str) -> Iterator[Step]:
    """Step by step; the clock stands still, as it does for both sides."""
    presses: dict[str, str] = {}
    for exchange in chat.exchanges:
        if (deed := exchange.deed) is None:
            continue
        tapped = deed.act == "tapped"
        words = presses[deed.words] if tapped else deed.words
        utterance = Utterance(chat.clock, press=words) if tapped else Utterance(chat.clock, text=words)
        turn = respond(library, record, utterance, chat.clock, seed=record.turns)
        bubbles = [reply for reply in turn.replies if reply.kind in ("say", "ask")]
        yield Step(utterance, record, asked, len(bubbles))
        presses = _presses(turn)
        record, asked = turn.record, bubbles[-1].text


def _presses(turn: Turn) -> dict[str, str]:
    rows = [row for reply in turn.replies for row in reply.buttons]
    return {button.label: button.press for row in rows for button in row}


def update(dialogue: Dialogue, person: int, place: int) -> bytes:
    """A person's step as Telegram sends it."""
    step, date = dialogue.steps[place], int(dialogue.chat.clock.timestamp())
    chat = {"id": person, "type": "private", "first_name": "Ana"}
    sender = {"id": person, "is_bot": False, "first_name": "Ana", "language_code": "en"}
    number = PER_PERSON * person + place
    if step.utterance.press is None:
        words = {"message_id": number, "from": sender, "chat": chat, "date": date, "text": step.utterance.text}
        return json.dumps({"update_id": number, "message": words}).encode()
    asked = {"message_id": number, "chat": chat, "date": date, "text": step.asked}
    press = {"id": str(number), "from": sender, "chat_instance": "1", "data": step.utterance.press, "message": asked}
    return json.dumps({"update_id": number, "callback_query": press}).encode()


def person_of(number: int) -> int:
    """Whose update, or whose press, has this number."""
    return number // PER_PERSON


def updates_of(dialogue: Dialogue, people: range) -> dict[int, list[bytes]]:
    """Everybody's steps, made beforehand."""
    return {person: [update(dialogue, person, place) for place in range(len(dialogue.steps))] for person in people}
