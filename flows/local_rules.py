"""What a clinic adds to the rules that notice danger, from `overlay/safety/signals.<language>.yaml`.

It may add rules, lists for them and sources, and raise a rule from watch to urgent. It can take nothing away: no rule
is written anew, no list is changed, and there are no modifiers, because these make signals smaller. For a language
that Willow has no rules for, the file stands on its own and may hold all that a rule file holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.authoring import Author
from flows.manuscript import Mapping, Sequence, Text, taken_over
from flows.proof.case import nearest
from flows.signals import TIERS

KEYS = ("language", "reviewer", "sources", "lists", "rules", "raise")
Document = tuple[str, Mapping]


def with_local_rules(documents: Iterable[Document], local: Iterable[tuple[Author, Mapping]]) -> list[Document]:
    """The rule files with those of an overlay taken in; what does not fit is reported by its author and left out."""
    together = {_name(file): (file, content) for file, content in documents}
    for author, added in local:
        name = _name(author.file)
        if name in together:
            file, shipped = together[name]
            together[name] = (file, _taken_in(author, shipped, added))
        else:
            together[name] = (author.file, added)
    return [together[name] for name in sorted(together)]


def _taken_in(author: Author, shipped: Mapping, added: Mapping) -> Mapping:
    keys = author.known(added, KEYS, "rules that are added")
    language = author.text(keys.get("language"), "language", keys)
    if language != shipped.get("language"):
        author.report("overlay_place", keys, name=language, nearest=str(shipped.get("language")))
    fields = {
        "sources": _grown(author, shipped, keys, "sources"),
        "lists": _grown(author, shipped, keys, "lists"),
        "rules": _rules(author, shipped.get("rules") or Sequence(), keys),
    }
    return _copy(shipped, {name: value for name, value in fields.items() if value})


def _grown(author: Author, shipped: Mapping, keys: Mapping, name: str) -> Mapping:
    """A mapping of the shipped file with what is added to it; what is there stays as it is."""
    before = shipped.get(name)
    kept = before if isinstance(before, Mapping) else _copy(keys, {}, empty=True)
    added = _mapping(author, keys, name)
    for key in added:
        if key in kept:
            author.report("overlay_again", added.lines[key], name=key)
    return _copy(kept, {key: taken_over(each, author.file) for key, each in added.items() if key not in kept})


def _rules(author: Author, shipped: Sequence, keys: Mapping) -> Sequence:
    tiers = {str(rule.get("id")): str(rule.get("tier")) for rule in shipped if isinstance(rule, Mapping)}
    raised = _raised(author, keys, tiers)
    rules = [_copy(rule, {"tier": Text(raised[_id(rule)])}) if _id(rule) in raised else rule for rule in shipped]
    wanted = keys.get("rules") or ()
    if not isinstance(wanted, (Sequence, tuple)):
        author.report("wrong_shape", wanted, key="rules", wanted="a list of rules")
        wanted = ()
    for rule in wanted:
        if _id(rule) in tiers:
            author.report("overlay_again", rule, name=_id(rule))
        else:
            rules.append(taken_over(rule, author.file))
    return Sequence(rules)


def _raised(author: Author, keys: Mapping, tiers: dict[str, str]) -> dict[str, str]:
    """Rule -> its new tier, for those that really become graver."""
    raised = {}
    wanted = _mapping(author, keys, "raise")
    for rule, tier in wanted.items():
        line = wanted.lines[rule]
        if rule not in tiers:
            author.report("overlay_place", line, name=rule, nearest=nearest(rule, tiers))
        elif str(tier) not in TIERS or tiers[rule] not in TIERS or _place(tier) <= _place(tiers[rule]):
            author.report("overlay_lowers", line, rule=rule, tier=tiers[rule], wanted=str(tier))
        else:
            raised[rule] = str(tier)
    return raised


def _place(tier: str) -> int:
    return [*TIERS].index(tier)  # type: ignore[arg-type]


def _mapping(author: Author, keys: Mapping, name: str) -> Mapping:
    value = keys.get(name)
    if value is None or isinstance(value, Mapping):
        return value if value is not None else _copy(keys, {}, empty=True)
    author.report("wrong_shape", value, key=name, wanted="keys with values")
    return _copy(keys, {}, empty=True)


def _name(file: str) -> str:
    return file.rpartition("/")[2]


def _id(rule: Any) -> str:
    return str(rule.get("id")) if isinstance(rule, Mapping) else ""


def _copy(mapping: Mapping, fields: dict[str, Any], empty: bool = False) -> Mapping:
    """The mapping with some fields set; each line stays what it was."""
    copy = Mapping({} if empty else mapping)
    copy.update(fields)
    copy.line = mapping.line
    copy.lines = {**dict.fromkeys(fields, mapping.line), **mapping.lines}
    return copy
