"""Every rule's own sentences, tried: those it must catch and those it must leave alone.

This runs whenever rules are read, so that a rule that no longer does what its author promised is a problem at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.hits import trace
from flows.manuscript import Mapping
from flows.problems import Problem, problem
from flows.rulebook import read_rules
from flows.signals import Rule, Signals


def read_signals(documents: Sequence[tuple[str, Mapping]]) -> tuple[Signals, list[Problem]]:
    """(signals, problems) of all rule files, given as (file, content), with every example tried."""
    signals, problems = read_rules(documents)
    for (file, _), language in zip(documents, signals.languages, strict=True):
        alone = Signals((language,))
        problems += [each for rule in language.rules for each in _broken_promises(rule, alone, file)]
    return signals, problems


def _broken_promises(rule: Rule, alone: Signals, file: str) -> Iterator[Problem]:
    caught = {said: caught_by(said, alone) for said in (*rule.must_match, *rule.must_not)}
    for name, sentences, expected in (
        ("missed_example", rule.must_match, True),
        ("caught_example", rule.must_not, False),
    ):
        for said in sentences:
            if (rule.id in caught[said]) != expected:
                yield problem(name, file, rule.line, rule=rule.id, said=said)
    if rule.must_match and all(caught[said] - {rule.id} for said in rule.must_match):
        yield problem("shadowed_rule", file, rule.line, rule=rule.id, others=_others(rule, caught))


def _others(rule: Rule, caught: dict[str, set[str]]) -> str:
    return ", ".join(sorted(set().union(*(caught[said] for said in rule.must_match)) - {rule.id}))


def caught_by(text: str, signals: Signals) -> set[str]:
    """The rules that a text meets and that nothing takes back."""
    return {hit.rule for hit in trace(text, signals) if hit.tier != "none"}
