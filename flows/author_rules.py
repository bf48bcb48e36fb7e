"""One rule or modifier of a rule file, read from its manuscript: what does not fit is reported and left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.authoring import Author
from flows.manuscript import Mapping
from flows.notation import Notation, texts
from flows.signals import CATEGORIES, EFFECTS, KINDS, REACHES, Modifier, Rule

RULE_KEYS = ("id", "category", "tier", "acute", "kind", "core", "reason", "source", "reviewer", "phrases", "except",
             "must_match", "must_not")  # fmt: skip
MODIFIER_KEYS = ("id", "effect", "reach", "within", "reason", "categories", "cancels", "phrases", "unless")
TIERS = ("watch", "urgent")
CANCELS = ("negation",)  # what a modifier that keeps a hit cancels, unless it says otherwise
EXAMPLES = 3  # sentences of each kind that a rule must bring


def read_rule(author: Author, value: Any, notation: Notation, sources: Sequence[str]) -> Rule | None:
    keys = author.known(value, RULE_KEYS, "a rule")
    name = author.text(keys.get("id"), "id", keys)
    for key in ("id", "category", "tier", "reason", "source", "phrases"):
        if not keys.get(key):
            author.report("missing_key", keys, key=key, where=f"rule {name or '?'}")
    for key, known in (("category", CATEGORIES), ("tier", TIERS), ("source", sources), ("kind", KINDS)):
        _one_of(author, keys, key, known, f"rule {name}")
    examples = {key: texts(author, keys.get(key), key) for key in ("must_match", "must_not")}
    for key, sentences in examples.items():
        if len(sentences) < EXAMPLES:
            author.report("few_examples", keys, rule=name, key=key, count=len(sentences), limit=EXAMPLES)
    phrases = notation.phrases(keys, "phrases")
    if not (name and phrases and keys.get("tier") in TIERS):
        return None
    return Rule(
        id=name,
        category=str(keys.get("category") or ""),
        tier=str(keys["tier"]),  # type: ignore[arg-type]
        acute=keys.get("acute") == "yes",
        phrases=phrases,
        exempt=notation.phrases(keys, "except"),
        core=texts(author, keys.get("core"), "core"),
        reason=author.text(keys.get("reason"), "reason", keys),
        source=author.text(keys.get("source"), "source", keys),
        reviewer=author.text(keys.get("reviewer"), "reviewer", keys),
        kind=str(keys.get("kind") or ""),
        **examples,
        line=keys.line,
    )


def _one_of(author: Author, keys: Mapping, key: str, known: Sequence[str], where: str) -> None:
    if (said := str(keys.get(key) or "")) and said not in known:
        author.report("unknown_in_rule", keys.lines[key], word=said, key=key, where=where, known=", ".join(known))


def read_modifier(author: Author, value: Any, notation: Notation) -> Modifier | None:
    keys = author.known(value, MODIFIER_KEYS, "a modifier")
    name = author.text(keys.get("id"), "id", keys)
    for key, known in (("effect", EFFECTS), ("reach", REACHES)):
        if not keys.get(key):
            author.report("missing_key", keys, key=key, where=f"modifier {name or '?'}")
        _one_of(author, keys, key, known, f"modifier {name}")
    categories = texts(author, keys.get("categories"), "categories")
    for said in categories:
        if said not in CATEGORIES:
            author.report("unknown_in_rule", keys.lines["categories"], word=said, key="categories",
                          where=f"modifier {name}", known=", ".join(CATEGORIES))  # fmt: skip
    within = str(keys.get("within") or "0")
    if not within.isdecimal():
        author.report("wrong_shape", keys, key=f"within of {name}", wanted="a whole number of words")
    if keys.get("effect") not in EFFECTS or keys.get("reach") not in REACHES:
        return None
    return Modifier(
        id=name,
        effect=str(keys.get("effect")),  # type: ignore[arg-type]
        reach=str(keys.get("reach")),  # type: ignore[arg-type]
        phrases=notation.phrases(keys, "phrases"),
        within=int(within) if within.isdecimal() else 0,
        unless=notation.phrases(keys, "unless"),
        categories=frozenset(categories),
        cancels=frozenset(texts(author, keys.get("cancels"), "cancels") or CANCELS),
    )
