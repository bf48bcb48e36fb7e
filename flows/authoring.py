"""From a manuscript to a Flow: every key a file may have, read once, with a problem for whatever does not fit.

Nothing is checked here that needs another file; the proof (`flows/proof`) sees all flows together.
"""

from __future__ import annotations

import difflib
import keyword
import re
from typing import Any

from flows.author_nodes import read_nodes, read_scale
from flows.flow import Flow, Node, Scale, SignOff, Slot, Take
from flows.manuscript import Mapping, Sequence, line_of
from flows.problems import Problem, problem

KINDS = {
    "parts": "part",
    "modules": "session",
    "onboarding": "onboarding",
    "check-ins": "check_in",
    "safety": "safety",
    "screens": "screen",
    "maintenance": "session",
}
SLOT_TYPES = ("choice", "choices", "rating", "number", "text", "list", "time", "plan", "pick")
SHARES = ("private", "summary", "shared", "safety")
KEEPS = ("discard", "run", "kept")
TAKE_TYPES = ("words", "value", "scale")
FLOW_KEYS = ("title", "source", "sign_off", "slots", "nodes", "takes", "gives", "withdrawn")
CALM = "calm"  # kind of a safety text that is read when nothing burns: back, reminders and returns work as elsewhere
SESSION_KEYS = (
    "title",
    "source",
    "sign_off",
    "slots",
    "withdrawn",
    "code",
    "core",
    "closed_by",
    "words",
    "without",
    "teach",
    "do",
    "short",
)
HOLES = ("teach", "do", "short")


class Author:
    """What reading one file gathers: where we are, and what is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def report(self, code: str, at: Any, /, **words: Any) -> None:
        line = at if isinstance(at, int) else line_of(at)
        self.problems.append(problem(code, self.file, line, **words))

    def known(self, mapping: Any, keys: tuple[str, ...], where: str) -> Mapping:
        """The mapping itself, with a problem for each key that is not among `keys`; empty if it is no mapping."""
        if not isinstance(mapping, Mapping):
            self.report("wrong_shape", mapping, key=where, wanted="keys with values")
            empty = Mapping()
            empty.lines = {}
            return empty
        for key in mapping:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, 1)
                self.report(
                    "unknown_key",
                    mapping.lines[key],
                    key=key,
                    where=where,
                    nearest=near[0] if near else ", ".join(keys),
                )
        return mapping

    def text(self, value: Any, key: str, where: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return str(value).strip()
        self.report("wrong_shape", where, key=key, wanted="one text")
        return ""


def read_flow(name: str, folder: str, manuscript: Mapping, author: Author, module: str = "") -> Flow:
    """A Flow from one file. A session's nodes are those of its holes only; `skeleton.py` puts it together."""
    kind = KINDS[folder]
    is_session = kind == "session"
    keys = SESSION_KEYS if is_session else (*FLOW_KEYS, CALM) if folder == "safety" else FLOW_KEYS
    author.known(manuscript, keys, "this file")
    if manuscript.get(CALM) == "yes":
        kind = CALM
    for key in ("title", "source", *(("code", "words", *HOLES) if is_session else ("nodes",))):
        if key not in manuscript:
            author.report("missing_key", manuscript, key=key, where="this file")
    nodes = _holes(manuscript, author) if is_session else read_nodes(manuscript.get("nodes"), author)
    return Flow(
        name=name,
        kind=kind,  # type: ignore[arg-type]
        file=author.file,
        title=author.text(manuscript.get("title"), "title", manuscript),
        nodes=nodes,
        start=next(iter(nodes), ""),
        slots=_slots(manuscript.get("slots"), author),
        takes=_takes(manuscript.get("takes"), author),
        gives=_names(manuscript.get("gives"), "gives", author),
        words=_words(manuscript.get("words"), author),
        code=author.text(manuscript.get("code"), "code", manuscript),
        module=module,
        core=manuscript.get("core") == "yes",
        source=author.text(manuscript.get("source"), "source", manuscript),
        closed_by=_names(manuscript.get("closed_by"), "closed_by", author),
        without=_reasons(manuscript.get("without"), author),
        withdrawn=author.text(manuscript.get("withdrawn"), "withdrawn", manuscript),
        sign_off=_sign_off(manuscript.get("sign_off"), author),
        line=manuscript.line or 1,
    )


def _holes(manuscript: Mapping, author: Author) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for hole in HOLES:
        if hole not in manuscript:
            continue
        for name, node in read_nodes(manuscript[hole], author, hole=hole).items():
            if name in nodes:
                author.report("name_clash", node.line, name=name, where="two holes of this session")
            nodes[name] = node
    return nodes


