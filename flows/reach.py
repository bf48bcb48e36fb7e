"""How somebody who helps can be reached, and how that is said: the name, the ways, the hours, a word of caution.

Values without clock, dates and sources (`helpline_files.py` has those), so that the frozen core can hold them too. The
words around the numbers come from `safety/helplines/words.<language>.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

Words = Mapping[str, str]
BASE = "en"
SPOKEN = 3  # languages named at most


class Way(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """One way to reach a line. `show` is a number as people there write it, or an address."""

    kind: Literal["phone", "sms", "whatsapp", "chat"]
    show: str
    send: str = ""  # sms: the word to send
    option: str = ""  # phone: the key to press when the call is taken

    def say(self, words: Words) -> str:
        said = words["text_word" if self.kind == "sms" and self.send else self.kind]
        number = shown(self.show, words)
        if self.option:
            number = words["option"].replace("{number}", number).replace("{option}", self.option)
        return said.replace("{number}", number).replace("{word}", self.send).replace("{address}", number)


class Reach(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """A line of help as it is said. `names` by language; `hours` is empty where they are not known."""

    names: dict[str, str]
    languages: tuple[str, ...]
    ways: tuple[Way, ...]
    hours: Literal["", "always", "open", "closed"] = ""
    free: bool = False
    only: tuple[str, ...] = ()  # regions, if it is not for the whole country
    checked: bool = False  # by a person

    def say(self, words: Words, language: str) -> str:
        """`Samaritans: call 116 123. Day and night, free. Please check.`"""
        name = self.names.get(language) or self.names[BASE]
        ways = f" {words['or']} ".join(way.say(words) for way in self.ways)
        remarks = _listed(self._remarks(words, language), words)
        said = [f"{name}: {ways}", f"{remarks[:1].upper()}{remarks[1:]}"]
        check = "" if self.checked else words["check"]
        return " ".join(filter(None, [*(f"{each}{words['dot']}" for each in said if each), check]))

    def _remarks(self, words: Words, language: str) -> Iterable[str]:
        if self.hours:
            yield words[self.hours]
        if self.free:
            yield words["free"]
        if self.only:
            yield words["only"].replace("{regions}", _listed(self.only, words))
        if language not in self.languages:
            names = [words.get(f"language.{code}", code) for code in self.languages[:SPOKEN]]
            yield words["answers"].replace("{languages}", _listed(names, words))


def shown(number: str, words: Words) -> str:
    """A number or address as it stands in a text of this language; in Arabic its digits must keep their order."""
    return words["shown"].replace("{number}", number)


def _listed(parts: Iterable[str], words: Words) -> str:
    return f"{words['comma']} ".join(parts)


def emergency(numbers: Iterable[str], words: Words) -> str:
    """`999`, `112 or 15`; without any, that there is a local one."""
    return f" {words['or_number']} ".join(shown(each, words) for each in numbers) or words["local_emergency"]
