"""From the files `safety/signals.<language>.yaml` to Signals: every phrase read once, every example tried.

The notation of phrases is explained at the top of the English file. Nothing here opens a file or raises for what an
author wrote: a rule that cannot be read is left out and reported.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flows.authoring import Author
from flows.manuscript import Mapping
from flows.problems import Problem
from flows.signals import CATEGORIES, EFFECTS, REACHES, Element, Entry, Language, Modifier, Phrase, Rule, Signals
from flows.tokens import words_of

FILE_KEYS = ("language", "reviewer", "sources", "fillers", "breaks", "spellings", "endings", "lists", "modifiers", "rules")
RULE_KEYS = ("id", "category", "tier", "acute", "core", "reason", "source", "reviewer", "phrases", "except", "must_match",
             "must_not")  # fmt: skip
MODIFIER_KEYS = ("id", "effect", "reach", "within", "reason", "categories", "phrases", "unless")
GAP = 3  # words that `...` stands for at most
EXAMPLES = 3  # sentences of each kind that a rule must bring

Lists = dict[str, tuple[str, ...]]


def read_signals(documents: Sequence[tuple[str, Mapping]], try_examples: Callable[..., Any] | None = None) -> tuple[Signals, list[Problem]]:
    """(signals, problems) of all rule files, given as (file, content)."""
    problems: list[Problem] = []
    languages = []
    for file, content in documents:
        author = Author(file)
        languages.append(_language(author, content))
        problems += author.problems
    text = json.dumps([content for _, content in documents], sort_keys=True)
    return Signals(tuple(languages), hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()), problems


def _language(author: Author, content: Mapping) -> Language:
    keys = author.known(content, FILE_KEYS, "a rule file")
    lists = {name: _texts(author, each, name) for name, each in (keys.get("lists") or {}).items()}
    sources = tuple(keys.get("sources") or ())
    rules = _distinct(author, [_rule(author, each, lists, sources) for each in keys.get("rules") or ()])
    modifiers = tuple(_modifier(author, each, lists) for each in keys.get("modifiers") or ())
    spellings = {_written(short): tuple(words_of(str(meant))) for short, meant in (keys.get("spellings") or {}).items()}
    code = author.text(keys.get("language"), "language", keys)
    if not code:
        author.report("missing_key", keys, key="language", where="a rule file")
    return Language(
        code=code,
        reviewer=author.text(keys.get("reviewer"), "reviewer", keys),
        rules=rules,
        modifiers=modifiers,
        index=_index(rules, modifiers),
        spellings=spellings,
        endings={_written(ending): tuple(words_of(str(word))) for ending, word in (keys.get("endings") or {}).items()},
        fillers=frozenset(map(_written, _texts(author, keys.get("fillers"), "fillers"))),
        breaks=frozenset(map(_written, _texts(author, keys.get("breaks"), "breaks"))),
        vocabulary=_vocabulary(rules) | {short for short in spellings if len(short) > 2},
    )


def _written(word: str) -> str:
    """A single word as tokens have it; signs inside stay (`k*ll`, `n't`)."""
    return str(word).casefold().replace("’", "'")


def _texts(author: Author, value: Any, key: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (str(value),)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(map(str, value))
    author.report("wrong_shape", value, key=key, wanted="a list of words")
    return ()


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
    examples = {key: _texts(author, keys.get(key), key) for key in ("must_match", "must_not")}
    for key, sentences in examples.items():
        if len(sentences) < EXAMPLES:
            author.report("wrong_shape", keys, key=f"{key} of {name}", wanted=f"at least {EXAMPLES} sentences")
    phrases = _phrases(author, keys, "phrases", lists)
    if not (name and phrases and keys.get("tier") in ("watch", "urgent")):
        return None
    return Rule(
        id=name,
        category=str(keys.get("category") or ""),
        tier=str(keys["tier"]),  # type: ignore[arg-type]
        acute=keys.get("acute") == "yes",
        phrases=phrases,
        exempt=_phrases(author, keys, "except", lists),
        core=_texts(author, keys.get("core"), "core"),
        reason=author.text(keys.get("reason"), "reason", keys),
        source=author.text(keys.get("source"), "source", keys),
        reviewer=author.text(keys.get("reviewer"), "reviewer", keys),
        **examples,
    )


def _modifier(author: Author, value: Any, lists: Lists) -> Modifier:
    keys = author.known(value, MODIFIER_KEYS, "a modifier")
    name = author.text(keys.get("id"), "id", keys)
    for key, known in (("effect", EFFECTS), ("reach", REACHES)):
        if keys.get(key) not in known:
            author.report("wrong_shape", keys, key=f"{key} of {name}", wanted="one of: " + ", ".join(known))
    within = str(keys.get("within") or "0")
    if not within.isdecimal():
        author.report("wrong_shape", keys, key=f"within of {name}", wanted="a whole number of words")
    return Modifier(
        id=name,
        effect=str(keys.get("effect")),  # type: ignore[arg-type]
        reach=str(keys.get("reach")),  # type: ignore[arg-type]
        phrases=_phrases(author, keys, "phrases", lists),
        within=int(within) if within.isdecimal() else 0,
        unless=_phrases(author, keys, "unless", lists),
        categories=frozenset(_texts(author, keys.get("categories"), "categories")),
    )


def _phrases(author: Author, keys: Mapping, key: str, lists: Lists) -> tuple[Phrase, ...]:
    phrases = []
    for written in _texts(author, keys.get(key), key):
        elements = tuple(_element(author, item, lists, keys) for item in _items(written))
        if not elements or elements[0].optional or elements[0].gap:
            author.report("wrong_shape", keys.get(key), key=written, wanted="a phrase whose first word must stand there")
            continue
        phrases.append(Phrase(elements, written))
    return tuple(phrases)


def _items(written: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\S)+', written)


def _element(author: Author, item: str, lists: Lists, at: Any) -> Element:
    if item == "...":
        return Element(gap=GAP)
    optional = item.endswith("?")
    sequences: list[tuple[str, ...]] = []
    for alternative in re.findall(r'(?:"[^"]*"|[^|"])+|(?<=\|)(?=\||$)', item.removesuffix("?")):
        name = alternative.strip('"')
        optional = optional or not name
        if name.startswith("{") and name.endswith("}"):
            if name[1:-1] not in lists:
                author.report("unknown_key", at, key=name, where="the lists", nearest=", ".join(lists))
            sequences += [tuple(words_of(entry)) for entry in lists.get(name[1:-1], ())]
        elif name:
            sequences.append(tuple(words_of(name)))
    return Element(
        words=frozenset(words[0] for words in sequences if len(words) == 1),
        longer=tuple(words for words in sequences if len(words) > 1),
        optional=optional,
    )


def _index(rules: Sequence[Rule], modifiers: Sequence[Modifier]) -> dict[str, tuple[Entry, ...]]:
    index: dict[str, list[Entry]] = {}
    for owners, takes, back in ((rules, "rule", "exempt"), (modifiers, "modifier", "unless")):
        for number, owner in enumerate(owners):
            given_back = owner.exempt if isinstance(owner, Rule) else owner.unless  # type: ignore[attr-defined]
            for kind, phrases in ((takes, owner.phrases), (back, given_back)):  # type: ignore[attr-defined]
                for phrase in phrases:
                    entry = Entry(phrase, number, kind)  # type: ignore[arg-type]
                    for word in _first_words(phrase):
                        index.setdefault(word, []).append(entry)
    return {word: tuple(entries) for word, entries in index.items()}


def _first_words(phrase: Phrase) -> set[str]:
    first = phrase.elements[0]
    return {*first.words, *(words[0] for words in first.longer)}


def _vocabulary(rules: Sequence[Rule]) -> frozenset[str]:
    elements = [element for rule in rules for phrase in rule.phrases for element in phrase.elements]
    words = {word for element in elements for each in (element.words, *element.longer) for word in each}
    return frozenset(word for word in words if len(word) > 1 or word in ("i", "a"))
