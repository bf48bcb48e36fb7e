"""From a manuscript to nodes: say, ask, call, decide, end, and the edges between them.

A node without `next` goes on to the node below it; that is filled in here, so that later rooms see edges only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flows.flow import ONWARD, Addition, Ask, Assignment, Call, Choice, Edge, Node, Removal, Scale, Silence, Skip, Words
from flows.manuscript import Mapping, Sequence, line_of

if TYPE_CHECKING:
    from flows.authoring import Author

INPUTS = ("choice", "choices", "rating", "number", "text", "list", "time", "timed")
NODE_KEYS = (
    *("say", "short", "ask", *INPUTS, "ready", "done", "from", "label", "into", "skip", "silence", "sos"),
    *("call", "each", "do", "with", "ends", "open", "end", "begin", "next", "set", "add", "drop"),
    *("final", "milestone", "hole", "piece"),
)
CHOICE_KEYS = ("label", "to", "if", "set", "also")
ADDITIONS = {
    "card": ("title", "body"),
    "plan": ("what", "when", "where", "obstacle", "if_then", "confidence"),
    "goal": ("text", "visible", "importance", "confidence"),
    "rating": ("name", "value"),
    "entry": ("text",),
}


def read_nodes(value: Any, author: Author, hole: str = "") -> dict[str, Node]:
    """The nodes of a flow or hole, in the author's order, each with its way on."""
    if not isinstance(value, Mapping):
        author.report("wrong_shape", value, key=hole or "nodes", wanted="a name and a node each")
        return {}
    names = list(value)
    nodes: dict[str, Node] = {}
    for index, name in enumerate(names):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name == ONWARD:
            author.report("bad_name", value.lines[name], name=name)
        below = names[index + 1] if index + 1 < len(names) else (ONWARD if hole else "")
        nodes[name] = _node(name, value[name], value.lines[name], below, author, hole)
    return nodes


def _node(name: str, value: Any, line: int, below: str, author: Author, hole: str) -> Node:
    keys = author.known(value, NODE_KEYS, f"node {name}")
    ask = _ask(name, keys, author)
    call = _call(name, keys, author)
    end = author.text(keys.get("end"), "end", keys)
    if sum(map(bool, (ask, call, end, keys.get("open")))) > 1:
        author.report("two_kinds", line, node=name)
    edges = () if end else _edges(name, keys.get("next"), below, line, author, needed=not _all_lead(ask))
    return Node(
        name=name,
        say=read_words(keys.get("say"), author),
        short=read_words(keys.get("short"), author),
        ask=ask,
        call=call,
        end=end,
        opens=author.text(keys.get("open"), "open", keys),
        begin=author.text(keys.get("begin"), "begin", keys),
        assignments=_assignments(keys.get("set"), author),
        additions=_additions(keys.get("add"), author),
        removals=_removals(keys.get("drop"), author),
        edges=edges,
        final=author.text(keys.get("final"), "final", keys),
        milestone=author.text(keys.get("milestone"), "milestone", keys),  # type: ignore[arg-type]
        hole=hole or (f"<{keys['hole']}>" if "hole" in keys else ""),
        piece=author.text(keys.get("piece"), "piece", keys),
        line=line,
    )


def _all_lead(ask: Ask | None) -> bool:
    """Every choice names where it leads, so that only skipping needs a way on."""
    return bool(
        ask and ask.choices and not ask.source and all(each.to for each in ask.choices) and not ask.skip.allowed
    )


def read_words(value: Any, author: Author) -> tuple[Words, ...]:
    """`say`: one text, or a list of texts, `{if, say}` and `{one of}`."""
    if value is None:
        return ()
    items = value if isinstance(value, Sequence) else [value]
    return tuple(_one_words(item, author) for item in items)


def _one_words(value: Any, author: Author) -> Words:
    if isinstance(value, str):
        return Words((str(value).strip(),), line=line_of(value))
    keys = author.known(value, ("if", "say", "one of", "at"), "say")
    inner = keys.get("say")
    variants = keys.get("one of") or (inner.get("one of") if isinstance(inner, Mapping) else None)
    texts = variants if isinstance(variants, Sequence) else [inner]
    at = author.text(keys.get("at"), "at", keys).removesuffix("s") or "0"
    if not at.isdecimal():
        author.report("wrong_shape", keys, key="at", wanted="whole seconds")
        at = "0"
    said = tuple(author.text(text, "say", keys) for text in texts)
    if not all(said):
        author.report("missing_key", keys, key="say", where="a bubble")
    return Words(said, author.text(keys.get("if"), "if", keys), int(at), line_of(value))


