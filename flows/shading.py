"""What the words around a hit change: idioms that cover it, negations before it, a film or a past in its sentence.

A modifier works only where its words reach. The walk from a hit is bounded, so the work grows with the text and not
faster. Which effect weighs how is the table in `weighed`.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.matching import Span, spans
from flows.signals import TIERS, Language, Modifier, Tier
from flows.tokens import Token

LONGEST = 24  # tokens: a phrase that covers a hit begins at most so far before it

Ends = dict[tuple[int, int], int]  # (owner, first token) -> the furthest end


def weighed(tier: Tier, modifiers: Sequence[Modifier]) -> Tier:
    """The tier with what is said around it.

    none: not meant. watch: at most watch. lower: one step down. raise: one step up, if anything is left.
    keep: the modifiers that it cancels do not count.
    """
    cancelled = {name for modifier in modifiers if modifier.effect == "keep" for name in modifier.cancels}
    effects = {modifier.effect for modifier in modifiers if modifier.id not in cancelled}
    if "none" in effects:
        return "none"
    if "lower" in effects:
        tier = TIERS[max(0, TIERS.index(tier) - 1)]
    if "watch" in effects:
        tier = min(tier, "watch", key=TIERS.index)
    return "urgent" if "raise" in effects and tier == "watch" else tier


class Shades:
    """Everything in one reading that can change a hit, found by where it works."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self.tokens, self.breaks = tokens, language.breaks
        found: dict[str, list[Span]] = {"exempt": [], "modifier": [], "unless": []}
        for span in spans(tokens, language.shades, language.fillers):
            if tokens[span.start].line == tokens[span.end - 1].line:  # what stands on another line changes nothing
                found[span.entry.kind].append(span)
        self.exempt, unless = _by_start(found["exempt"]), _by_start(found["unless"])
        self.excepted = {span.entry.owner for span in found["exempt"]}
        self.can_raise = False
        self.covering: dict[int, list[tuple[int, Modifier]]] = {}
        self.before: dict[int, dict[str, Modifier]] = {}
        self.around: dict[tuple[str, int, int], dict[str, Modifier]] = {}
        for span in found["modifier"]:
            if not _covered(span, unless):
                self._place(span, language.modifiers[span.entry.owner])

    def _place(self, span: Span, modifier: Modifier) -> None:
        self.can_raise = self.can_raise or modifier.effect == "raise"
        if modifier.reach == "covers":
            self.covering.setdefault(span.start, []).append((span.end, modifier))
        elif modifier.reach == "before":
            self.before.setdefault(span.end, {})[modifier.id] = modifier
        else:
            place = _place_of(self.tokens[span.start], modifier.reach)
            self.around.setdefault(place, {})[modifier.id] = modifier

    def takes_back(self, span: Span) -> bool:
        """The rule's own exceptions: words that mean something else."""
        return span.entry.owner in self.excepted and _covered(span, self.exempt)

    def of(self, span: Span, category: str) -> tuple[Modifier, ...]:
        """What changes the meaning of the words at `span`."""
        first = self.tokens[span.start]
        found: list[Modifier] = []
        if self.covering:
            places = (self.covering.get(start, ()) for start in _reach(span))
            found += [modifier for place in places for end, modifier in place if end >= span.end]
        found += self._standing_before(span)
        for reach in ("clause", "sentence"):
            found += self.around.get(_place_of(first, reach), {}).values()
        return tuple(each for each in found if not each.categories or category in each.categories)

    def _standing_before(self, span: Span) -> list[Modifier]:
        """Walk back from the hit over the words of its clause; a break (a new subject, `but`) ends the walk.

        A hit that itself begins with a break ("I want to die") only yields to words that include it ("not think I").
        """
        if self._breaks(span.start):
            return list(self.before.get(span.start + 1, {}).values())
        found: list[Modifier] = []
        clause = self.tokens[span.start].clause
        for steps in range(LONGEST):
            at = span.start - steps
            if at <= 0 or self.tokens[at - 1].clause != clause:
                break
            found += [modifier for modifier in self.before.get(at, {}).values() if steps <= modifier.within]
            if self._breaks(at - 1):
                break
        return found

    def _breaks(self, at: int) -> bool:
        return any(form in self.breaks for form in self.tokens[at].forms)


def _place_of(token: Token, reach: str) -> tuple[str, int, int]:
    """A clause, or a sentence within its line."""
    return (reach, token.clause, 0) if reach == "clause" else (reach, token.sentence, token.line)


def _by_start(found: Sequence[Span]) -> Ends:
    ends: Ends = {}
    for span in found:
        key = (span.entry.owner, span.start)
        ends[key] = max(ends.get(key, 0), span.end)
    return ends


def _reach(span: Span) -> range:
    """Where words may begin that cover a span's end: before it or in it ("I [cut myself shaving]")."""
    return range(max(0, span.start - LONGEST), span.end)


def _covered(span: Span, ends: Ends) -> bool:
    """A phrase of the same owner takes its words over, to their end or beyond."""
    return bool(ends) and any(ends.get((span.entry.owner, start), 0) >= span.end for start in _reach(span))
