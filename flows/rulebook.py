"""From the files `safety/signals.<language>.yaml` to Signals: every phrase read once, every mistake reported.

The notation of phrases is explained at the top of the English file. Nothing here opens a file or raises for what an
author wrote: a rule that cannot be read is left out and reported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flows.authoring import Author
from flows.manuscript import Mapping
from flows.matching import graph_of
from flows.notation import Lists, phrases_of, texts, vocabulary
from flows.problems import Problem
from flows.signals import CATEGORIES, EFFECTS, REACHES, Entry, Language, Modifier, Rule, Signals
from flows.tokens import words_of

FILE_KEYS = (
    "language",
    "reviewer",
    "sources",
    "fillers",
    "breaks",
    "spellings",
    "endings",
    "lists",
    "modifiers",
    "rules",
)
RULE_KEYS = ("id", "category", "tier", "acute", "core", "reason", "source", "reviewer", "phrases", "except",
             "must_match", "must_not")  # fmt: skip
MODIFIER_KEYS = ("id", "effect", "reach", "within", "reason", "categories", "phrases", "unless")
EXAMPLES = 3  # sentences of each kind that a rule must bring


def read_rules(documents: Sequence[tuple[str, Mapping]]) -> tuple[Signals, list[Problem]]:
    """(signals, problems) of all rule files, given as (file, content)."""
    problems: list[Problem] = []
    languages = []
    for file, content in documents:
        author = Author(file)
        languages.append(_language(author, content))
        problems += author.problems
    text = json.dumps([content for _, content in documents], sort_keys=True)
    ruleset = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return Signals(tuple(languages), ruleset), problems


def _language(author: Author, content: Mapping) -> Language:
    keys = author.known(content, FILE_KEYS, "a rule file")
    lists = {name: texts(author, each, name) for name, each in _items(author, keys, "lists")}
    sources = tuple(keys.get("sources") or ())
    rules = _distinct(author, [_rule(author, each, lists, sources) for each in keys.get("rules") or ()])
    modifiers = tuple(filter(None, (_modifier(author, each, lists) for each in keys.get("modifiers") or ())))
    spellings = {_written(short): tuple(words_of(str(meant))) for short, meant in _items(author, keys, "spellings")}
    entries = tuple(_entries(rules, modifiers))
    code = author.text(keys.get("language"), "language", keys)
    if not code:
        author.report("missing_key", keys, key="language", where="a rule file")
    return Language(
        code=code,
        reviewer=author.text(keys.get("reviewer"), "reviewer", keys),
        rules=rules,
        modifiers=modifiers,
        graph=graph_of(entries),
        spellings=spellings,
        endings={_written(ending): tuple(words_of(str(word))) for ending, word in _items(author, keys, "endings")},
        fillers=frozenset(map(_written, texts(author, keys.get("fillers"), "fillers"))),
        breaks=frozenset(map(_written, texts(author, keys.get("breaks"), "breaks"))),
        vocabulary=vocabulary(each.phrase for each in entries if each.kind == "rule")
        | {*filter(str.isalpha, spellings)},
        known=vocabulary(each.phrase for each in entries),
    )


def _items(author: Author, keys: Mapping, key: str) -> Iterable[tuple[str, Any]]:
    value = keys.get(key) or {}
    if isinstance(value, Mapping):
        return value.items()
    if value:
        author.report("wrong_shape", value, key=key, wanted="a name and a value each")
    return ()


def _written(word: str) -> str:
    """A single word as tokens have it; signs inside stay (`k*ll`, `n't`)."""
    return str(word).casefold().replace("’", "'")


def _distinct(author: Author, rules: Iterable[Rule | None]) -> tuple[Rule, ...]:
    kept: dict[str, Rule] = {}
    for rule in rules:
        if rule is None:
            continue
        if rule.id in kept:
            author.report("name_clash", 1, name=rule.id, where=author.file)
        kept.setdefault(rule.id, rule)
    return tuple(kept.values())


def _rule(author: Author, value: Any, lists: Lists, sources: Sequence[str]) -> Rule | None:
    keys = author.known(value, RULE_KEYS, "a rule")
    name = author.text(keys.get("id"), "id", keys)
    for key in ("id", "category", "tier", "reason", "source", "phrases"):
        if not keys.get(key):
            author.report("missing_key", keys, key=key, where=f"rule {name or '?'}")
    for key, known in (("category", CATEGORIES), ("tier", ("watch", "urgent")), ("source", tuple(sources))):
        if (said := str(keys.get(key) or "")) and said not in known:
            author.report("wrong_shape", keys, key=f"{key} of {name}", wanted="one of: " + ", ".join(known))
    examples = {key: texts(author, keys.get(key), key) for key in ("must_match", "must_not")}
    for key, sentences in examples.items():
        if len(sentences) < EXAMPLES:
            author.report("wrong_shape", keys, key=f"{key} of {name}", wanted=f"at least {EXAMPLES} sentences")
    phrases = phrases_of(author, keys, "phrases", lists)
    if not (name and phrases and keys.get("tier") in ("watch", "urgent")):
        return None
    return Rule(
        id=name,
        category=str(keys.get("category") or ""),
        tier=str(keys["tier"]),  # type: ignore[arg-type]
        acute=keys.get("acute") == "yes",
        phrases=phrases,
        exempt=phrases_of(author, keys, "except", lists),
        core=texts(author, keys.get("core"), "core"),
        reason=author.text(keys.get("reason"), "reason", keys),
        source=author.text(keys.get("source"), "source", keys),
        reviewer=author.text(keys.get("reviewer"), "reviewer", keys),
        **examples,
        line=keys.line,
    )


def _modifier(author: Author, value: Any, lists: Lists) -> Modifier | None:
    keys = author.known(value, MODIFIER_KEYS, "a modifier")
    name = author.text(keys.get("id"), "id", keys)
    for key, known in (("effect", EFFECTS), ("reach", REACHES)):
        if keys.get(key) not in known:
            author.report("wrong_shape", keys, key=f"{key} of {name}", wanted="one of: " + ", ".join(known))
    within = str(keys.get("within") or "0")
    if not within.isdecimal():
        author.report("wrong_shape", keys, key=f"within of {name}", wanted="a whole number of words")
    if keys.get("effect") not in EFFECTS or keys.get("reach") not in REACHES:
        return None
    return Modifier(
        id=name,
        effect=str(keys.get("effect")),  # type: ignore[arg-type]
        reach=str(keys.get("reach")),  # type: ignore[arg-type]
        phrases=phrases_of(author, keys, "phrases", lists),
        within=int(within) if within.isdecimal() else 0,
        unless=phrases_of(author, keys, "unless", lists),
        categories=frozenset(texts(author, keys.get("categories"), "categories")),
    )


def _entries(rules: Sequence[Rule], modifiers: Sequence[Modifier]) -> Iterator[Entry]:
    for number, rule in enumerate(rules):
        yield from (Entry(phrase, number, "rule") for phrase in rule.phrases)
        yield from (Entry(phrase, number, "exempt") for phrase in rule.exempt)
    for number, modifier in enumerate(modifiers):
        yield from (Entry(phrase, number, "modifier") for phrase in modifier.phrases)
        yield from (Entry(phrase, number, "unless") for phrase in modifier.unless)
