"""What `willow explain` prints: a trace of screening for people, its words shown in their place."""

from __future__ import annotations

from collections.abc import Iterator

from flows.explaining import Caught, Explanation, Sensed

AROUND = 40  # characters shown on each side of what was caught


def trace_lines(text: str, found: Explanation) -> Iterator[str]:
    """Every line, the decision first."""
    yield _row("tier", f"{found.tier}{', acute' if found.acute else ''}")
    yield _row("categories", ", ".join(found.categories) or "none")
    yield _row("then", found.action + (f" (flow {found.flow})" if found.flow else ""))
    yield _row("together", found.together)
    yield from _hits("caught", found.hits, text)
    yield from _hits("taken back", found.taken_back, text)
    yield from _model(found.model)
    yield _row("rules", found.ruleset + (f", without {', '.join(found.lacking)}" if found.lacking else ""))
    if found.failed:
        yield _row("failed", f"the rules raised {found.failed}; the frozen core decided")
    for at, line in enumerate(found.help):
        yield _row("" if at else "help", line)


def _row(name: str, words: str) -> str:
    return f"{name:<11} {words}"


def _hits(name: str, hits: tuple[Caught, ...], text: str) -> Iterator[str]:
    for at, hit in enumerate(hits):
        yield _row("" if at else name, f"{hit.rule}: {_weighed(hit)}, {_kind(hit)}")
        yield _row("", f"  {in_place(text, hit.start, hit.end)}  ({hit.start}-{hit.end})")
    if not hits:
        yield _row(name, "nothing")


def _weighed(hit: Caught) -> str:
    modifiers = f" [{', '.join(hit.modifiers)}] " if hit.modifiers else " "
    return f"{hit.tier_before}{modifiers}-> {hit.tier}"


def _kind(hit: Caught) -> str:
    more = [hit.kind, "acute" if hit.acute else "", f"language {hit.language}" if hit.language else ""]
    return ", ".join([hit.category, *filter(None, more)])


def _model(sensed: Sensed | None) -> Iterator[str]:
    if sensed is None:
        yield _row("model", "none is loaded")
        return
    reached = f"over it: {sensed.category}" if sensed.category else "under it"
    part = "it decided" if sensed.decided else "it did not decide"
    yield _row("model", f"{sensed.value:.3f}, threshold {sensed.threshold:.3f} ({reached}); {part}")
    pieces = ", ".join(f"“{piece.strip()}” {weight:+.3f}" for piece, weight in sensed.pieces)
    yield _row("", f"heaviest: {pieces or 'none'}")


def in_place(text: str, start: int, end: int) -> str:
    """What was caught in brackets, with a little of what stands around it, on one line and without control signs."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    cut_off = ("…" if start > AROUND else "", "…" if end + AROUND < len(text) else "")
    return _plain(f"{cut_off[0]}{before}[{text[start:end]}]{after}{cut_off[1]}")


def _plain(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)
