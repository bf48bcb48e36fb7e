"""From tokens to hits: which rules a text meets, and what the words around them change.

A modifier takes back only what its words reach: an idiom the words it takes over, a negation what follows in its
clause. Nothing takes back an acute rule. The work per hit is bounded, so that it grows with the text and not faster.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.matching import Span, spans
from flows.signals import TIERS, Hit, Language, Modifier, Rule, Signals, Tier
from flows.tokens import Token, tokens_of
from flows.typed import readings

LONGEST = 24  # tokens: a phrase that covers a hit begins at most so far before it


def trace(text: str, signals: Signals) -> list[Hit]:
    """All hits, also those that a modifier took back (their tier is none): what `explain` shows."""
    tokens = tokens_of(text)
    best: dict[str, Hit] = {}
    for language in signals.languages:
        for reading in readings(tokens, language):
            for hit in hits_of(reading, language):
                known = best.get(hit.rule)
                if known is None or TIERS.index(hit.tier) > TIERS.index(known.tier):
                    best[hit.rule] = hit
    return list(best.values())


def hits_of(tokens: Sequence[Token], language: Language) -> list[Hit]:
    found: dict[str, list[Span]] = {"rule": [], "exempt": [], "modifier": [], "unless": []}
    for span in spans(tokens, language.graph, language.fillers):
        found[span.entry.kind].append(span)
    if not found["rule"]:
        return []
    exempt, unless = _by_start(found["exempt"]), _by_start(found["unless"])
    change = _Change(tokens, language, [span for span in found["modifier"] if not _covered(span, unless)])
    return [
        _hit(language.rules[span.entry.owner], span, tokens, language, change)
        for span in found["rule"]
        if not _covered(span, exempt)
    ]


def _hit(rule: Rule, span: Span, tokens: Sequence[Token], language: Language, change: _Change) -> Hit:
    modifiers = () if rule.acute else change.of(span, rule.category)
    tier = rule.tier
    for modifier in modifiers:
        tier = _lowered(tier, modifier.effect)
    return Hit(
        rule=rule.id,
        language=language.code,
        category=rule.category,
        tier=tier,
        acute=rule.acute,
        start=tokens[span.start].start,
        end=tokens[span.end - 1].end,
        tier_before=rule.tier,
        modifiers=tuple(dict.fromkeys(modifier.id for modifier in modifiers)),
    )


def _lowered(tier: Tier, effect: str) -> Tier:
    if effect == "lower":
        return TIERS[max(0, TIERS.index(tier) - 1)]
    return "none" if effect == "none" else min(tier, "watch", key=TIERS.index)


def _by_start(found: Sequence[Span]) -> dict[tuple[int, int], int]:
    """(owner, first token) -> the furthest end."""
    ends: dict[tuple[int, int], int] = {}
    for span in found:
        key = (span.entry.owner, span.start)
        ends[key] = max(ends.get(key, 0), span.end)
    return ends


def _reach(span: Span) -> range:
    """Where words may begin that cover a span's end: before it or in it ("I [cut myself shaving]")."""
    return range(max(0, span.start - LONGEST), span.end)


def _covered(span: Span, ends: dict[tuple[int, int], int]) -> bool:
    """A phrase of the same owner takes its words over, to their end or beyond."""
    return any(ends.get((span.entry.owner, start), 0) >= span.end for start in _reach(span))


class _Change:
    """The modifiers of one reading, found by where they work."""

    def __init__(self, tokens: Sequence[Token], language: Language, found: Sequence[Span]) -> None:
        self.tokens, self.breaks = tokens, language.breaks
        self.covering: dict[int, list[tuple[int, Modifier]]] = {}
        self.before: dict[int, dict[str, Modifier]] = {}
        self.around: dict[tuple[str, int], dict[str, Modifier]] = {}
        for span in found:
            modifier = language.modifiers[span.entry.owner]
            if modifier.reach == "covers":
                self.covering.setdefault(span.start, []).append((span.end, modifier))
            elif modifier.reach == "before":
                self.before.setdefault(span.end, {})[modifier.id] = modifier
            else:
                place = getattr(tokens[span.start], modifier.reach)
                self.around.setdefault((modifier.reach, place), {})[modifier.id] = modifier

    def of(self, span: Span, category: str) -> tuple[Modifier, ...]:
        """What changes the meaning of the words at `span`."""
        first = self.tokens[span.start]
        found = [
            modifier for start in _reach(span) for end, modifier in self.covering.get(start, ()) if end >= span.end
        ]
        found += self._standing_before(span)
        for reach, place in (("clause", first.clause), ("sentence", first.sentence)):
            found += self.around.get((reach, place), {}).values()
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
