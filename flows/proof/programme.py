"""The programme and the flows that have a role in it: nobody is met without the safety flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.flow import Flow
from flows.problems import Problem, problem
from flows.programme import ROLES, Programme
from flows.proof.case import nearest

FILE = "programme.yaml"
SAFETY_ROLES = ("sos", "ask_directly", "connect", "emergency")


def prove_programme(flows: Mapping[str, Flow], programme: Programme) -> Iterator[Problem]:
    sessions = {name for name, flow in flows.items() if flow.kind == "session"}
    yield from _roles(flows, programme)
    listed = [name for module in programme.modules for name in module.sessions]
    for name in (*listed, *programme.comfort):
        if name not in sessions:
            yield problem("unknown_session", FILE, 1, name=name, nearest=nearest(name, sessions))
    for name in sorted(sessions - set(listed)):
        if not flows[name].withdrawn:
            yield problem("unlisted_session", flows[name].file, flows[name].line)
    called = {node.call.part for flow in flows.values() for node in flow.nodes.values() if node.call}
    for flow in flows.values():
        if flow.kind == "part" and flow.name not in called:
            yield problem("uncalled_part", flow.file, flow.line)
    yield from _codes(flows)


def _roles(flows: Mapping[str, Flow], programme: Programme) -> Iterator[Problem]:
    for role in ROLES:
        name = programme.flows.get(role)
        if not name:
            yield problem("missing_route", FILE, 1, key=role)
        elif name not in flows:
            yield from _missing_flow(role, name, flows)


def _missing_flow(role: str, name: str, flows: Mapping[str, Flow]) -> Iterator[Problem]:
    if role in SAFETY_ROLES:
        yield problem("missing_safety_flow", FILE, 1, name=name)
    else:
        yield problem("unknown_flow", FILE, 1, name=name, nearest=nearest(name, flows))


def _codes(flows: Mapping[str, Flow]) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    for flow in flows.values():
        if flow.code and taken.setdefault(flow.code, flow.file) != flow.file:
            yield problem("code_clash", flow.file, flow.line, code=flow.code, other=taken[flow.code])
