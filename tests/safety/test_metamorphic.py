"""No way of typing makes an urgent sentence less grave, in any language that has rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flows.hits import trace
from flows.letters import FOLDS
from flows.slips import SHORTEST
from tests.safety.rule_files import CODES, alone, rank, urgent

TWINS = str.maketrans("aeopcxi", "аеорсхі")
LATIN_TWINS = str.maketrans("аеорсх", "aeopcx")


def drawn_out(text: str) -> str:
    return " ".join(word + word[-1] * 3 if word.isalpha() and len(word) > 1 else word for word in text.split())


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "a" <= char <= "z" else char for char in text)


def look_alikes(text: str) -> str:
    """Of every second word some letters come from the other alphabet."""
    words = [word.translate(TWINS if word.isascii() else LATIN_TWINS) for word in text.split(" ")]
    return " ".join(words)


WAYS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "curly quotes around it": lambda text: f"“{text}”",
    "curly apostrophes": lambda text: text.replace("'", "’"),
    "hidden characters": lambda text: "\u200b".join(text),
    "soft hyphens": lambda text: "\u00ad".join(text),
    "marks of direction": lambda text: f"\u202e{text}\u202c",
    "line breaks": lambda text: text.replace(" ", "\n"),
    "many spaces": lambda text: text.replace(" ", "  \t "),
    "words before it": lambda text: f"ok 123 xyzzy. {text}",
    "words after it": lambda text: f"{text}, xyzzy 123 ok",
    "emoji after each word": lambda text: text.replace(" ", " 😭 "),
    "bold marks": lambda text: " ".join(f"**{word}**" for word in text.split()),
    "NUL between": lambda text: text.replace(" ", " \x00"),
    "a lone surrogate before it": lambda text: f"\ud83d {text}",
    "drawn-out words": drawn_out,
    "full-width letters": full_width,
    "look-alike letters": look_alikes,
}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_typing_lowers_an_urgent_sentence(way: str, code: str) -> None:
    signals = alone(code)
    lowered = [text for text in urgent(code) if rank(trace(WAYS[way](text), signals)) < rank(trace(text, signals))]
    assert lowered == []


@pytest.mark.parametrize("code", CODES)
def test_apostrophes_left_out_lower_nothing(code: str) -> None:
    """In English `he'll` and `she'll` without theirs are other words, and are left out here."""
    signals = alone(code)
    said = [text for text in urgent(code) if "'" in text and not any(word in text.lower() for word in AMBIGUOUS)]
    lowered = [text for text in said if rank(trace(text.replace("'", ""), signals)) < rank(trace(text, signals))]
    assert lowered == []


AMBIGUOUS = ("he'll", "she'll", "we'll", "i'll", "i'd", "we'd", "she'd", "he'd", "we're", "it's")


@pytest.mark.parametrize("code", CODES)
def test_one_slip_in_a_guarded_word_lowers_nothing(code: str) -> None:
    signals = alone(code)
    (language,) = signals.languages
    guarded = {word for words in language.spelling.guarded.values() for word in words}
    lowered = []
    for text in urgent(code):
        for word in text.split():
            folded = "".join(FOLDS[char] for char in word)
            if folded in guarded and len(word) >= SHORTEST and folded == word.lower():
                slips = (word[:2] + word[3:], word[:2] + word[1] + word[2:], word[:1] + word[2] + word[1] + word[3:])
                said = [text.replace(word, slip) for slip in slips if not language.known & {slip.lower()}]
                lowered += [each for each in said if rank(trace(each, signals)) < rank(trace(text, signals))]
    assert [each for each in lowered if not _denied(each, language.spelling.deny)] == []


def _denied(text: str, deny: frozenset[str]) -> bool:
    return not deny.isdisjoint(text.lower().split())


@pytest.mark.parametrize("code", CODES)
def test_the_letters_of_a_telling_word_may_stand_apart(code: str) -> None:
    signals = alone(code)
    (language,) = signals.languages
    lowered = []
    for text in urgent(code):
        gravest = max(trace(text, signals), key=lambda hit: (hit.tier == "urgent", hit.acute, hit.start - hit.end))
        words = [word for word in text[gravest.start : gravest.end].split() if word.isalpha() and word.isascii()]
        known = [word for word in words if word.lower() in language.known and len(word) > 3]
        if known and (longest := max(known, key=len)):
            apart = text.replace(longest, " ".join(longest), 1)
            lowered += [apart] if rank(trace(apart, signals)) < rank(trace(text, signals)) else []
    assert lowered == []
