"""The core sentences of each language, from `safety/helplines/words.<language>.yaml`.

They are what is said around helplines, and what a person gets in their own language when nothing else is there in it:
the emergency number, how to reach somebody, that this is a program, that danger may go unnoticed. And the words that
people type for help, stop, yes and no. `reviewer` stays empty until a clinician who speaks the language has signed.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from typing import Any

import msgspec

from flows.authoring import Author
from flows.manuscript import Mapping

FILE_KEYS = ("language", "reviewer", "languages", "words", "typed")
WORDS = (
    *("dot", "comma", "shown", "or", "or_number"),
    *("phone", "sms", "text_word", "whatsapp", "chat", "option"),
    *("always", "open", "closed", "free", "only", "answers", "check"),
    *("local_emergency", "anywhere", "ask_country", "choose_country", "no_numbers", "more", "more_countries"),
    *("cannot_answer", "danger", "helplines", "check_number", "person_near", "program", "unsure", "unsigned"),
    *("yes", "no", "stop"),
)
TYPED = ("sos", "stop", "yes", "no")


class CoreWords(msgspec.Struct, frozen=True):
    """One language. `typed`: what people write for each of TYPED; `words` also has the names of languages."""

    language: str
    reviewer: str
    words: dict[str, str]
    typed: dict[str, tuple[str, ...]]


def read_core_words(author: Author, content: Mapping) -> CoreWords:
    """One file. A sentence that is missing is a problem: somebody in danger would get it in another language."""
    keys = author.known(content, FILE_KEYS, "a file of core words")
    said = author.known(keys.get("words"), WORDS, "the core words")
    for key in WORDS:
        if not said.get(key):
            author.report("missing_key", said if said else keys, key=key, where="the core words")
    typed = author.known(keys.get("typed"), TYPED, "the typed words") if "typed" in keys else {}
    for key in TYPED:
        if not _listed(typed.get(key)):
            author.report("missing_key", keys, key=key, where="the typed words")
    names = {f"language.{code}": author.text(name, code, keys) for code, name in _pairs(keys.get("languages"))}
    return CoreWords(
        language=author.text(keys.get("language"), "language", keys),
        reviewer=author.text(keys.get("reviewer"), "reviewer", keys),
        words={**{key: author.text(each, key, keys) for key, each in said.items()}, **names},
        typed={key: _listed(each) for key, each in typed.items()},
    )


def _pairs(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, AnyMapping) else []


def _listed(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
