"""What an ask takes: choices that lead on and can be told apart, slots of the right type, skips that make sense."""

from __future__ import annotations

from collections.abc import Mapping

from flows.alternatives import tree_of
from flows.flow import Ask, Assignment, Choice, Flow, Node, Scale, Slot
from flows.named import NAMED
from flows.phrases import normal
from flows.proof.case import Case, listing
from flows.readability import length, spelled

BUTTONS = 6  # working rule: README, Figures
LABEL = 24  # characters
MUST = {"profile.adult": "the age", "consents.processing": "a consent", "consents.research": "a consent"}


def prove_answers(case: Case) -> None:
    for node in case.flow.nodes.values():
        if node.ask:
            _choices(case, node, node.ask)
            _into(case, node, node.ask)
            _skip(case, node, node.ask)
            _labels(case, node, node.ask)


def _choices(case: Case, node: Node, ask: Ask) -> None:
    if ask.type not in ("choice", "choices"):
        return
    if len(ask.choices) > BUTTONS:
        case.report("too_many_choices", node, ask.line, count=len(ask.choices), limit=BUTTONS)
    if ask.choices and not ask.source and all(choice.when for choice in ask.choices):
        case.report("no_choice_stays", node, ask.line)
    for choice in ask.choices:
        if not choice.to and not node.edges:
            case.report("choice_leads_nowhere", node, choice.line, choice=choice.name)
        if not choice.label.strip():
            case.report("empty_label", node, choice.line, choice=choice.name)
    _told_apart(case, node, ask)
    if ask.silence and ask.silence.choice not in {choice.name for choice in ask.choices}:
        known = listing(choice.name for choice in ask.choices)
        case.report("unknown_silence", node, ask.line, choice=ask.silence.choice, known=known)


def _told_apart(case: Case, node: Node, ask: Ask) -> None:
    """No label or synonym means two choices that can be offered together."""
    meant: dict[str, Choice] = {}
    for choice in ask.choices:
        for words in dict.fromkeys(map(normal, (choice.label, *choice.synonyms))):
            other = meant.setdefault(words, choice)
            if words and other is not choice and not (other.when and choice.when):
                case.report("same_label", node, choice.line, label=words)


def _labels(case: Case, node: Node, ask: Ask) -> None:
    labels = [(choice.label, choice.line) for choice in ask.choices]
    labels += [(label, ask.line) for label in (*ask.ready, ask.done) if label]
    for label, line in labels:
        count = length(spelled(label, case.flow))
        if count > LABEL:
            case.report("label_too_long", node, line, label=label, count=count, limit=LABEL)


def _into(case: Case, node: Node, ask: Ask) -> None:
    for each in node.assignments:
        if each.target == ask.into:
            case.report("overwritten_answer", node, each.line, name=each.target)
    if not ask.into:
        if ask.type != "timed" and not _told_by_the_way(ask):
            case.report("unkept_answer", node, ask.line)
        return
    slot = case.flow.slots.get(ask.into)
    if slot:
        _type(case, node, ask, slot)
    if ask.source and slot and slot.type == "pick" and slot.source != ask.source:
        case.report("pick_source", node, ask.line, name=slot.name, source=slot.source, given=ask.source)


def _told_by_the_way(ask: Ask) -> bool:
    """Nothing is lost when the answer is not kept: at most one choice neither leads elsewhere nor sets something."""
    silent = [choice for choice in ask.choices if not choice.to and not choice.assignments]
    return ask.type == "choice" and not ask.source and len(silent) <= 1


def _type(case: Case, node: Node, ask: Ask, slot: Slot) -> None:
    expected = "pick" if ask.source and slot.type == "pick" else ask.type
    if slot.type != expected:
        case.report("wrong_type", node, ask.line, given=ask.type, name=slot.name, type=slot.type)
    elif slot.scale and ask.scale and _range(slot.scale) != _range(ask.scale):
        given, wanted = f"{ask.type} {_range(ask.scale)}", f"{slot.type} {_range(slot.scale)}"
        case.report("wrong_type", node, ask.line, given=given, name=slot.name, type=wanted)


def _range(scale: Scale) -> str:
    return f"{scale.low}-{scale.high}"


def _skip(case: Case, node: Node, ask: Ask) -> None:
    what = _must_answer(case, ask)
    if ask.skip.allowed and what:
        case.report("must_answer", node, ask.line, what=what)
    if not ask.skip.allowed and not ask.skip.reason:
        case.report("skip_reason", node, ask.line)
    if ask.skip.value and not _accepts(ask, ask.skip.value):
        case.report("skip_value", node, ask.line, value=ask.skip.value)


def _must_answer(case: Case, ask: Ask) -> str:
    """What kind of answer must not be skipped: consent, age, a safety answer; empty for all others."""
    targets = [ask.into, *(each.target for choice in ask.choices for each in choice.assignments)]
    for target in targets:
        if target in MUST:
            return MUST[target]
    slot = case.flow.slots.get(ask.into)
    return "a safety answer" if ask.silence or (slot and slot.share == "safety") else ""


def _accepts(ask: Ask, value: str) -> bool:
    if ask.type in ("rating", "number"):
        scale = ask.scale
        return value.lstrip("-").isdecimal() and (scale is None or scale.low <= int(value) <= scale.high)
    if ask.type == "choice" and not ask.source:
        return value in {choice.name for choice in ask.choices}
    return True


def answers_of(path: str, flow: Flow, flows: Mapping[str, Flow], depth: int = 0) -> frozenset[str] | None:
    """The answers a choice slot can have; None when they cannot be counted."""
    slot = flow.slots.get(path)
    if slot is None or slot.type not in ("choice", "choices") or depth > len(flows):
        return None
    answers: set[str] = set()
    for node in flow.nodes.values():
        found = _answers_at(path, node, flow, flows, depth)
        if found is None:
            return None
        answers |= found
    return frozenset(answers)


def _answers_at(path: str, node: Node, flow: Flow, flows: Mapping[str, Flow], depth: int) -> frozenset[str] | None:
    answers: set[str] = set()
    written = [*node.assignments, *(each for edge in node.edges for each in edge.assignments)]
    if node.ask:
        written += [each for choice in node.ask.choices for each in choice.assignments]
    if node.ask and node.ask.into == path:
        if node.ask.source:
            return None
        answers |= {choice.name for choice in node.ask.choices} | ({node.ask.skip.value} - {""})
    for each in written:
        word = _word_of(each, flow) if each.target == path else ""
        if word is None:
            return None
        answers |= {word} - {""}
    if node.call and path in node.call.into:
        part = flows.get(node.call.part)
        inside = answers_of(node.call.into[path], part, flows, depth + 1) if part else None
        if inside is None:
            return None
        answers |= inside
    return frozenset(answers)


def _word_of(assignment: Assignment, flow: Flow) -> str | None:
    """The word that is assigned; None when it is taken from somewhere else."""
    tree = tree_of(assignment.value)
    name = getattr(tree, "id", None)
    if name is not None:
        return None if name in flow.slots or name in flow.takes or name in NAMED else str(name)
    value = getattr(tree, "value", None)
    return value if isinstance(value, str) else None
