"""Names in expressions and texts are known, have the fields asked of them, and can have the answers compared to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flows.alternatives import tree_of
from flows.expressions import ExpressionError, compile_guard
from flows.flow import Node, Slot
from flows.named import NAMED
from flows.proof.answers import answers_of
from flows.proof.case import KEPT, PLAN_FIELDS, PROFILE, Case, kept_slots, listing, nearest
from flows.proof.facts import path_of
from flows.proof.sources import expressions, text_of, texts
from flows.record import WRITABLE
from flows.wording import WordingError


def prove_names(case: Case) -> None:
    used: set[str] = set()
    for node in case.flow.nodes.values():
        for source, line in expressions(case, node):
            used |= _expression(case, node, source, line) if source else set()
        for said in texts(case, node):
            used |= _text(case, node, said.text, said.line)
        used |= _written(case, node)
    for text in case.flow.words.values():
        used |= _text(case, None, text, case.flow.line) if isinstance(text, str) else set()
    for name in case.flow.gives:
        used.add(name)
        if name not in case.flow.slots:
            case.report("unknown_gives", None, case.flow.line, name=name)
    for name, slot in case.flow.slots.items():
        if name not in used and not _from_the_skeleton(case, name):
            case.report("unused_slot", None, slot.line, name=name)


def _from_the_skeleton(case: Case, name: str) -> bool:
    """A slot that every session has comes from the skeleton, and one session may have no need of it."""
    sessions = [flow for flow in case.flows.values() if flow.kind == "session"]
    shared = len(sessions) > 1 or bool(case.flow.without)
    return case.flow.kind == "session" and shared and all(name in flow.slots for flow in sessions)


def _expression(case: Case, node: Node, source: str, line: int) -> set[str]:
    """Report what is wrong with one expression; the names it uses."""
    try:
        guard = compile_guard(source, case.known)
    except ExpressionError as error:
        case.report("bad_guard", node, line, source=source, reason=error)
        return set()
    tree = tree_of(source)
    if tree is not None and not isinstance(tree, ast.Name):
        _words(case, node, tree, line)
    for name, field in sorted(guard.fields):
        _field(case, node, name, field, line)
    for flow, slot in KEPT.findall(source):
        known = kept_slots(case.flows, flow)
        if slot not in known:
            case.report("unknown_field", node, line, name=f"kept.{flow}", field=slot, known=listing(known))
    return set(guard.names)


def _words(case: Case, node: Node, tree: ast.AST, line: int) -> None:
    """A word that is no name stands beside a comparison, and is an answer that the other side can have."""
    compared: set[ast.AST] = set()
    bound = {
        loop.target.id
        for loop in ast.walk(tree)
        if isinstance(loop, ast.comprehension) and isinstance(loop.target, ast.Name)
    }
    for each in ast.walk(tree):
        if isinstance(each, ast.Compare) and isinstance(each.ops[0], (ast.Is, ast.IsNot)):
            compared.add(each.comparators[0])
        if isinstance(each, ast.Compare) and isinstance(each.ops[0], (ast.Eq, ast.NotEq, ast.In, ast.NotIn)):
            left, right = each.left, each.comparators[0]
            compared |= {left, right}
            for word, other in ((left, right), (right, left)):
                _word(case, node, word, other, line)
    loose = [each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and each not in compared]
    for name in sorted(set(loose) - case.known - bound - {"len", "any", "all", "count"}):
        case.report("unknown_name", node, line, name=name, nearest=nearest(name, case.known))


def _word(case: Case, node: Node, word: ast.AST, other: ast.AST, line: int) -> None:
    said = word.value if isinstance(word, ast.Constant) and isinstance(word.value, str) else ""
    if isinstance(word, ast.Name) and word.id not in case.known:
        said = word.id
    path = path_of(other)
    if not said or not path or path == said:
        return
    known = frozenset(case.programme.flags) if path == "flags" else answers_of(path, case.flow, case.flows)
    if known is not None and said not in known:
        case.report("unknown_word", node, line, word=said, name=path, known=listing(known))


def _text(case: Case, node: Node | None, source: str, line: int) -> set[str]:
    """Report what is wrong with one text; the names it uses."""
    try:
        text = text_of(source)
    except WordingError as error:
        name = "bad_text" if error.__cause__ else "forbidden_text"
        case.report(name, node, line, reason=error)
        return set()
    for name in text.names:
        if name not in case.known:
            case.report("unknown_name", node, line, name=name, nearest=nearest(name, case.known))
    for name, field in sorted(text.fields):
        _field(case, node, name, field, line)
    return set(text.names)


def _field(case: Case, node: Node | None, name: str, field: str, line: int) -> None:
    known = _fields_of(case, name)
    if known is not None and field not in known and name in case.known:
        case.report("unknown_field", node, line, name=name, field=field, known=listing(known))


def _fields_of(case: Case, name: str) -> frozenset[str] | None:
    """The fields that a name has; None when anything goes."""
    if slot := case.flow.slots.get(name):
        return _slot_fields(case, slot)
    if name in case.flow.takes:
        return None
    if name in case.elements:
        return frozenset(field for source in _sources(case, name) for field in _element_fields(case, source) or ("?",))
    fixed = {
        "profile": frozenset(PROFILE),
        "consents": frozenset(WRITABLE["consents"]),
        "flags": frozenset(case.programme.flags),
        "kept": frozenset(flow for flow in case.flows if kept_slots(case.flows, flow)),
    }
    named = NAMED.get(name)
    return fixed.get(name) or (frozenset(named.fields) if named else None)


def _slot_fields(case: Case, slot: Slot) -> frozenset[str]:
    if slot.type == "plan":
        return frozenset(PLAN_FIELDS)
    return _element_fields(case, slot.source) if slot.type == "pick" else frozenset()


def _element_fields(case: Case, source: str) -> frozenset[str]:
    """The fields of one element of a list; words written out and marked choices have an id and a text."""
    if "," in source or KEPT.fullmatch(source):
        return frozenset({"id", "text"})
    if slot := case.flow.slots.get(source):
        return frozenset({"id", "text", *slot.fields})
    named = NAMED.get(source)
    return frozenset(named.list_of) if named else frozenset()


def _sources(case: Case, element: str) -> Iterator[str]:
    for node in case.flow.nodes.values():
        if node.ask and node.ask.element == element:
            yield node.ask.source
        if node.call and node.call.element == element:
            yield node.call.each


def _written(case: Case, node: Node) -> set[str]:
    """Report targets that cannot be written; the names written."""
    targets = [(each.target, each.line) for each in node.assignments]
    targets += [(each.target, each.line) for edge in node.edges for each in edge.assignments]
    if node.ask:
        targets += [(each.target, each.line) for choice in node.ask.choices for each in choice.assignments]
        targets += [(node.ask.into, node.ask.line)] if node.ask.into else []
    if node.call:
        targets += [(own, node.call.line) for own in node.call.into]
    for target, line in targets:
        name, _, field = target.partition(".")
        if not _may_write(case, name, field):
            case.report(
                "unknown_target",
                node,
                line,
                name=target,
                known=listing({*case.flow.slots, *(f"{each}.…" for each in WRITABLE)}),
            )
    return {target.partition(".")[0] for target, _ in targets} | {removal.slot for removal in node.removals}


def _may_write(case: Case, name: str, field: str) -> bool:
    """An own slot, a field of an own plan slot, or what `WRITABLE` lists of the record."""
    slot = case.flow.slots.get(name)
    if slot:
        return not field or field in _slot_fields(case, slot)
    return field in (tuple(case.programme.flags) if name == "flags" else WRITABLE.get(name, ()))
