"""What needs no database: the engine alone, screening, and reading an update."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence

from bot.channels.telegram.updates import read_update
from flows import Library, respond, screen
from flows.engine import look
from tests.benchmarks.dialogue import ROOT, Dialogue, update

LONG = 4096  # characters: the longest message of Telegram
PHRASES = ROOT / "tests" / "safety" / "statements.en.tsv"


def seconds(work: Callable[[], object]) -> float:
    """CPU of this thread."""
    begun = time.thread_time()
    work()
    return time.thread_time() - begun


def responding(dialogue: Dialogue) -> float:
    """Microseconds per turn of `respond`: screen, read, move, render."""

    def once() -> None:
        for step in dialogue.steps:
            respond(dialogue.library, step.record, step.utterance, dialogue.chat.clock, seed=step.record.turns)

    return seconds(once) / len(dialogue.steps) * 1e6


def screening(dialogue: Dialogue) -> float:
    """Microseconds per turn of the first line of `respond`; presses say nothing that could be screened."""

    def once() -> None:
        for step in dialogue.steps:
            look(dialogue.library, step.record, step.utterance)

    return seconds(once) / len(dialogue.steps) * 1e6


def parsing(dialogue: Dialogue) -> float:
    """Microseconds per turn from the bytes of an update to what the door hands in."""
    raw = [update(dialogue, 1, place) for place in range(len(dialogue.steps))]

    def once() -> None:
        for each in raw:
            read_update(json.loads(each), dialogue.chat.clock)

    return seconds(once) / len(raw) * 1e6


def short_texts() -> list[str]:
    """What people write: the statements that screening is tested with, dangerous and harmless."""
    lines = PHRASES.read_text(encoding="utf-8").splitlines()
    return [max(line.split("\t"), key=len) for line in lines if line.strip() and not line.startswith("#")]


def long_texts(library: Library) -> dict[str, str]:
    """The longest messages, made to be hard: words of the rules in every order, one letter, no spaces, emoji."""
    chance = random.Random(1)
    words = sorted({word for language in library.signals.languages for word in language.vocabulary})
    shuffled = " ".join(chance.choice(words) for _ in range(LONG))
    texts = {
        "rule words": shuffled,
        "rule words, run together": "".join(chance.choice(words) for _ in range(LONG)),
        "statements": " ".join(short_texts() * 20),
        "single letters": "k i l l m e " * LONG,
        "one letter": "a" * LONG,
        "negations": "not never no " * LONG,
        "emoji": "😀" * LONG,
        "punctuation": "i.w.a.n.t.t.o.d.i.e " * LONG,
    }
    return {name: text[:LONG] for name, text in texts.items()}


def screening_of(texts: Sequence[str], library: Library, rounds: int = 5) -> list[float]:
    """Microseconds for each text, the best of some rounds: what it costs when nothing else is in the way. Sorted."""
    return sorted(
        min(seconds(lambda text=text: screen(text, "en", library.signals)) for _ in range(rounds)) * 1e6  # type: ignore[misc]
        for text in texts
    )
