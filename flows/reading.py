"""How an utterance is understood at an ask: a Reading, never an error.

A typed label, its number or a synonym means the same as a tap. What cannot be read is `unclear`; nothing typed is cut.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal

import msgspec

from flows.flow import Scale
from flows.phrases import Phrases, normal
from flows.record import TEXT

LIST_ELEMENTS = 20
ELEMENT = 200  # characters of one list element
AFTERNOON = re.compile(r"\b(pm|p\.m\.|evening|afternoon|tonight|night)\b")
MORNING = re.compile(r"\b(am|a\.m\.|morning)\b")


class Shown(msgspec.Struct, frozen=True):
    """One option as it was shown: the name that is kept, its label, synonyms; without a button it has no number."""

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    button: bool = True


class Reading(msgspec.Struct, frozen=True):
    """`answer` with a value (and the choice's name), `unclear`, or `too_long`."""

    kind: Literal["answer", "unclear", "too_long"]
    value: Any = None
    choice: str = ""


UNCLEAR = Reading("unclear")


def read(
    type_: str, text: str, shown: tuple[Shown, ...], scale: Scale | None, phrases: Phrases, done: str = ""
) -> Reading:
    """What `text` means at an ask of `type_`, given the options as they were shown (and more that may be typed)."""
    if type_ == "choice":
        return read_choice(text, shown, phrases)
    if type_ == "choices":
        return Reading("answer", []) if normal(text) in (normal(done), "none") else read_choices(text, shown, phrases)
    if type_ in ("rating", "number"):
        return read_number(text, scale or Scale(0, 10), phrases)
    if type_ == "time":
        return read_time(text)
    if type_ == "list":
        return read_list(text)
    if type_ == "timed":
        return (
            Reading("answer", None, "done")
            if normal(text) in (normal(done), "done") or normal(text) in phrases.yes
            else UNCLEAR
        )
    return read_story(text)


def read_choice(text: str, shown: tuple[Shown, ...], phrases: Phrases) -> Reading:
    said = normal(text)
    if not said:
        return UNCLEAR
    for index, each in enumerate(shown):
        number = str(index + 1) if each.button else ""
        if said in (normal(each.label), number, each.name.replace("_", " "), *map(normal, each.synonyms)):
            return Reading("answer", each.name.removeprefix("#"), each.name)
    for words, name in ((phrases.yes, "yes"), (phrases.no, "no")):
        if said in words and any(each.name == name for each in shown):
            return Reading("answer", name, name)
    return UNCLEAR


def read_choices(text: str, shown: tuple[Shown, ...], phrases: Phrases) -> Reading:
    """Labels or numbers with commas between them; all must be known."""
    parts = [part for part in re.split(r"[,;\n]|\s+(?=\d)", text) if part.strip()]
    readings = [read_choice(part, shown, phrases) for part in parts]
    if not parts or any(reading.kind == "unclear" for reading in readings):
        return UNCLEAR
    return Reading("answer", list(dict.fromkeys(reading.value for reading in readings)))


def read_number(text: str, scale: Scale, phrases: Phrases) -> Reading:
    """One whole number in range, also as `7/10`, `7 out of 10`, in any script's digits, or as a word."""
    said = unicodedata.normalize("NFKC", text)
    if (word := phrases.numbers.get(normal(text))) is not None:
        said = str(word)
    said = re.sub(r"(\d+)\s*(/|out of|of)\s*\d+", r"\1", said)
    found = re.findall(r"(?<![\d.,])-?\d{1,4}(?![\d.,]*\d)", said)
    if len(found) != 1 or len(said) > 40:
        return UNCLEAR
    value = int(found[0])
    return Reading("answer", value) if scale.low <= value <= scale.high else UNCLEAR


def read_time(text: str) -> Reading:
    """`8:30`, `8.30 pm`, `half past 7`, `quarter to 9`, `19h`, `noon` -> `HH:MM`."""
    said = unicodedata.normalize("NFKC", text).casefold().strip()
    if len(said) > 60:
        return UNCLEAR
    if said in ("noon", "midday", "midnight"):
        return Reading("answer", "00:00" if said == "midnight" else "12:00")
    clock = _clock(said)
    if clock is None:
        return UNCLEAR
    hour, minute = clock
    if AFTERNOON.search(said) and hour < 12:
        hour += 12
    elif MORNING.search(said) and hour == 12:
        hour = 0
    return Reading("answer", f"{hour:02d}:{minute:02d}") if hour < 24 and minute < 60 else UNCLEAR


def _clock(said: str) -> tuple[int, int] | None:
    if match := re.search(r"\bhalf past (\d{1,2})\b", said):
        return int(match[1]), 30
    if match := re.search(r"\bquarter (past|to) (\d{1,2})\b", said):
        return (int(match[2]), 15) if match[1] == "past" else ((int(match[2]) - 1) % 24, 45)
    if match := re.search(r"\b(\d{1,2})\s*[:.h]\s*(\d{2})\b", said):
        return int(match[1]), int(match[2])
    if match := re.fullmatch(r"(\d{2})(\d{2})", said):
        return int(match[1]), int(match[2])
    numbers = re.findall(r"\d+", said)
    return (int(numbers[0]), 0) if len(numbers) == 1 and len(numbers[0]) <= 2 else None


def read_list(text: str) -> Reading:
    """One element a line, or with commas on one line; at most 20 of at most 200 characters."""
    lines = text.splitlines() if "\n" in text.strip() else re.split(r"[,;]", text)
    elements = [re.sub(r"^\s*([-*•]|\d{1,2}[.)])\s*", "", line).strip() for line in lines]
    elements = [element for element in elements if element]
    if len(elements) > LIST_ELEMENTS or any(len(element) > ELEMENT for element in elements):
        return Reading("too_long", LIST_ELEMENTS)
    return (
        Reading("answer", [{"id": str(index), "text": element} for index, element in enumerate(elements)])
        if elements
        else UNCLEAR
    )


def read_story(text: str) -> Reading:
    said = text.strip()
    if len(said) > TEXT:
        return Reading("too_long", TEXT)
    return Reading("answer", said) if said else UNCLEAR
