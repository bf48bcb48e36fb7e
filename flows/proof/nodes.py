"""What a node is made of: milestones that exist, additions that have what they need."""

from __future__ import annotations

from flows.proof.case import REQUIRED, Case

MILESTONES = ("", "do", "plan")


def prove_nodes(case: Case) -> None:
    for node in case.flow.nodes.values():
        if node.milestone not in MILESTONES or (node.milestone and case.flow.kind != "session"):
            case.report("unknown_milestone", node, milestone=node.milestone)
        for addition in node.additions:
            for field in REQUIRED[addition.kind]:
                if not addition.fields.get(field):
                    case.report("addition_field", node, addition.line, kind=addition.kind, field=field)