def _ask(name: str, keys: Mapping, author: Author) -> Ask | None:
    types = [each for each in INPUTS if each in keys] or (["choice"] if "from" in keys else [])
    if not types:
        if "ask" in keys:
            author.report("ask_without_input", keys, node=name, known=", ".join(INPUTS))
        return None
    if len(types) > 1:
        author.report("two_inputs", keys, node=name, inputs=" and ".join(types))
    type_ = types[0]
    value = keys.get(type_)
    if "ask" not in keys and type_ != "timed":
        author.report("missing_key", keys, key="ask", where=f"node {name}")
    source, _, rest = author.text(keys.get("from"), "from", keys).partition(" as ")
    element, _, limit = rest.partition(",")
    scale, scale_name = _scale_of(type_, value, author)
    question = read_words(keys.get("ask"), author)
    return Ask(
        type=type_,  # type: ignore[arg-type]
        question=question[0] if question else Words(("",), line=keys.line),
        into=author.text(keys.get("into"), "into", keys),
        choices=_choices(value, author) if type_ in ("choice", "choices") and value is not None else (),
        source=source.strip(),
        element=element.strip(),
        element_label=author.text(keys.get("label"), "label", keys),
        limit=int(limit) if limit.strip().isdecimal() else 6,
        scale=scale,
        scale_name=scale_name,
        ready=tuple(author.text(each, "ready", keys) for each in keys.get("ready") or ()),
        timed=read_words(value, author) if type_ == "timed" else (),
        done=author.text(keys.get("done"), "done", keys),
        skip=_skip(keys.get("skip"), author),
        silence=_silence(keys.get("silence"), author),
        sos=keys.get("sos") == "yes",
        line=keys.line,
    )


def _scale_of(type_: str, value: Any, author: Author) -> tuple[Scale | None, str]:
    if type_ not in ("rating", "number"):
        return None, ""
    text = str(value or "")
    if isinstance(value, Mapping) or re.match(r"-?\d", text):
        return read_scale(value, author), ""
    if not text:
        author.report("bad_range", value, range=text)
    return None, text


def read_scale(value: Any, author: Author) -> Scale:
    """`0-10`, or `{range: 0-10, low: not at all, high: fully, better: higher}`."""
    keys = (
        author.known(value, ("range", "low", "high", "better"), "scale")
        if isinstance(value, Mapping)
        else Mapping(range=value)
    )
    text = author.text(keys.get("range"), "range", value)
    match = re.fullmatch(r"(-?\d+)\s*-\s*(\d+)", text)
    if not match or int(match[1]) >= int(match[2]):
        author.report("bad_range", value, range=text)
        return Scale(0, 10)
    better = author.text(keys.get("better"), "better", value)
    low, high = author.text(keys.get("low"), "low", value), author.text(keys.get("high"), "high", value)
    return Scale(int(match[1]), int(match[2]), low, high, better if better in ("higher", "lower") else "")  # type: ignore[arg-type]


def _choices(value: Any, author: Author) -> tuple[Choice, ...]:
    if not isinstance(value, Mapping) or not value:
        author.report("wrong_shape", value, key="choice", wanted="a name and a label each")
        return ()
    return tuple(_choice(name, each, value.lines[name], author) for name, each in value.items())


def _choice(name: str, value: Any, line: int, author: Author) -> Choice:
    if not re.fullmatch(r"[a-z][a-z0-9_]*|\d+", name):
        author.report("bad_name", line, name=name)
    if isinstance(value, str):
        return Choice(name, str(value).strip(), line=line)
    keys = author.known(value, CHOICE_KEYS, f"choice {name}")
    also = keys.get("also")
    return Choice(
        name=name,
        label=author.text(keys.get("label"), "label", keys),
        to=author.text(keys.get("to"), "to", keys),
        when=author.text(keys.get("if"), "if", keys),
        assignments=_assignments(keys.get("set"), author),
        synonyms=tuple(map(str, also if isinstance(also, Sequence) else filter(None, [also]))),
        line=line,
    )


