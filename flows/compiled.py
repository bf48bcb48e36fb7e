"""Every version of every flow, compiled: places, words, labels, and the one Machine over them.

A version that cannot be compiled any more (an older language of guards) is left out together with those that call it;
its runs end with a kind sentence. New content never gets here with such a mistake: the proof names it first.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import TypeVar

import msgspec
from transitions import Machine

from flows.expressions import ExpressionError, Guard
from flows.flow import Flow, Scale
from flows.machine import Compiler, Place, Spoken, compile_machine
from flows.overlay import Overlay
from flows.wording import WordingError

Key = tuple[str, str]  # flow, version
K = TypeVar("K", str, Key)
Given = dict[str, Spoken | Guard | Scale]
Labels = dict[str, dict[str, Spoken]]  # slot -> choice name -> words


class StoredFlow(msgspec.Struct, frozen=True):
    """A flow's version whole, as the database keeps it: the authored form, and its words in every language."""

    flow: Flow
    overlays: tuple[Overlay, ...] = ()


class Compiled(msgspec.Struct, frozen=True):
    """What the engine walks. `words` are a session's own words and the defaults of what a part takes."""

    versions: dict[Key, StoredFlow]
    places: dict[str, Place]
    words: dict[Key, Given]
    labels: dict[Key, Labels]
    machine: Machine


class _One(msgspec.Struct, frozen=True):
    places: list[Place]
    words: Given
    labels: Labels


def key_of(flow: Flow) -> Key:
    return flow.name, flow.version


def called(flow: Flow) -> list[str]:
    """The parts that a flow calls directly, by name."""
    return sorted({node.call.part for node in flow.nodes.values() if node.call})


def sound_flows(flows: Mapping[str, Flow], held: set[str]) -> dict[str, Flow]:
    """The flows on offer: neither they nor a part they call (directly or not) stand in a file that is held."""
    sound = {
        name: flow for name, flow in flows.items() if not held & {flow.file, *(n.file for n in flow.nodes.values())}
    }
    return _with_all_parts(sound, {name: called(flow) for name, flow in sound.items()})


def _with_all_parts(flows: dict[K, Flow], needs: Mapping[K, Iterable[K]]) -> dict[K, Flow]:
    """Leave out what calls something that is not there, until nothing does."""
    while True:
        kept = {key: flow for key, flow in flows.items() if all(part in flows for part in needs[key])}
        if len(kept) == len(flows):
            return kept
        flows = kept


def offered_languages(
    overlays: Mapping[str, Mapping[str, Overlay]], flows: Mapping[str, Flow], spoken: Container[str], base: str
) -> tuple[str, ...]:
    """The base language, and each other whose phrases and safety and onboarding flows, parts included, are fresh.

    `overlays` holds the fresh ones: flow -> language -> words; `spoken` the languages that have phrases.
    """
    needed = _with_parts([name for name, flow in flows.items() if flow.kind in ("safety", "calm", "onboarding")], flows)
    others = {language for each in overlays.values() for language in each if language in spoken and language != base}
    return (base, *(each for each in sorted(others) if all(each in overlays.get(name, {}) for name in needed)))


def _with_parts(names: list[str], flows: Mapping[str, Flow]) -> set[str]:
    """These flows and every part that they call, directly or not."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name in flows and name not in found:
            found.add(name)
            names += called(flows[name])
    return found


def stored_flows(documents: Iterable[bytes]) -> dict[Key, StoredFlow]:
    """Versions kept earlier; one that this release cannot read any more is left out, and its runs end kindly."""
    old: dict[Key, StoredFlow] = {}
    for document in documents:
        try:
            kept = msgspec.json.decode(document, type=StoredFlow)
        except msgspec.DecodeError:
            continue
        old[key_of(kept.flow)] = kept
    return old


def compile_versions(versions: Mapping[Key, StoredFlow], base: str) -> Compiled:
    """Compile what can be compiled, with everything it calls."""
    ones = {key: one for key, stored in versions.items() if (one := _compile(stored, base)) is not None}
    flows = {key: versions[key].flow for key in ones}
    kept = _with_all_parts(flows, {key: list(flow.calls.items()) for key, flow in flows.items()})
    return Compiled(
        versions={key: versions[key] for key in kept},
        places={place.state: place for key in kept for place in ones[key].places},
        words={key: ones[key].words for key in kept},
        labels={key: ones[key].labels for key in kept},
        machine=compile_machine(kept),
    )


def _compile(stored: StoredFlow, base: str) -> _One | None:
    try:
        compiler = Compiler(stored.flow, {each.language: each for each in stored.overlays}, base)
        places = [Place(stored.flow, node, compiler) for node in stored.flow.nodes.values()]
        return _One(places, _given(stored.flow, compiler), _labels(places))
    except (ExpressionError, WordingError):
        return None


def _given(flow: Flow, compiler: Compiler) -> Given:
    defaults = {name: take.default for name, take in flow.takes.items() if take.default is not None}
    said: dict[str, str | Scale] = {**defaults, **flow.words}
    values = {name for name, take in flow.takes.items() if take.type == "value"}
    return {name: _one_given(name, each, compiler, name in values) for name, each in said.items()}


def _one_given(name: str, said: str | Scale, compiler: Compiler, value: bool) -> Spoken | Guard | Scale:
    if isinstance(said, Scale):
        return said
    return compiler.value(said) if value else compiler.words(None, name, (said,))


def _labels(places: Iterable[Place]) -> Labels:
    labels: Labels = {}
    for place in places:
        if place.node.ask and place.node.ask.into:
            labels.setdefault(place.node.ask.into, {}).update(place.labels)
    return labels
