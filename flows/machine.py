"""All flows of a library, compiled into ONE transitions Machine.

State names are `flow@version:node`. The machine knows no participant: a turn lends it a throw-away model
(`machine.events[trigger].trigger(model, model)`), the way that costs 6 us. Author words never become trigger or
attribute names: the triggers are the five of `TRIGGERS`, and what a choice or an end is called is compared as a value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from transitions import Machine, Transition

from flows.expressions import Guard, Scope, compile_guard, truth
from flows.flow import Ask, Choice, Edge, Flow, Node, Scale, Words
from flows.named import NAMED
from flows.overlay import SESSION_WORDS, Overlay
from flows.wording import Text

TRIGGERS = ("answer", "skip", "passed", "call", "resume")
Spoken = dict[str, tuple[Text, ...]]  # language -> variants; the base language is always there


class Light:
    """The model of one turn: all that transitions needs is `state`; guards read the rest. Thrown away."""

    __slots__ = ("choice", "edge", "ended", "scope", "state")

    def __init__(self, state: str, scope: Scope, choice: str = "", ended: str = "") -> None:
        self.state, self.scope, self.choice, self.ended = state, scope, choice, ended
        self.edge: Edge | None = None


class Move(Transition):
    """A transition that only moves its model: what a node says and sets is in its Place, so no state has hooks."""

    def _change_state(self, event_data: Any) -> None:
        event_data.model.state = self.dest


class Moves(Machine):
    """transitions' Machine over moves."""

    transition_cls = Move


class Bubble:
    """Words compiled: guard, variants per language, seconds of a timed list, the key its variants are counted under."""

    __slots__ = ("at", "key", "spoken", "when")

    def __init__(self, key: str, spoken: Spoken, when: Guard | None, at: int) -> None:
        self.key, self.spoken, self.when, self.at = key, spoken, when, at


class Place:
    """A node, compiled: what it says in each language, its guards and values."""

    __slots__ = (
        *("acts", "additions", "assignments", "choice_values", "done", "edge_values", "element_label", "flow", "given"),
        *("guards", "labels", "node", "question", "ready", "say", "short", "source", "state", "timed"),
    )

    def __init__(self, flow: Flow, node: Node, compiler: Compiler) -> None:
        self.flow, self.node, self.state = flow, node, state_name(flow, node.name)
        words, value = compiler.words, compiler.value
        self.say = tuple(compiler.bubble(node, f"say.{i}", each) for i, each in enumerate(node.say))
        self.short = tuple(compiler.bubble(node, f"short.{i}", each) for i, each in enumerate(node.short))
        self.assignments = tuple((each.target, value(each.value)) for each in node.assignments)
        self.additions = tuple(
            (each.kind, {f: words(node, f"add.{each.kind}.{f}", (t,)) for f, t in each.fields.items()})
            for each in node.additions
        )
        ask = node.ask or Ask("text", Words(("",)))
        self.question = compiler.bubble(node, "ask", ask.question)
        self.labels = {each.name: words(node, f"choice.{each.name}", (each.label,)) for each in ask.choices}
        self.guards = {each.name: value(each.when) for each in ask.choices if each.when}
        self.choice_values = {
            each.name: tuple((a.target, value(a.value)) for a in each.assignments) for each in ask.choices
        }
        self.source = value(ask.source) if ask.source else None
        self.element_label = words(node, "label", (ask.element_label,)) if ask.element_label else None
        self.timed = tuple(compiler.bubble(node, f"timed.{i}", each) for i, each in enumerate(ask.timed))
        self.ready = tuple(words(node, f"ready.{i}", (each,)) for i, each in enumerate(ask.ready))
        self.done = words(node, "done", (ask.done,)) if ask.done else None
        self.given = compiler.given(node)
        self.edge_values = {
            edge: tuple((a.target, value(a.value)) for a in edge.assignments) for edge in node.edges if edge.assignments
        }
        self.acts = bool(node.assignments or node.additions or node.removals)


