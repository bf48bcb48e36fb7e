"""The shape of the frozen core: what still works when rules, content or the database do not.

`core.py` holds one Core, made from content/ by a command. It knows the clearest statements only and no negation: when
it decides, a false alarm is accepted and a miss is not.
"""

from __future__ import annotations

import msgspec

from flows.signals import TIERS, Hit, Signal, Tier
from flows.tokens import words_of

RULE = "core"


class Statement(msgspec.Struct, frozen=True):
    """Words in a row, as `words_of` has them, with a blank at each end."""

    words: str
    category: str
    tier: Tier
    acute: bool = False


class Core(msgspec.Struct, frozen=True):
    """`emergency` and `lines` by country code; `words` is what is said around them."""

    ruleset: str
    statements: tuple[Statement, ...]
    help_words: dict[str, str]
    emergency: dict[str, str]
    lines: dict[str, tuple[str, ...]]
    names: dict[str, str]
    words: dict[str, str]

    def screen(self, text: str) -> Signal:
        """What the clearest statements say of a text; each hit is marked `core`."""
        said = f" {' '.join(words_of(text))} "
        found = [each for each in self.statements if each.words in said]
        found.sort(key=lambda each: (-TIERS.index(each.tier), not each.acute))
        return Signal(
            tier=found[0].tier if found else "none",
            categories=tuple(dict.fromkeys(each.category for each in found)),
            hits=tuple(
                Hit(RULE, "en", each.category, each.tier, each.acute, 0, len(text), each.tier) for each in found[:1]
            ),
            acute=any(each.acute for each in found),
            ruleset=self.ruleset,
        )

    def help(self, country: str | None) -> str:
        """Help as plain text, from memory: the country's numbers, or how to find one."""
        code, words = country or "", self.words
        emergency = self.emergency.get(code, words["local_emergency"])
        lines = self.lines.get(code) or (words["no_numbers" if code else "ask_country"],)
        danger = words["danger"].replace("{emergency}", emergency)
        return "\n".join([words["cannot_answer"], danger, *lines, words["more_core"], words["person_near"]])
