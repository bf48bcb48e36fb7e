"""The nouns of screening: what a rule is, what a hit is, what a Signal says. Values only; `safety.py` has the verb.

A tier names the next step for a message, never a person: `watch` is asked about, `urgent` brings help first.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Tier = Literal["none", "watch", "urgent"]
TIERS: tuple[Tier, ...] = ("none", "watch", "urgent")
CATEGORIES = (
    "suicide",
    "self_harm",
    "harm_to_others",
    "violence",
    "medical",
    "psychosis",
    "mania",
    "eating",
    "substances",
)
EFFECTS = ("none", "watch", "lower")
REACHES = ("covers", "before", "clause", "sentence")


class Hit(msgspec.Struct, frozen=True):
    """Words that a rule caught. `start` and `end` are offsets in the text; never the words themselves."""

    rule: str
    language: str
    category: str
    tier: Tier
    acute: bool
    start: int
    end: int
    tier_before: Tier = "none"
    modifiers: tuple[str, ...] = ()


class Signal(msgspec.Struct, frozen=True):
    """What screening says of one text. Worst first: `categories[0]` decides whose words are used to ask."""

    tier: Tier = "none"
    categories: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    acute: bool = False
    ruleset: str = ""


class Element(msgspec.Struct, frozen=True):
    """One place in a phrase: any of `words`, any of the word sequences `longer`, or a gap of up to `gap` words."""

    words: frozenset[str] = frozenset()
    longer: tuple[tuple[str, ...], ...] = ()
    optional: bool = False
    gap: int = 0


class Phrase(msgspec.Struct, frozen=True):
    elements: tuple[Element, ...]
    written: str


class Rule(msgspec.Struct, frozen=True):
    """What must be noticed, and why. `exempt` phrases mean something else: they take back a hit that they cover."""

    id: str
    category: str
    tier: Tier
    acute: bool
    phrases: tuple[Phrase, ...]
    exempt: tuple[Phrase, ...] = ()
    core: tuple[str, ...] = ()
    reason: str = ""
    source: str = ""
    reviewer: str = ""
    must_match: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    line: int = 1


class Modifier(msgspec.Struct, frozen=True):
    """Words that change what other words mean.

    `effect`  none: not meant; watch: at most watch; lower: one step down.
    `reach`   covers: hits within its own words; before: hits that follow in the same clause, at most `within` words on;
              clause, sentence: hits anywhere in it.
    `unless`  phrases in which these words do not count ("not joking").
    """

    id: str
    effect: Literal["none", "watch", "lower"]
    reach: Literal["covers", "before", "clause", "sentence"]
    phrases: tuple[Phrase, ...]
    within: int = 0
    unless: tuple[Phrase, ...] = ()
    categories: frozenset[str] = frozenset()


class Entry(msgspec.Struct, frozen=True):
    """A phrase and what it is for: a rule's or modifier's own (by its number), or one that takes these back."""

    phrase: Phrase
    owner: int
    kind: Literal["rule", "exempt", "modifier", "unless"]


class Node(msgspec.Struct, frozen=True):
    """A place between two words of phrases. `ends`: numbers of the entries that are complete here."""

    edges: dict[str, tuple[int, ...]]
    skips: tuple[int, ...]
    gaps: tuple[tuple[int, int], ...]
    ends: tuple[int, ...]


class Graph(msgspec.Struct, frozen=True):
    nodes: tuple[Node, ...]
    entries: tuple[Entry, ...]


class Language(msgspec.Struct, frozen=True):
    """The rules of one language, ready to use."""

    code: str
    reviewer: str
    rules: tuple[Rule, ...]
    modifiers: tuple[Modifier, ...]
    graph: Graph
    spellings: dict[str, tuple[str, ...]]
    endings: dict[str, tuple[str, ...]]
    fillers: frozenset[str]
    breaks: frozenset[str]
    vocabulary: frozenset[str]  # the words of the rules, into which run-together letters are cut
    known: frozenset[str]  # with the words that take back: these are never cut


class Signals(msgspec.Struct, frozen=True):
    """All rules as loaded; every language is screened every time. `hash` names exactly these rules."""

    languages: tuple[Language, ...] = ()
    hash: str = ""

    @property
    def signed(self) -> tuple[str, ...]:
        """The languages whose rules a clinician has signed."""
        return tuple(each.code for each in self.languages if each.reviewer)
