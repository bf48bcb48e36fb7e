"""From tokens to hits: which rules a text meets, and what the words around them change.

A modifier takes back only what its words reach: an idiom the words it takes over, a negation what follows in its
clause. Nothing takes back an acute rule. The work per hit is bounded, so that it grows with the text and not faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from flows.matching import Span, spans
from flows.shading import Shades, weighed
from flows.signals import TIERS, Hit, Language, Rule, Signals
from flows.tokens import Token, tokens_of
from flows.typed import readings
from flows.waking import awake

HOPELESS = "denied_but_hopeless"


def trace(text: str, signals: Signals) -> list[Hit]:
    """All hits, also those that a modifier took back (their tier is none): what `explain` shows."""
    tokens = tokens_of(text)
    concerned = awake(tokens, signals.waking) if signals.waking else -1
    best: dict[str, Hit] = {}
    for number, language in enumerate(signals.languages):
        if concerned >> number & 1:
            for reading in readings(tokens, language):
                _keep_gravest(best, hits_of(reading, language))
    return _with_hopelessness(list(best.values()))


def _keep_gravest(best: dict[str, Hit], hits: Iterable[Hit]) -> None:
    for hit in hits:
        known = best.get(hit.rule)
        if known is None or TIERS.index(hit.tier) > TIERS.index(known.tier):
            best[hit.rule] = hit


def hits_of(tokens: Sequence[Token], language: Language) -> list[Hit]:
    """The hits of one reading; of a rule that has been met as gravely as it can be, no further one."""
    found = list(spans(tokens, language.graph, language.fillers))
    if not found:
        return []
    shades = Shades(tokens, language)
    hits: list[Hit] = []
    settled: set[int] = set()
    for span in found:
        number = span.entry.owner
        if number not in settled and not shades.takes_back(span):
            rule = language.rules[number]
            hits.append(_hit(rule, span, tokens, language.code, shades))
            if hits[-1].tier == ("urgent" if shades.can_raise else rule.tier):
                settled.add(number)
    return hits


def _hit(rule: Rule, span: Span, tokens: Sequence[Token], language: str, shades: Shades) -> Hit:
    modifiers = () if rule.acute else shades.of(span, rule.category)
    return Hit(
        rule=rule.id,
        language=language,
        category=rule.category,
        tier=weighed(rule.tier, modifiers),
        acute=rule.acute,
        start=tokens[span.start].start,
        end=tokens[span.end - 1].end,
        tier_before=rule.tier,
        modifiers=tuple(dict.fromkeys(modifier.id for modifier in modifiers)),
        kind=rule.kind,
    )


def _with_hopelessness(hits: list[Hit]) -> list[Hit]:
    """A denial beside hopelessness is still asked about: "I don't want to die, but I see no way out"."""
    if not any(hit.kind == "hopeless" and hit.tier != "none" for hit in hits):
        return hits
    return [
        msgspec.structs.replace(hit, tier="watch", modifiers=(*hit.modifiers, HOPELESS))
        if hit.tier == "none" and hit.category == "suicide" and "negation" in hit.modifiers
        else hit
        for hit in hits
    ]
