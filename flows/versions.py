"""What all flows together settle: which arguments of a call are words, and the version that each flow has.

A version is ten hex digits over the compiled form of a flow and the versions of the parts that it calls.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from flows.compiled import called
from flows.flow import Flow, Node


def settled(flows: Mapping[str, Flow]) -> dict[str, Flow]:
    """Say of each call which of its arguments are words, and give each flow its version (parts first)."""
    fresh = {name: _with_spoken(flow, flows) for name, flow in flows.items()}
    versions: dict[str, str] = {}
    for name in fresh:
        _version(name, fresh, versions, ())
    return {
        name: msgspec.structs.replace(
            flow,
            version=versions[name],
            calls={part: versions[part] for part in called(flow) if part in versions},
        )
        for name, flow in fresh.items()
    }


def _with_spoken(flow: Flow, flows: Mapping[str, Flow]) -> Flow:
    nodes = {key: _settle_node(node, flows) for key, node in flow.nodes.items()}
    return msgspec.structs.replace(flow, nodes=nodes, version="", calls={})


def _settle_node(node: Node, flows: Mapping[str, Flow]) -> Node:
    part = flows.get(node.call.part) if node.call else None
    if not node.call or not part:
        return node
    spoken = tuple(name for name in node.call.given if (take := part.takes.get(name)) and take.type == "words")
    return msgspec.structs.replace(node, call=msgspec.structs.replace(node.call, spoken=spoken))


def _version(name: str, flows: Mapping[str, Flow], versions: dict[str, str], above: tuple[str, ...]) -> str:
    """Ten hex digits over the compiled form and the versions of the parts it calls; a circle of parts counts once."""
    if name in above or name not in flows:
        return ""
    if name not in versions:
        flow = flows[name]
        parts = [_version(part, flows, versions, (*above, name)) for part in called(flow)]
        text = msgspec.json.encode([_form(msgspec.to_builtins(flow)), parts])
        versions[name] = hashlib.blake2b(text, digest_size=5).hexdigest()
    return versions[name]


def _form(value: Any) -> Any:
    """A flow without the lines and files it stands on: a comment or a blank line is no new version."""
    if isinstance(value, dict):
        return {key: _form(each) for key, each in value.items() if key not in ("line", "file")}
    return [_form(each) for each in value] if isinstance(value, (list, tuple)) else value
