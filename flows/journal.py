"""What a turn overwrote, and how it is put back: the mechanism behind `back`.

`difference(before, after)` keeps only what changed of two frozen values; `restore(after, patch)` gives `before` again.
Unchanged parts are shared between the two and recognised by identity, so a turn pays for what it changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

GONE = "gone"  # the key was not there before
WAS = "was"  # the old value, whole
IN = "in"  # a mapping that changed inside
LIST = "list"  # a list that lost elements in front and gained some behind

Patch = dict[str, Any]
S = TypeVar("S", bound=msgspec.Struct)

_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.Decoder().decode


def difference(before: Any, after: Any) -> Patch | None:
    """The patch, in plain values, that turns `after` back into `before` (made plain), or None if they are equal."""
    if before is after or before == after:
        return None
    if isinstance(before, msgspec.Struct) and isinstance(after, msgspec.Struct):
        return {IN: _mapping(msgspec.structs.asdict(before), msgspec.structs.asdict(after))}
    if isinstance(before, dict) and isinstance(after, dict):
        return {IN: _mapping(before, after)}
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        return _list(before, after)
    return {WAS: plain(before)}


def _mapping(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Patch]:
    inside: dict[str, Patch] = {key: {GONE: True} for key in after if key not in before}
    for key, old in before.items():
        patch = difference(old, after[key]) if key in after else {WAS: plain(old)}
        if patch is not None:
            inside[key] = patch
    return inside


def _list(before: Sequence[Any], after: Sequence[Any]) -> Patch:
    for dropped in range(min(len(before), 3) + 1):
        stayed = before[dropped:]
        if stayed == after[: len(stayed)]:
            return {LIST: [plain(before[:dropped]), len(stayed)]}
    return {WAS: plain(before)}


def restore(after: Any, patch: Patch | None) -> Any:
    """`before`, from `after` and the patch between them."""
    if patch is None:
        return after
    if WAS in patch:
        return patch[WAS]
    if LIST in patch:
        front, stayed = patch[LIST]
        return [*front, *after[:stayed]]
    whole = dict(after)
    for key, inner in patch[IN].items():
        if GONE in inner:
            whole.pop(key, None)
        else:
            whole[key] = restore(whole.get(key), inner)
    return whole


def plain(value: Any) -> Any:
    """Plain mappings, lists and scalars, as JSON would give them back; through JSON is the fastest way there."""
    return _decode(_encode(value))


def changed_fields(before: msgspec.Struct, after: msgspec.Struct, names: tuple[str, ...]) -> Patch:
    """The patch over the named fields of two frozen structs of one type; empty when nothing changed."""
    patch: Patch = {}
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if (inner := difference(old, new)) is not None:
            patch[name] = inner
    return patch


def put_back(after: S, patch: Patch) -> S:
    """The struct with the fields of a `changed_fields` patch as they were."""
    hints = {each.name: each.type for each in msgspec.structs.fields(after)}
    old = {
        name: msgspec.convert(restore(plain(getattr(after, name)), inner), hints[name]) for name, inner in patch.items()
    }
    return msgspec.structs.replace(after, **old)
