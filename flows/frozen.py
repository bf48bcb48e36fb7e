"""The shape of the frozen core: what still works when rules, content or the database do not.

`core.py` holds one Core, made from content/ by a command. It knows the clearest statements only and no negation: when
it decides, a false alarm is accepted and a miss is not. Its sentences are there in every language that has core words.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from flows.reach import BASE, Reach, emergency
from flows.signals import TIERS, Hit, Signal, Tier
from flows.tokens import words_of

RULE = "core"


class Statement(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """Words in a row, as `words_of` has them, with a blank at each end."""

    words: str
    category: str
    tier: Tier
    language: str
    acute: bool = False


class Core(msgspec.Struct, frozen=True):
    """`emergency`, `lines` and `names` by country code; `words` by language, what is said around them.

    `help_words`: what people type in any of the languages, as `words_of` has it -> sos, help or stop.
    """

    ruleset: str
    statements: tuple[Statement, ...]
    help_words: dict[str, str]
    emergency: dict[str, tuple[str, ...]]
    lines: dict[str, tuple[Reach, ...]]
    names: dict[str, str]
    words: dict[str, dict[str, str]]

    def screen(self, text: str, languages: Collection[str] | None = None) -> Signal:
        """What the clearest statements say of a text, of all languages or of these; each hit is marked `core`."""
        said = f" {' '.join(words_of(text))} "
        asked = [each for each in self.statements if languages is None or each.language in languages]
        found = [each for each in asked if each.words in said]
        found.sort(key=lambda each: (-TIERS.index(each.tier), not each.acute))
        return Signal(
            tier=found[0].tier if found else "none",
            categories=tuple(dict.fromkeys(each.category for each in found)),
            hits=tuple(
                Hit(RULE, each.language, each.category, each.tier, each.acute, 0, len(text), each.tier)
                for each in found[:1]
            ),
            acute=any(each.acute for each in found),
            ruleset=self.ruleset,
        )

    def command(self, text: str) -> str:
        """sos, help or stop, if the text is such a word in any language; else nothing."""
        return self.help_words.get(" ".join(words_of(text)), "")

    def words_in(self, language: str) -> dict[str, str]:
        """The sentences in this language, or in English."""
        return self.words.get(language) or self.words[BASE]

    def sentences(self, country: str | None, language: str = BASE) -> list[str]:
        """The emergency number, the country's lines or how to find one, who else could help, and what this is."""
        code, words = country or "", self.words_in(language)
        numbers = emergency(self.emergency.get(code, ()), words)
        lines = [each.say(words, language) for each in self.lines.get(code, ())]
        last = [words["more_core"], words["person_near"], words["program"]]
        unsure = [words["unsure"]] if words is not self.words[BASE] else []
        asked = [] if lines else [words["no_numbers" if code else "ask_country"]]
        return [words["danger"].replace("{emergency}", numbers), *lines, *asked, *last, *unsure]

    def help(self, country: str | None, language: str = BASE) -> str:
        """Help as plain text, from memory, when nothing else can be said."""
        return "\n".join([self.words_in(language)["cannot_answer"], *self.sentences(country, language)])
