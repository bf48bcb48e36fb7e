"""The proof: what is wrong with all flows together, found before anybody meets them.

Each rule is a function over a Case (one flow among all others). Sessions are proved whole; what is wrong with the
skeleton in every session is reported once, where it stands; what only some sessions cause is reported at those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from flows.flow import Flow
from flows.phrases import Phrases
from flows.problems import Problem
from flows.programme import Programme
from flows.proof.answers import prove_answers
from flows.proof.bubbles import prove_bubbles
from flows.proof.calls import prove_calls, prove_recursion
from flows.proof.case import Case
from flows.proof.graph import prove_graph
from flows.proof.names import prove_names
from flows.proof.nodes import prove_nodes
from flows.proof.phrases import prove_phrases
from flows.proof.programme import prove_programme
from flows.proof.session import prove_session
from flows.proof.slots import prove_slots
from flows.proof.words import prove_words

RULES: tuple[Callable[[Case], None], ...] = (
    prove_graph,
    prove_recursion,
    prove_calls,
    prove_nodes,
    prove_names,
    prove_slots,
    prove_answers,
    prove_session,
    prove_bubbles,
    prove_words,
)


def prove(flows: Mapping[str, Flow], programme: Programme, phrases: Phrases) -> list[Problem]:
    """Every problem of these flows, each once, in the order of the files."""
    found = {name: _prove_flow(Case(flow, flows, programme)) for name, flow in flows.items()}
    sessions = [name for name, flow in flows.items() if flow.kind == "session"]
    shared = Counter(each for name in sessions for each in set(found[name]) if each.file != flows[name].file)
    problems = [*prove_programme(flows, programme), *prove_phrases(phrases)]
    for name, several in found.items():
        for each in several:
            problems += _placed(each, flows[name], shared.get(each, 0), len(sessions))
    return sorted(dict.fromkeys(problems))


def _prove_flow(case: Case) -> list[Problem]:
    for rule in RULES:
        rule(case)
    return case.problems


def _placed(each: Problem, flow: Flow, count: int, sessions: int) -> list[Problem]:
    """A problem of the skeleton that only this session (or some) causes stands at the session's own file."""
    if flow.kind != "session" or each.file == flow.file or count == sessions:
        return [each]
    if each.code in LEFT_OUT:
        return []
    where = f"{each.message.rstrip('.')} ({each.file}:{each.line})."
    return [msgspec.structs.replace(each, file=flow.file, line=flow.line or 1, message=where)]


LEFT_OUT = frozenset({"W402", "W307"})  # a node or slot of the skeleton that this session has no need of
