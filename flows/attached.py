"""What is written together with a word: `j'ai`, `matarme`, `وبموت`. Cut off, so that rules need the bare word only.

Parts with an apostrophe are always cut off. Parts without one are cut off only if a word of the rules is left, so that
an everyday word is never torn apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

BEGINNINGS = 3  # at most so many stand before one word
LEFT = 2  # letters that must be left

Parts = Mapping[str, tuple[str, ...]]


def cut_at_apostrophe(form: str, beginnings: Parts, endings: Parts) -> tuple[str, ...] | None:
    """`don't` -> do not; `j'ai` -> je ai. None if no known part stands there."""
    for place in (place for place, char in enumerate(form) if char == "'"):
        for ending in (form[max(0, place - 1) :], form[place:]):
            if len(ending) < len(form) and ending in endings:
                return (form[: -len(ending)].replace("'", ""), *endings[ending])
        if form[: place + 1] in beginnings and len(form) > place + 1:
            rest = form[place + 1 :]
            return (*beginnings[form[: place + 1]], *(cut_at_apostrophe(rest, beginnings, endings) or (rest,)))
    return None


def cuts(form: str, beginnings: Parts, endings: Parts) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """(before, rest, after) for every way to cut something off; the number of ways is bounded."""
    for before, rest in _heads(form, beginnings, BEGINNINGS):
        if before is not None:
            yield before, rest, ()
        for length in range(1, min(6, len(rest) - LEFT) + 1):
            if (after := endings.get(rest[-length:])) is not None:
                yield before or (), rest[:-length], after


def _heads(form: str, beginnings: Parts, depth: int) -> Iterator[tuple[tuple[str, ...] | None, str]]:
    yield None, form
    if not depth or not beginnings:
        return
    for length in range(1, min(4, len(form) - LEFT) + 1):
        if (before := beginnings.get(form[:length])) is not None:
            for more, rest in _heads(form[length:], beginnings, depth - 1):
                yield (*before, *(more or ())), rest


def cut_to_known(form: str, beginnings: Parts, endings: Parts, known: Callable[[str], bool]) -> tuple[str, ...] | None:
    """The words of a form of which a word of the rules is left; as little as possible is cut off."""
    found = [(before, rest, after) for before, rest, after in cuts(form, beginnings, endings) if known(rest)]
    if not found:
        return None
    before, rest, after = max(found, key=lambda cut: len(cut[1]))
    return (*before, rest, *after)
