"""What a session must have, and how long it may be; done on the whole session, skeleton included."""

from __future__ import annotations

from flows.lengths import path_lengths, short_length
from flows.proof.case import Case, nearest
from flows.ways import ways

MESSAGES = 40  # working rule: README, Figures
MINUTES = 12
TEXTS = 6
SHORT_MESSAGES = 12
UNPROMPTED = 2  # open questions without ready answers; from the third on there are some
HOLES = {"teach": "teaching (`teach`)", "do": "exercise (`do`)", "short": "short form (`short`)"}
PIECES = {
    "pre": "rating before the exercise (`pre`)",
    "post": "rating after the exercise (`post`)",
    "plan": "plan (`plan`)",
    "card": "card (`card`)",
}


def prove_session(case: Case) -> None:
    flow = case.flow
    for flag in flow.closed_by:
        if flag not in case.programme.flags:
            case.report("unknown_flag", None, flow.line, flag=flag, nearest=nearest(flag, case.programme.flags))
    if flow.kind != "session":
        return
    _pieces(case)
    _given(case)
    _budget(case)
    _ready(case)


def _pieces(case: Case) -> None:
    holes = {node.hole for node in case.flow.nodes.values()}
    pieces = {node.piece for node in case.flow.nodes.values()}
    missing = [words for hole, words in HOLES.items() if hole not in holes and hole not in case.flow.without]
    missing += [words for piece, words in PIECES.items() if piece not in pieces and piece not in case.flow.without]
    for words in missing:
        case.report("session_part", None, case.flow.line, part=words)


def _given(case: Case) -> None:
    """The words that the skeleton takes are given, and no others."""
    flow = case.flow
    used = {name for node in flow.nodes.values() for name in _takes_used(case, node.name)}
    for name, take in flow.takes.items():
        if name not in flow.words and take.default is None and name in used:
            case.report("missing_words", None, flow.line, name=name)
    for name in flow.words:
        if name not in flow.takes:
            case.report("unknown_words", None, flow.line, name=name, known=", ".join(flow.takes))


def _takes_used(case: Case, name: str) -> set[str]:
    """Takes that a node uses: what is left out with a piece need not be given."""
    text = repr(case.flow.nodes[name])
    return {take for take in case.flow.takes if take in text}


def _budget(case: Case) -> None:
    flow = case.flow
    longest = path_lengths(flow, case.flows).longest
    minutes = -(-longest.seconds // 60)
    for name, count, limit in (
        ("too_many_messages", longest.messages, MESSAGES),
        ("too_many_texts", longest.texts, TEXTS),
        ("too_many_minutes", minutes, MINUTES),
    ):
        if count > limit:
            case.report(name, None, flow.line, count=count, limit=limit)
    short = short_length(flow, case.flows)
    if short and short.messages > SHORT_MESSAGES:
        case.report("short_too_long", None, flow.line, count=short.messages, limit=SHORT_MESSAGES)


def _ready(case: Case) -> None:
    """From the third open question on a way on, an own text question offers ready answers."""
    asked: dict[str, int] = {}
    waiting = [(case.flow.start, 0)]
    while waiting:
        name, before = waiting.pop()
        node = case.flow.nodes.get(name)
        if node is None or asked.get(name, -1) >= before:
            continue
        asked[name] = before
        opens = bool(node.ask and node.ask.type == "text" and node.piece != "plan")
        after = min(before + opens, UNPROMPTED + 1)
        waiting += [(way.to, after) for way in ways(node, case.flows)]
    for name, before in asked.items():
        node = case.flow.nodes[name]
        if (
            node.ask
            and node.ask.type == "text"
            and node.piece != "plan"
            and before >= UNPROMPTED
            and not node.ask.ready
        ):
            case.report("ready_answers", node, node.ask.line, count=before + 1)
