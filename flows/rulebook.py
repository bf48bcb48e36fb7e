"""From the files `safety/signals.<language>.yaml` to Signals: every phrase read once, every mistake reported.

The notation of phrases is explained at the top of the English file. Nothing here opens a file or raises for what an
author wrote: a rule that cannot be read is left out and reported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from flows.author_rules import read_modifier, read_rule
from flows.author_spelling import items, one_word, read_spelling
from flows.authoring import Author
from flows.core import CORE
from flows.manuscript import Mapping
from flows.matching import graph_of
from flows.notation import Notation, texts, vocabulary, words_in
from flows.problems import Problem
from flows.reach import BASE
from flows.run_together import tree_of
from flows.signals import Entry, Language, Modifier, Rule, Signals
from flows.waking import waking_of

FILE_KEYS = ("language", "reviewer", "sources", "fillers", "breaks", "spellings", "emoji", "beginnings", "endings",
             "guarded", "deny", "lists", "modifiers", "rules")  # fmt: skip


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
    return Signals(tuple(languages), ruleset, waking_of(languages)), problems


def with_lacking(signals: Signals, files: Collection[str]) -> Signals:
    """The rules, knowing which files are not whole: for their languages, and those without any, the core stands in."""
    read = {each.code for each in signals.languages}
    missing = () if BASE in read else (f"safety/signals.{BASE}.yaml",)
    names = (file.rpartition("/")[2].split(".") for file in files)
    unread = {name[1] for name in names if name[0] == "signals"} | ({each.language for each in CORE.statements} - read)
    lacking = tuple(sorted({*files, *missing}))
    return msgspec.structs.replace(signals, lacking=lacking, unread=tuple(sorted(unread)))


def _language(author: Author, content: Mapping) -> Language:
    keys = author.known(content, FILE_KEYS, "a rule file")
    code = author.text(keys.get("language"), "language", keys)
    if not code:
        author.report("missing_key", keys, key="language", where="a rule file")
    spelling = read_spelling(author, keys)
    lists = {name: texts(author, each, name) for name, each in items(author, keys, "lists")}
    notation = Notation(author, lists, spelling)
    sources = tuple(keys.get("sources") or ())
    rules = _distinct(author, [read_rule(author, each, notation, sources) for each in keys.get("rules") or ()])
    modifiers = tuple(filter(None, (read_modifier(author, each, notation) for each in keys.get("modifiers") or ())))
    _report_repeated(author, rules)
    named = [entry.phrase for entry in _named(rules)]
    shades = tuple(_shades(rules, modifiers))
    every = [*named, *(entry.phrase for entry in shades)]
    stems = frozenset(word[:-1] for word in words_in(every) if word.endswith("*"))
    return Language(
        code=code,
        reviewer=author.text(keys.get("reviewer"), "reviewer", keys),
        rules=rules,
        modifiers=modifiers,
        graph=graph_of(_named(rules)),
        shades=graph_of(shades),
        spelling=spelling,
        fillers=frozenset(map(one_word, texts(author, keys.get("fillers"), "fillers"))),
        breaks=frozenset(map(one_word, texts(author, keys.get("breaks"), "breaks"))),
        vocabulary=tree_of(vocabulary(named) | {*filter(str.isalpha, spelling.words)}),
        known=vocabulary(every),
        stems=stems,
        lengths=tuple(sorted({len(stem) for stem in stems})),
    )


def _distinct(author: Author, rules: Iterable[Rule | None]) -> tuple[Rule, ...]:
    kept: dict[str, Rule] = {}
    for rule in rules:
        if rule is None:
            continue
        if rule.id in kept:
            author.report("name_clash", rule.line, name=rule.id, where=author.file)
        kept.setdefault(rule.id, rule)
    return tuple(kept.values())


def _report_repeated(author: Author, rules: Sequence[Rule]) -> None:
    """The same phrase in two rules: one of them would never be the reason."""
    first: dict[object, Rule] = {}
    for rule in rules:
        for phrase in rule.phrases:
            known = first.setdefault(phrase.elements, rule)
            if known is not rule:
                author.report("repeated_phrase", rule.line, phrase=phrase.written, rule=rule.id, other=known.id)


def _named(rules: Sequence[Rule]) -> Iterator[Entry]:
    for number, rule in enumerate(rules):
        yield from (Entry(phrase, number, "rule") for phrase in rule.phrases)


def _shades(rules: Sequence[Rule], modifiers: Sequence[Modifier]) -> Iterator[Entry]:
    for number, rule in enumerate(rules):
        yield from (Entry(phrase, number, "exempt") for phrase in rule.exempt)
    for number, modifier in enumerate(modifiers):
        yield from (Entry(phrase, number, "modifier") for phrase in modifier.phrases)
        yield from (Entry(phrase, number, "unless") for phrase in modifier.unless)