def _slots(value: Any, author: Author) -> dict[str, Slot]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        author.report("wrong_shape", value, key="slots", wanted="a name and a description each")
        return {}
    slots = {
        name: read_slot(name, author.text(text, name, text), value.lines[name], author) for name, text in value.items()
    }
    return {name: slot for name, slot in slots.items() if slot}


def read_slot(name: str, text: str, line: int, author: Author) -> Slot | None:
    """`rating 0-10, higher is better, summary, kept` -> a Slot. Type, share level and keep rule are always said."""
    if keyword.iskeyword(name):
        author.report("bad_name", line, name=name)  # a guard could not say it
    parts = [part.strip() for part in text.split(",")]
    head = parts[0].split()
    type_ = head[0] if head else ""
    if type_ not in SLOT_TYPES:
        author.report("slot_type", line, name=name, type=type_, known=", ".join(SLOT_TYPES))
        return None
    share = next((part for part in parts if part in SHARES), "")
    keep = next((part for part in parts if part in KEEPS), "")
    better = next((part.split()[0] for part in parts if re.fullmatch(r"(higher|lower|neither) is better", part)), "")
    if not share:
        author.report("slot_share", line, name=name, known=", ".join(SHARES))
    if not keep:
        author.report("slot_keep", line, name=name, known=", ".join(KEEPS))
    if type_ == "rating" and not better:
        author.report("slot_direction", line, name=name)
    for part in parts[1:]:
        if part not in SHARES and part not in KEEPS and not part.endswith("is better"):
            author.report("unknown_key", line, key=part, where=f"slot {name}", nearest=", ".join((*SHARES, *KEEPS)))
    scale = _slot_scale(head, better, line, author) if type_ in ("rating", "number") else None
    fields = tuple(head[2:]) if type_ == "list" and head[1:2] == ["with"] else ()
    source = head[2] if type_ == "pick" and head[1:2] == ["from"] and len(head) > 2 else ""
    return Slot(name, type_, share or "private", keep or "run", scale, fields, source, line)  # type: ignore[arg-type]


def _slot_scale(head: list[str], better: str, line: int, author: Author) -> Scale | None:
    match = re.fullmatch(r"(-?\d+)-(\d+)", head[1]) if len(head) > 1 else None
    if not match or int(match[1]) >= int(match[2]):
        author.report("bad_range", line, range=" ".join(head[1:]))
        return None
    return Scale(int(match[1]), int(match[2]), better="" if better in ("", "neither") else better)  # type: ignore[arg-type]


def _takes(value: Any, author: Author) -> dict[str, Take]:
    takes: dict[str, Take] = {}
    if value is None:
        return takes
    if not isinstance(value, Mapping):
        author.report("wrong_shape", value, key="takes", wanted="a name and its type each")
        return takes
    for name, text in value.items():
        said = author.text(text, name, text)
        type_, _, rest = said.partition(",")
        default = rest.strip().removeprefix("default").strip() if rest.strip().startswith("default") else None
        if type_.strip() not in TAKE_TYPES:
            author.report("take_type", value.lines[name], name=name, type=type_.strip(), known=", ".join(TAKE_TYPES))
            continue
        takes[name] = Take(name, type_.strip(), default, value.lines[name])  # type: ignore[arg-type]
    return takes


def _words(value: Any, author: Author) -> dict[str, str | Scale]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        author.report("wrong_shape", value, key="words", wanted="a name and a text each")
        return {}
    return {
        name: read_scale(text, author) if isinstance(text, Mapping) else author.text(text, name, value.lines[name])
        for name, text in value.items()
    }


def _names(value: Any, key: str, author: Author) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, Sequence) and all(isinstance(each, str) for each in value):
        return tuple(str(each) for each in value)
    author.report("wrong_shape", value, key=key, wanted="a list of names")
    return ()


def _reasons(value: Any, author: Author) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        author.report("wrong_shape", value, key="without", wanted="a piece and its reason each")
        return {}
    for piece, reason in value.items():
        if not isinstance(reason, str) or not reason.strip():
            author.report("without_reason", value.lines[piece], piece=piece)
    return {piece: str(reason or "").strip() for piece, reason in value.items()}


def _sign_off(value: Any, author: Author) -> SignOff:
    if value is None:
        return SignOff()
    mapping = author.known(value, ("name", "date"), "sign_off")
    return SignOff(author.text(mapping.get("name"), "name", mapping), author.text(mapping.get("date"), "date", mapping))
