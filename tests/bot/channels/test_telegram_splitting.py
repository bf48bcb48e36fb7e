"""Long texts become parts that Telegram takes, with nothing lost but white space at the cuts."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.splitting import LIMIT, split, without_markup


class Balance(HTMLParser):
    """Complains about a tag that is closed in the wrong order, or not at all."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def width(part: str) -> int:
    return len(without_markup(part).encode("utf-16-le")) // 2


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_a_short_text_is_left_alone() -> None:
    assert split("<b>Hello</b> &amp; welcome") == ["<b>Hello</b> &amp; welcome"]


def test_markup_does_not_count() -> None:
    assert len(split("<b>" + "&amp;" * LIMIT + "</b>")) == 1


def test_a_cut_is_made_between_paragraphs_before_anything_else() -> None:
    first, second = "One. Two. " * 5, "Three. " * 9
    assert split(f"{first.strip()}\n\n{second.strip()}", limit=80) == [first.strip(), second.strip()]


def test_a_cut_is_made_between_sentences_before_words() -> None:
    assert split("A short one here. Another sentence that is longer", limit=30)[0] == "A short one here."


def test_a_word_is_not_cut_while_there_is_a_space() -> None:
    assert split("wonderful wonderful wonderful", limit=15) == ["wonderful"] * 3


def test_open_tags_are_closed_and_opened_again() -> None:
    assert split("<b>one <i>two three</i></b>", limit=8) == ["<b>one <i>two</i></b>", "<b><i>three</i></b>"]


def test_a_link_keeps_its_address_in_both_parts() -> None:
    parts = split('<a href="https://example.org/?a=1&amp;b=2">one two three</a>', limit=8)
    assert all(part.startswith('<a href="https://example.org/?a=1&amp;b=2">') for part in parts)


def test_an_emoji_is_not_parted_from_its_tone() -> None:
    waves = "\U0001f44b\U0001f3fd" * 5
    assert split(waves, limit=6) == ["\U0001f44b\U0001f3fd", *["\U0001f44b\U0001f3fd"] * 4]


def test_four_thousand_emoji_are_counted_as_telegram_counts() -> None:
    parts = split("\U0001f642" * 4096)
    assert [width(part) for part in parts] == [4096, 4096]


@given(st.lists(st.tuples(st.sampled_from(["", "b", "i", "code"]), st.text(max_size=40)), max_size=12))
def test_no_text_makes_a_part_that_is_too_long_or_broken(pieces: list[tuple[str, str]]) -> None:
    text = "".join(f"<{tag}>{html.escape(said)}</{tag}>" if tag else html.escape(said) for tag, said in pieces)
    parts = split(text, limit=40)
    for part in parts:
        Balance(part)
        assert width(part) <= 40
    assert squeezed("".join(map(without_markup, parts))) == squeezed("".join(said for _, said in pieces))
