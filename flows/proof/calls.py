"""What passes between flows: a call gives what the part takes, takes what it gives, and follows each of its ends."""

from __future__ import annotations

from collections.abc import Mapping

from flows.expressions import ExpressionError, compile_guard
from flows.flow import Call, Flow, Node, Scale, Take
from flows.named import NAMED
from flows.proof.case import KEPT, Case, listing, nearest
from flows.record import FRAMES

EXPECTED = {
    "words": "Write a text.",
    "value": "Write a slot, a value or a word.",
    "scale": "Write a range like {range: 0-10}, or pass on a scale that this flow takes.",
}


def prove_calls(case: Case) -> None:
    for node in case.flow.nodes.values():
        if node.call:
            _call(case, node, node.call)
        if node.ask and node.ask.source:
            _list(case, node, node.ask.source, node.ask.line)
        if node.begin or node.opens:
            _begins(case, node)
    path = _deepest(case.flow, case.flows, ())
    if len(path) > FRAMES and len(set(path)) == len(path):
        case.report("calls_too_deep", None, case.flow.line, depth=len(path), limit=FRAMES, path=" → ".join(path))


def _call(case: Case, node: Node, call: Call) -> None:
    part = case.flows.get(call.part)
    line = call.line or node.line
    if part is None:
        names = [name for name, flow in case.flows.items() if flow.kind == "part"]
        case.report("unknown_flow", node, line, name=call.part, nearest=nearest(call.part, names))
        return
    if part.kind != "part":
        case.report("not_a_part", node, line, name=part.name, kind=part.kind.replace("_", "-"))
        return
    _takes(case, node, call, part)
    _gives(case, node, call, part)
    _ends(case, node, call, part)
    if call.each:
        _list(case, node, call.each, line)


def _takes(case: Case, node: Node, call: Call, part: Flow) -> None:
    line = call.line or node.line
    for name, take in part.takes.items():
        if name not in call.given and take.default is None:
            case.report("missing_take", node, line, part=part.name, name=name)
    for name, said in call.given.items():
        wanted = part.takes.get(name)
        if wanted is None:
            case.report("unknown_take", node, line, part=part.name, name=name, known=listing(part.takes))
        elif not _fits(case, wanted, said):
            expected = EXPECTED[wanted.type]
            case.report("take_mismatch", node, line, part=part.name, name=name, type=wanted.type, wanted=expected)


def _fits(case: Case, take: Take, said: str | Scale) -> bool:
    if take.type == "scale":
        own = case.flow.takes.get(said) if isinstance(said, str) else None
        return isinstance(said, Scale) or bool(own and own.type == "scale")
    if isinstance(said, Scale):
        return False
    return take.type == "words" or _is_value(case, said)


def _is_value(case: Case, said: str) -> bool:
    try:
        compile_guard(said, case.known)
    except ExpressionError:
        return False
    return True


def _gives(case: Case, node: Node, call: Call, part: Flow) -> None:
    line = call.line or node.line
    for own, give in call.into.items():
        if give == call.element and call.each:
            continue
        if give not in part.gives:
            case.report("unknown_give", node, line, part=part.name, name=give, known=listing(part.gives))
            continue
        slot, given = case.flow.slots.get(own), part.slots.get(give)
        if slot and given and slot.type != given.type and slot.type != "plan":
            case.report("wrong_type", node, line, given=given.type, name=own, type=slot.type)
    if not call.each:
        return
    list_name = next((own for own, give in call.into.items() if give == call.element), call.each)
    source = case.flow.slots.get(list_name)
    for give in part.gives if source and source.type == "list" else ():
        if source and give not in source.fields:
            case.report("each_field", node, line, part=part.name, name=give, list=list_name)


def _ends(case: Case, node: Node, call: Call, part: Flow) -> None:
    line = call.line or node.line
    for end in call.ends:
        if end not in part.ends:
            case.report("unknown_end", node, line, part=part.name, end=end, known=listing(part.ends))
    for end in part.ends:
        if end not in call.ends and not node.edges:
            case.report("end_without_edge", node, line, part=part.name, end=end)


def _list(case: Case, node: Node, name: str, line: int) -> None:
    """A list is a slot of that type, a named list of elements, something this part takes, or written out."""
    slot, named = case.flow.slots.get(name), NAMED.get(name)
    sound = (slot and slot.type in ("list", "choices")) or (named and named.list_of) or name in case.flow.takes
    if not sound and "," not in name and not KEPT.fullmatch(name):
        lists = [each.name for each in case.flow.slots.values() if each.type == "list"]
        case.report("not_a_list", node, line or node.line, name=name, known=listing(lists))


def _begins(case: Case, node: Node) -> None:
    """`begin` and `opens` name a flow, or a slot that holds a flow's name."""
    for name in filter(None, (node.begin, node.opens)):
        if name in case.flows and case.flows[name].kind == "part":
            case.report("unknown_flow", node, name=name, nearest="a flow that is not a part")
        elif name.split(".")[0] not in case.known and name not in case.flows:
            case.report("unknown_flow", node, name=name, nearest=nearest(name, case.flows))


def _deepest(flow: Flow, flows: Mapping[str, Flow], above: tuple[str, ...]) -> tuple[str, ...]:
    """The longest chain of calls from this flow; a circle ends where it closes."""
    here = (*above, flow.name)
    if flow.name in above:
        return here
    parts = {node.call.part for node in flow.nodes.values() if node.call}
    below = [_deepest(flows[part], flows, here) for part in sorted(parts) if part in flows]
    return max(below, key=len, default=here)


def prove_recursion(case: Case) -> None:
    """Reported once per circle, at the first of its parts by name."""
    path = _circle(case.flow, case.flows)
    if path and case.flow.name == min(path):
        case.report("recursion", None, case.flow.line, path=" → ".join([*path, path[0]]))


def _circle(flow: Flow, flows: Mapping[str, Flow]) -> list[str]:
    paths, seen = [[flow.name]], {flow.name}
    while paths:
        path = paths.pop(0)
        for part in sorted({node.call.part for node in flows[path[-1]].nodes.values() if node.call}):
            if part == flow.name:
                return path
            if part in flows and part not in seen:
                seen.add(part)
                paths.append([*path, part])
    return []
