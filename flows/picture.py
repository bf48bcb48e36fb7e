"""A flow as a diagram in Mermaid's words, for docs and `willow draw`. Same flow, same text, byte for byte.

Shapes: rounded asks, double-sided calls, hexagon decides, circle ends. Choices and guards stand on the arrows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.flow import Edge, Flow, Node
from flows.readability import spelled
from flows.ways import follows_edges

LABEL = 60  # characters of words in a box
SHAPES = {
    "asks": ('("', '")'),
    "calls": ('[["', '"]]'),
    "opens": ('[["', '"]]'),
    "decides": ('{{"', '"}}'),
    "ends": ('(["', '"])'),
}
ESCAPED = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "|": "#124;", "\\": "#92;"}


def draw(flow: Flow, flows: Mapping[str, Flow] | None = None) -> str:
    """The flow as a Mermaid flowchart, nodes in the author's order. What nothing follows is left out.

    With `flows` the ends of called parts are known, and edges behind a call that nothing takes fall away, too.
    """
    ids = {name: f"n{index}" for index, name in enumerate(flow.nodes)}
    lines = ["flowchart TD", f'  begin(("{escape(flow.title or flow.name)}"))']
    lines += [f"  {ids[name]}{_box(node, flow)}" for name, node in flow.nodes.items()]
    if flow.start in ids:
        lines.append(f"  begin --> {ids[flow.start]}")
    for name, node in flow.nodes.items():
        for to, label in _arrows(node, flows or {}):
            if to in ids:
                lines.append(f"  {ids[name]} -->{_on_arrow(label)} {ids[to]}")
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Text that is safe inside quotation marks of a diagram: one line, nothing that Mermaid reads as its own."""
    return "".join(ESCAPED.get(sign, sign) for sign in " ".join(text.split()))


def _box(node: Node, flow: Flow) -> str:
    opening, closing = SHAPES[node.kind]
    words = _short(_words(node, flow))
    inside = f"<b>{escape(node.name)}</b>" + (f"<br>{escape(words)}" if words else "")
    return f"{opening}{inside}{closing}"


def _words(node: Node, flow: Flow) -> str:
    """What a reader needs of a node: the question, the part called, the end, or the first thing said."""
    if node.call:
        return f"{node.call.part} for each of {node.call.each}" if node.call.each else node.call.part
    if node.opens:
        return f"opens {node.opens}"
    if node.end:
        return f"end: {node.end}" + (f", then {node.begin}" if node.begin else "")
    said = node.ask.question if node.ask else node.say[0] if node.say else None
    return spelled(said.variants[0], flow) if said else ""


def _arrows(node: Node, flows: Mapping[str, Flow]) -> Iterator[tuple[str, str]]:
    """(target, words on the arrow) of every way out, in the order in which they are tried."""
    if node.ask:
        for choice in node.ask.choices:
            if choice.to:
                yield choice.to, choice.label + (f" (if {choice.when})" if choice.when else "")
        if node.ask.skip.to:
            yield node.ask.skip.to, "skipped"
    if node.call:
        yield from ((to, end) for end, to in node.call.ends.items())
    if not follows_edges(node, flows):
        return
    follow = [choice.label for choice in node.ask.choices if not choice.to] if node.ask else []
    for edge in node.edges:
        yield edge.to, _edge_words(edge, follow, last=edge is node.edges[-1] and len(node.edges) > 1)


def _edge_words(edge: Edge, follow: list[str], *, last: bool) -> str:
    if edge.when:
        return f"if {edge.when}"
    return "else" if last else ", ".join(follow)


def _on_arrow(label: str) -> str:
    return f'|"{escape(_short(label))}"|' if label else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LABEL else line[: LABEL - 1].rstrip() + "…"