def _skip(value: Any, author: Author) -> Skip:
    if value is None:
        return Skip()
    if isinstance(value, Mapping):
        keys = author.known(value, ("value", "to"), "skip")
        return Skip(value=author.text(keys.get("value"), "value", keys), to=author.text(keys.get("to"), "to", keys))
    word, _, reason = author.text(value, "skip", value).partition(",")
    if word.strip() != "no":
        author.report("wrong_shape", value, key="skip", wanted="`no, because ...`, {value: ...} or {to: ...}")
    reason = reason.strip().removeprefix("because").strip()
    if not reason:
        author.report("skip_reason", value)
    return Skip(allowed=False, reason=reason)


def _silence(value: Any, author: Author) -> Silence | None:
    if value is None:
        return None
    keys = author.known(value, ("minutes", "choice"), "silence")
    minutes = author.text(keys.get("minutes"), "minutes", keys)
    if not minutes.isdecimal():
        author.report("wrong_shape", keys, key="minutes", wanted="whole minutes")
        return None
    return Silence(int(minutes), author.text(keys.get("choice"), "choice", keys))


def _call(name: str, keys: Mapping, author: Author) -> Call | None:
    if "call" not in keys and "each" not in keys:
        return None
    each, _, element = author.text(keys.get("each"), "each", keys).partition(" as ")
    if "each" in keys and ("do" not in keys or not element):
        author.report("each_shape", keys, node=name)
    given = keys.get("with")
    given = author.known(given, tuple(given), "with") if isinstance(given, Mapping) else Mapping()
    into, ends = keys.get("into") or {}, keys.get("ends") or {}
    for key, value in (("into", into), ("ends", ends)):
        if not isinstance(value, dict):
            author.report("wrong_shape", value, key=key, wanted="a name and a name each")
    return Call(
        part=author.text(keys.get("call") or keys.get("do"), "call", keys),
        given={
            k: read_scale(v, author) if isinstance(v, Mapping) else author.text(v, k, keys) for k, v in given.items()
        },
        into={k: str(v) for k, v in into.items()} if isinstance(into, dict) else {},
        ends={k: str(v) for k, v in ends.items()} if isinstance(ends, dict) else {},
        each=each.strip("[] "),
        element=element.strip(),
        line=keys.line,
    )


def _edges(name: str, value: Any, below: str, line: int, author: Author, needed: bool) -> tuple[Edge, ...]:
    if value is None:
        if not below and needed:
            author.report("no_way_on", line, node=name)
        return (Edge(below, line=line),) if below else ()
    if isinstance(value, str):
        return (Edge(str(value).strip(), line=line_of(value)),)
    if not isinstance(value, Sequence):
        author.report("wrong_shape", value, key="next", wanted="a node, or a list of {if, to}")
        return ()
    edges = []
    for each in value:
        keys = author.known(each, ("if", "to", "set"), "next")
        to = author.text(keys.get("to"), "to", keys)
        if not to:
            author.report("missing_key", each, key="to", where=f"next of {name}")
        edges.append(
            Edge(to, author.text(keys.get("if"), "if", keys), _assignments(keys.get("set"), author), line_of(each))
        )
    return tuple(edges)


def _assignments(value: Any, author: Author) -> tuple[Assignment, ...]:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        author.report("wrong_shape", value, key="set", wanted="a target and a value each")
        return ()
    return tuple(
        Assignment(target, author.text(said, target, value), value.lines[target]) for target, said in value.items()
    )


def _additions(value: Any, author: Author) -> tuple[Addition, ...]:
    if value is None:
        return ()
    additions = []
    for kind, fields in author.known(value, tuple(ADDITIONS), "add").items():
        if kind not in ADDITIONS:
            continue
        keys = author.known(fields, ADDITIONS[kind], f"add {kind}")
        additions.append(Addition(kind, {k: author.text(v, k, keys) for k, v in keys.items()}, line_of(fields)))  # type: ignore[arg-type]
    return tuple(additions)


def _removals(value: Any, author: Author) -> tuple[Removal, ...]:
    if value is None:
        return ()
    keys = author.known(value, ("card", "plan", "goal", "entry"), "drop")
    return tuple(Removal(kind, author.text(slot, kind, keys), keys.lines[kind]) for kind, slot in keys.items())  # type: ignore[arg-type]
