"""Telegram's HTML is read, and refused, as Telegram does it."""

from __future__ import annotations

import pytest

from tests.fake_telegram.markup import Unparsable, parse_html


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<p>Hello</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("é <br>", 'Unsupported start tag "br" at byte offset 3'),
        ("2 < 3", 'Unsupported start tag "" at byte offset 2'),
        ("2 <3", "Unclosed start tag at byte offset 2"),
        ("<b>Hello", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x_>y</a>", "Unexpected end of name token at byte offset 8"),
        ('<a href="x>y</a>', 'Unclosed start tag "a" at byte offset 0'),
    ],
)
def test_html_that_telegram_cannot_read_is_refused_in_its_words(html: str, why: str) -> None:
    with pytest.raises(Unparsable) as refused:
        parse_html(html)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("html", "text", "marks"),
    [
        ("plain", "plain", []),
        ("&lt;b&gt; &amp; &quot;&#39;&#x1F33F;&nbsp;&ge;", "<b> & \"'🌿&nbsp;&ge;", []),
        ("🌿 <b>a<i>🌿</i></b>", "🌿 a🌿", [("bold", 3, 3), ("italic", 4, 2)]),
        ("  <b> x </b>  ", "x", [("bold", 0, 1)]),
        ('<a href="https://x.org/?a&amp;b">x</a>', "x", [("text_link", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("<span class='tg-spoiler'>x</span>", "x", [("spoiler", 0, 1)]),
        ("<b></b>x", "x", []),
    ],
)
def test_html_becomes_text_and_entities_in_utf16_units(html: str, text: str, marks: list[tuple[str, int, int]]) -> None:
    plain, entities = parse_html(html)
    assert (plain, [(e["type"], e["offset"], e["length"]) for e in sorted(entities, key=lambda e: e["offset"])]) == (
        text,
        marks,
    )
