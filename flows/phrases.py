"""What the engine itself says, in one language: short notes, reminders, synonyms of the global words.

`PHRASES` is the list of keys with the values each is given; every language brings all of them.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import msgspec

from flows.author_nodes import read_words
from flows.authoring import Author
from flows.manuscript import Mapping, line_of
from flows.problems import Problem
from flows.record import PLAN_STEPS
from flows.wording import Text, WordingError

COMMANDS = (
    *("sos", "help", "menu", "stop", "pause", "back", "skip", "repeat", "shorter", "why"),
    *("settings", "access", "hide", "plan"),
)
ALWAYS = ("sos", "help", "stop")  # these count even where a text is awaited or a question was not seen

PHRASES: dict[str, tuple[str, ...]] = {
    "chose": ("label",),
    "stale_press": (),
    "unclear_choice": (),
    "unclear_choices": (),
    "unclear_rating": ("low", "high"),
    "unclear_number": ("low", "high"),
    "unclear_text": (),
    "unclear_list": (),
    "unclear_time": (),
    "unclear_timed": (),
    "unclear_again": (),
    "unclear_safety": (),
    "text_too_long": ("limit",),
    "list_too_long": ("limit",),
    "early": (),
    "media": ("kind",),
    "skip_label": (),
    "skip_refused": ("reason",),
    "done_label": (),
    "sos_label": (),
    "scale": ("low", "low_word", "high", "high_word"),
    "back_nothing": (),
    "back_done": (),
    "shorter_none": (),
    "why": ("title", "step", "version", "source", "unsigned"),
    "why_nothing": (),
    "why_reminder": ("version",),
    "unsigned": (),
    "command_or_answer": ("word",),
    "command_label": (),
    "answer_label": (),
    "edited_offer": (),
    "edited_use": (),
    "edited_keep": (),
    "edited_kept": (),
    "edited_gone": (),
    "go_on_offer": (),
    "go_on_label": (),
    "check_in_label": (),
    "later_label": (),
    "later_done": (),
    "reminder_check_in": (),
    "reminder_practice": (),
    "resumed": (),
    "withdrawn": ("title",),
    "apology": (),
    "away": (),
    "idle": (),
    "help_in_sight": (),
    "reminder_plan": (),
    "follow_up_day1": (),
    "follow_up_day3": (),
    "follow_up_day7": (),
    "follow_up_month": (),
    "follow_up_neutral": (),
    "follow_up_safe_label": (),
    "follow_up_help_label": (),
    "follow_up_not_now_label": (),
    "follow_up_hello_label": (),
    "follow_up_safe": (),
    "follow_up_not_now": (),
    "months": (),
    **{f"plan_{step}": () for step in PLAN_STEPS},
    "group": (),
    "telegram_description": (),
    "telegram_short_description": (),
}


class Phrase(msgspec.Struct, frozen=True):
    """A phrase with its variants, compiled."""

    variants: tuple[Text, ...]


class Phrases(msgspec.Struct, frozen=True):
    """One language's phrases; `commands` maps each typed synonym to its global word."""

    language: str
    name: str  # of the language, in itself
    phrases: dict[str, Phrase]
    commands: dict[str, str]
    yes: frozenset[str]
    no: frozenset[str]
    descriptions: dict[str, str]
    numbers: dict[str, int]


def read_phrases(language: str, manuscript: Mapping, file: str) -> tuple[Phrases, list[Problem]]:
    """One phrases file and what is wrong with it; missing keys are problems, one each."""
    author = Author(file)
    keys = author.known(
        manuscript, ("name", "commands", "command_descriptions", "yes", "no", "numbers", "words"), "the phrases"
    )
    words = keys.get("words") or {}
    for key in PHRASES:
        if key not in words:
            author.report("missing_phrase", keys, key=key)
    phrases = {key: phrase for key, value in words.items() if (phrase := _phrase(key, value, author))}
    return (
        Phrases(
            language,
            str(keys.get("name") or language),
            phrases,
            _commands(keys.get("commands") or {}, author),
            frozenset(map(normal, keys.get("yes") or ())),
            frozenset(map(normal, keys.get("no") or ())),
            {name: str(text) for name, text in (keys.get("command_descriptions") or {}).items()},
            {normal(word): int(value) for word, value in (keys.get("numbers") or {}).items() if str(value).isdecimal()},
        ),
        author.problems,
    )


def _phrase(key: str, value: Any, author: Author) -> Phrase | None:
    variants = read_words(value, author)[0].variants
    try:
        texts = tuple(map(Text, variants))
    except WordingError as error:
        author.report("bad_text", line_of(value), reason=error)
        return None
    given = PHRASES.get(key)
    for text in texts if given is not None else ():
        for name in text.names:
            if name not in given:  # type: ignore[operator]
                author.report(
                    "phrase_value", line_of(value), key=key, name=name, known=", ".join(given or ()) or "nothing"
                )
    return Phrase(texts)


def _commands(value: Any, author: Author) -> dict[str, str]:
    commands: dict[str, str] = {}
    for command in COMMANDS:
        synonyms = value.get(command) if isinstance(value, dict) else None
        if not synonyms:
            author.report("missing_command", value, command=command)
        for synonym in [command, *(synonyms or ())]:
            word = normal(synonym)
            if commands.setdefault(word, command) != command:
                author.report("command_clash", value, word=word, commands=f"{commands[word]} and {command}")
    return commands


def normal(text: str) -> str:
    """A typed word as it is compared: case, outer punctuation, spare blanks and apostrophes do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("'", "")
    return " ".join(folded.split()).strip(' .!?,;:…"“”()[]*')
