"""The nouns of screening: what a rule is, what a hit is, what a Signal says. Values only; `safety.py` has the verb.

A tier names the next step for a message, never a person: `watch` is asked about, `urgent` brings help first.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from flows.ngrams import Model

Tier = Literal["none", "watch", "urgent"]
TIERS: tuple[Tier, ...] = ("none", "watch", "urgent")
CATEGORIES = (
    "suicide",
    "self_harm",
    "harm_to_others",
    "violence",
    "medical",
    "child",
    "psychosis",
    "mania",
    "eating",
    "substances",
    "postpartum",
    "minor",
)
KINDS = ("preparation", "calm", "hopeless")
EFFECTS = ("none", "watch", "lower", "raise", "keep")
REACHES = ("covers", "before", "clause", "sentence")


class Hit(msgspec.Struct, frozen=True):
    """Words that a rule caught. `start` and `end` are offsets in the text; never the words themselves.

    `kind` is what the rule brings to a combination over 24 hours: preparation, calm, hopeless, or nothing.
    """

    rule: str
    language: str
    category: str
    tier: Tier
    acute: bool
    start: int
    end: int
    tier_before: Tier = "none"
    modifiers: tuple[str, ...] = ()
    kind: str = ""


class Signal(msgspec.Struct, frozen=True):
    """What screening says of one text. Worst first: `categories[0]` decides whose words are used to ask.

    `taken_back`: hits that a modifier made to nothing; they lead nowhere, and the log keeps them.
    `failed`: the name of the exception because of which the frozen core decided; empty when all went well.
    """

    tier: Tier = "none"
    categories: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    acute: bool = False
    ruleset: str = ""
    taken_back: tuple[Hit, ...] = ()
    failed: str = ""


class Element(msgspec.Struct, frozen=True):
    """One place in a phrase: any of `words`, any of the word sequences `longer`, or a gap of up to `gap` words.

    A word that ends in `*` stands for every word that begins so.
    """

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
    kind: str = ""
    line: int = 1


class Modifier(msgspec.Struct, frozen=True):
    """Words that change what other words mean.

    `effect`  none: not meant; watch: at most watch; lower: one step down; raise: one step up;
              keep: the modifiers it `cancels` do not count ("not that I don't want to", "and now again").
    `reach`   covers: hits within its own words; before: hits that follow in the same clause, at most `within` words on;
              clause, sentence: hits anywhere in it.
    `unless`  phrases in which these words do not count ("not joking").
    """

    id: str
    effect: Literal["none", "watch", "lower", "raise", "keep"]
    reach: Literal["covers", "before", "clause", "sentence"]
    phrases: tuple[Phrase, ...]
    within: int = 0
    unless: tuple[Phrase, ...] = ()
    categories: frozenset[str] = frozenset()
    cancels: frozenset[str] = frozenset()


class Entry(msgspec.Struct, frozen=True):
    """A phrase and what it is for: a rule's or modifier's own (by its number), or one that takes these back."""

    phrase: Phrase
    owner: int
    kind: Literal["rule", "exempt", "modifier", "unless"]


class Node(msgspec.Struct, frozen=True):
    """A place between two words of phrases: where each word leads, and where up to so many words in between do.

    `ends`: numbers of the entries that are complete here.
    """

    edges: dict[str, int]
    gaps: tuple[tuple[int, int], ...]  # (words, node)
    ends: tuple[int, ...]


class Graph(msgspec.Struct, frozen=True):
    """All phrases of a kind; each begins at node 0."""

    nodes: tuple[Node, ...]
    entries: tuple[Entry, ...]


class Spelling(msgspec.Struct, frozen=True):
    """How people type one language. All words are folded; tuples of words are what the short form stands for.

    `beginnings`, `endings`  parts with `'` that are written together with a word: always cut off.
    `before`, `after`        parts without it: cut off only when the rest is a word of the rules.
    `guarded`                a word less any one letter -> the words that are read through one slip of the finger.
    `deny`                   words that neither a stem nor such a correction may take; with `*` all that begin so.
    """

    words: dict[str, tuple[str, ...]] = {}
    emoji: dict[str, tuple[str, ...]] = {}
    beginnings: dict[str, tuple[str, ...]] = {}
    endings: dict[str, tuple[str, ...]] = {}
    before: dict[str, tuple[str, ...]] = {}
    after: dict[str, tuple[str, ...]] = {}
    guarded: dict[str, tuple[str, ...]] = {}
    deny: frozenset[str] = frozenset()


class Language(msgspec.Struct, frozen=True, eq=False):
    """The rules of one language, ready to use. `shades` are all phrases that change what a rule's words mean.

    A language is equal to itself only, so that what was read with it can be remembered by it (`typed.py`).
    """

    code: str
    reviewer: str
    rules: tuple[Rule, ...]
    modifiers: tuple[Modifier, ...]
    graph: Graph
    shades: Graph
    spelling: Spelling
    fillers: frozenset[str]
    breaks: frozenset[str]
    vocabulary: dict[str, Any]  # the words of the rules as a tree, into which run-together letters are cut
    known: frozenset[str]  # with the words that take back: these are never cut
    stems: frozenset[str]  # beginnings of words, without `*`
    lengths: tuple[int, ...]  # of the stems


class Waking(msgspec.Struct, frozen=True):
    """Which languages a word can concern, as bits: without one of these words no rule of that language can be met."""

    words: dict[str, int]
    stems: dict[str, int]
    lengths: tuple[int, ...]
    guarded: dict[str, int]
    before: dict[str, tuple[str, ...]]
    after: dict[str, tuple[str, ...]]
    vocabulary: dict[str, Any]
    always: int = 0


class Signals(msgspec.Struct, frozen=True):
    """All rules as loaded, and the model's weights; every language is screened every time. `hash` names exactly these.

    Without `waking` every language is walked through; with it those are passed over that cannot be met.
    `lacking`: the files that could not be read as they should be; the frozen core stands in for those of rules.
    """

    languages: tuple[Language, ...] = ()
    hash: str = ""
    waking: Waking | None = None
    model: Model | None = None
    lacking: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()  # the languages whose rules are not whole

    @property
    def signed(self) -> tuple[str, ...]:
        """The languages whose rules a clinician has signed."""
        return tuple(each.code for each in self.languages if each.reviewer)
