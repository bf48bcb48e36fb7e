"""What authors write, once it is read: flows, nodes, choices, edges, words.

Nothing here runs. `library.py` fills these nouns from content/, `machine.py` compiles them, `engine.py` walks them.
Texts are Jinja2 templates in the base language; guards and values are source in the closed expression language of
`expressions.py`. Every noun carries the line it stands on, so that a problem can name it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

ONWARD = "onward"  # the edge that leaves a hole of the skeleton and goes on with the session


class Words(msgspec.Struct, frozen=True):
    """One bubble: its variants (one a visit), the guard under which it is said, seconds for a timed list."""

    variants: tuple[str, ...]
    when: str = ""
    at: int = 0
    line: int = 0


class Scale(msgspec.Struct, frozen=True):
    """A range of whole numbers, what its ends are called, and which direction is better (empty: neither)."""

    low: int
    high: int
    low_word: str = ""
    high_word: str = ""
    better: Literal["", "higher", "lower"] = ""


class Slot(msgspec.Struct, frozen=True):
    """The name an answer is kept under. Text holds at most 500 characters, a list at most 20 elements."""

    name: str
    type: Literal["choice", "choices", "rating", "number", "text", "list", "time", "plan", "pick", "yesno"]
    share: Literal["private", "summary", "shared", "safety"]
    keep: Literal["discard", "run", "kept"]
    scale: Scale | None = None  # rating and number
    fields: tuple[str, ...] = ()  # list: fields that `each` writes
    source: str = ""  # pick: the list it picks from
    line: int = 0


class Assignment(msgspec.Struct, frozen=True):
    """`set: {target: value}`: a slot or a record field (`profile.tone`, `flags.seizures`) takes a value."""

    target: str
    value: str
    line: int = 0


class Addition(msgspec.Struct, frozen=True):
    """`add: {card: {...}}`: the record gains a card, plan, goal or rating; fields are words."""

    kind: Literal["card", "plan", "goal", "rating", "entry"]
    fields: dict[str, str]
    line: int = 0


class Removal(msgspec.Struct, frozen=True):
    """`drop: {card: picked}`: the record loses the element that a pick slot names."""

    kind: Literal["card", "plan", "goal", "entry"]
    slot: str
    line: int = 0


class Edge(msgspec.Struct, frozen=True):
    """A way on. The first whose guard holds is taken; the last has no guard."""

    to: str
    when: str = ""
    assignments: tuple[Assignment, ...] = ()
    line: int = 0


class Choice(msgspec.Struct, frozen=True):
    """An offered answer: `name` is kept, `label` is shown; empty `to` follows the node's own edges."""

    name: str
    label: str
    to: str = ""
    when: str = ""
    assignments: tuple[Assignment, ...] = ()
    synonyms: tuple[str, ...] = ()
    line: int = 0


class Skip(msgspec.Struct, frozen=True):
    """What skipping does: nothing kept, unless a value or a node is named; `allowed` False needs a reason."""

    allowed: bool = True
    reason: str = ""
    value: str = ""
    to: str = ""


class Silence(msgspec.Struct, frozen=True):
    """After `minutes` without an answer the ask is answered with `choice`."""

    minutes: int
    choice: str


class Ask(msgspec.Struct, frozen=True):
    """The words that wait for an answer of exactly one type."""

    type: Literal["choice", "choices", "rating", "number", "text", "list", "time", "timed"]
    question: Words
    into: str = ""
    choices: tuple[Choice, ...] = ()
    source: str = ""  # `from: LIST as NAME`: choices made of a list's newest elements
    element: str = ""
    element_label: str = ""
    limit: int = 6  # of them at most
    scale: Scale | None = None
    scale_name: str = ""  # a scale that the part takes
    ready: tuple[str, ...] = ()  # text: ready-made answers
    timed: tuple[Words, ...] = ()
    done: str = ""
    skip: Skip = Skip()
    silence: Silence | None = None
    sos: bool = False  # a help button under this ask
    line: int = 0


class Call(msgspec.Struct, frozen=True):
    """A part, run to one of its ends; with `each`, once per element of a list (the first 7 of at most 20)."""

    part: str
    given: dict[str, str | Scale] = {}  # takes -> words, a value in the expression language, or a scale
    spoken: tuple[str, ...] = ()  # which of them are words
    into: dict[str, str] = {}  # own slot -> the part's gives
    ends: dict[str, str] = {}  # end -> node; an end not named follows the node's edges
    each: str = ""
    element: str = ""
    line: int = 0


class Node(msgspec.Struct, frozen=True):
    """A place in a flow. It asks, calls, opens, decides (edges only) or ends; it may say something first.

    `opens` puts another flow on top as a run of its own; when that is done, this flow goes on behind the node.
    """

    name: str
    say: tuple[Words, ...] = ()
    short: tuple[Words, ...] = ()  # what `shorter` says instead
    ask: Ask | None = None
    call: Call | None = None
    end: str = ""
    opens: str = ""
    begin: str = ""  # with `end`: the flow (or the slot that names it) that begins next
    assignments: tuple[Assignment, ...] = ()
    additions: tuple[Addition, ...] = ()
    removals: tuple[Removal, ...] = ()
    edges: tuple[Edge, ...] = ()
    final: str = ""  # a reason why `back` does not go behind this answer
    milestone: Literal["", "do", "plan"] = ""  # a session is started at `do` and done at `plan`
    hole: str = ""  # which hole of the skeleton it came from
    piece: str = ""  # which of the skeleton's pieces it belongs to
    file: str = ""  # where it stands, if not in its flow's own file
    line: int = 0

    @property
    def kind(self) -> Literal["asks", "calls", "opens", "ends", "decides"]:
        if self.ask:
            return "asks"
        if self.call:
            return "calls"
        if self.opens:
            return "opens"
        return "ends" if self.end else "decides"


class Take(msgspec.Struct, frozen=True):
    """What a part asks of its caller: words, a value or a scale; `default` empty means it must be given."""

    name: str
    type: Literal["words", "value", "scale"]
    default: str | None = None
    line: int = 0


class SignOff(msgspec.Struct, frozen=True):
    """Who signed this text, when. Empty until a real clinician fills it; shown as unsigned."""

    name: str = ""
    date: str = ""


class Flow(msgspec.Struct, frozen=True):
    """An authored graph. `version` is the hash of its compiled form with the parts that it calls."""

    name: str
    kind: Literal["session", "part", "onboarding", "check_in", "safety", "calm", "screen"]
    file: str
    title: str
    nodes: dict[str, Node]
    start: str
    slots: dict[str, Slot] = {}
    takes: dict[str, Take] = {}
    gives: tuple[str, ...] = ()
    words: dict[str, str | Scale] = {}  # a session's own words for what the skeleton takes
    code: str = ""  # ER1
    module: str = ""
    core: bool = False
    source: str = ""  # the evidence behind it, in words
    short_start: str = ""  # where the three-minute version begins
    closed_by: tuple[str, ...] = ()  # flags that set this session aside
    without: dict[str, str] = {}  # parts of the skeleton left out -> reason
    withdrawn: str = ""
    sign_off: SignOff = SignOff()
    calls: dict[str, str] = {}  # parts called directly -> their version
    version: str = ""
    line: int = 0

    @property
    def ends(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(node.end for node in self.nodes.values() if node.end))
