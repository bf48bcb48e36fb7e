"""Every rule's own sentences, tried: those it must catch and those it must leave alone.

This runs whenever rules are read, so that a rule that no longer does what its author promised is a problem at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.hits import trace
from flows.manuscript import Mapping
from flows.problems import Problem, problem
from flows.rulebook import read_rules
from flows.signals import Language, Rule, Signals


def read_signals(documents: Sequence[tuple[str, Mapping]]) -> tuple[Signals, list[Problem]]:
    """(signals, problems) of all rule files, given as (file, content), with every example tried."""
    signals, problems = read_rules(documents)
    for (file, _), language in zip(documents, signals.languages, strict=True):
        problems += [each for rule in language.rules for each in _broken_promises(rule, language, file)]
    return signals, problems


def _broken_promises(rule: Rule, language: Language, file: str) -> list[Problem]:
    alone = Signals((language,))
    missed = [said for said in rule.must_match if not catches(rule, said, alone)]
    caught = [said for said in rule.must_not if catches(rule, said, alone)]
    return [
        *(_promise("must_match", rule, file, f"sentences that it catches, not: {said}") for said in missed),
        *(_promise("must_not", rule, file, f"sentences that it leaves alone, not: {said}") for said in caught),
    ]


def catches(rule: Rule, text: str, signals: Signals) -> bool:
    return any(hit.rule == rule.id and hit.tier != "none" for hit in trace(text, signals))


def _promise(key: str, rule: Rule, file: str, wanted: str) -> Problem:
    return problem("wrong_shape", file, rule.line, key=f"{key} of {rule.id}", wanted=wanted)