class Compiler:
    """Compiles the words and values of one flow: knows its names and its translations."""

    def __init__(self, flow: Flow, overlays: Mapping[str, Overlay], base: str) -> None:
        self.flow, self.overlays, self.base = flow, overlays, base
        self.known: Collection[str] = {*flow.slots, *flow.takes, *NAMED, *element_names(flow)}

    def value(self, source: str) -> Guard:
        return compile_guard(source, self.known)

    def words(self, node: Node | None, path: str, variants: tuple[str, ...]) -> Spoken:
        name = node.name if node else SESSION_WORDS
        spoken = {self.base: tuple(map(Text, variants))}
        for language, overlay in self.overlays.items():
            translated = overlay.words.get(name, {}).get(path)
            if translated:
                spoken[language] = tuple(map(Text, translated))
        return spoken

    def bubble(self, node: Node, path: str, words: Words) -> Bubble:
        guard = self.value(words.when) if words.when else None
        return Bubble(f"{self.flow.name}:{node.name}:{path}", self.words(node, path, words.variants), guard, words.at)

    def given(self, node: Node) -> dict[str, Spoken | Guard | Scale]:
        """What a call passes: words stay words, a scale a scale; anything else is a value."""
        if not node.call:
            return {}
        return {name: self._one_given(node, name, said) for name, said in node.call.given.items()}

    def _one_given(self, node: Node, name: str, said: str | Scale) -> Spoken | Guard | Scale:
        if isinstance(said, Scale):
            return said
        if node.call and name in node.call.spoken:
            return self.words(node, f"with.{name}", (said,))
        return self.value(said)


def element_names(flow: Flow) -> set[str]:
    """Names that stand for one element: of `from LIST as NAME` and `each LIST as NAME`."""
    asks = {node.ask.element for node in flow.nodes.values() if node.ask and node.ask.element}
    return asks | {node.call.element for node in flow.nodes.values() if node.call and node.call.element}


def state_name(flow: Flow, node: str) -> str:
    return f"{flow.name}@{flow.version}:{node}"


def compile_machine(flows: Mapping[tuple[str, str], Flow]) -> Machine:
    """One Machine over every flow and version; parts are reached by the version that the caller was compiled with."""
    states = [state_name(flow, name) for flow in flows.values() for name in flow.nodes]
    transitions = [
        each for flow in flows.values() for node in flow.nodes.values() for each in _transitions(flow, node, flows)
    ]
    return Moves(
        model=None,
        states=states or ["nowhere"],
        transitions=transitions,
        initial=None,
        auto_transitions=False,
        send_event=False,
    )


def _transitions(flow: Flow, node: Node, flows: Mapping[tuple[str, str], Flow]) -> Iterator[dict[str, Any]]:
    source = state_name(flow, node.name)
    known = {*flow.slots, *flow.takes, *NAMED, *element_names(flow)}

    def way(trigger: str, to: str, edge: Edge, *conditions: Callable[[Light], bool]) -> dict[str, Any]:
        guards = [*conditions, *((_guard(compile_guard(edge.when, known)),) if edge.when else ())]
        return {
            "trigger": trigger,
            "source": source,
            "dest": state_name(flow, to),
            "conditions": guards,
            "before": _taking(edge) if edge.assignments else None,
        }

    if node.kind == "asks" and node.ask:
        for choice in node.ask.choices:
            if choice.to:
                yield way("answer", choice.to, Edge(choice.to, line=choice.line), _chosen(choice))
        if node.ask.skip.to:
            yield way("skip", node.ask.skip.to, Edge(node.ask.skip.to))
        for edge in node.edges:
            yield way("answer", edge.to, edge)
            if not node.ask.skip.to:
                yield way("skip", edge.to, edge)
    elif node.kind == "calls" and node.call:
        part = flows[node.call.part, flow.calls[node.call.part]]
        yield {"trigger": "call", "source": source, "dest": state_name(part, part.start)}
        for end, to in node.call.ends.items():
            yield way("resume", to, Edge(to, line=node.line), _ended(end))
        yield from (way("resume", edge.to, edge) for edge in node.edges)
    elif node.kind in ("decides", "opens"):
        yield from (way("passed", edge.to, edge) for edge in node.edges)


def _guard(guard: Guard) -> Callable[[Light], bool]:
    return lambda light: truth(guard.run(light.scope))


def _chosen(choice: Choice) -> Callable[[Light], bool]:
    return lambda light: light.choice == choice.name


def _ended(end: str) -> Callable[[Light], bool]:
    return lambda light: light.ended == end


def _taking(edge: Edge) -> Callable[[Light], None]:
    def take(light: Light) -> None:
        light.edge = edge

    return take
