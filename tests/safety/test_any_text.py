"""Whatever is typed, screening answers, answers the same again, and does work that grows with the text only."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows import ngrams, typed
from flows.hits import hits_of, trace
from flows.signals import Graph, Language, Signals
from flows.tokens import LONG_WORD, tokens_of
from flows.typed import readings
from tests.safety.rule_files import CODES, loaded

SIGNALS = loaded()[0]
SENTENCES = [
    said for language in SIGNALS.languages for rule in language.rules for said in (*rule.must_match, *rule.must_not)
]
WORDS = sorted({word for said in SENTENCES for word in said.split()})

anything = st.text(st.characters(), max_size=200) | st.lists(
    st.sampled_from([*WORDS, "\ud800", "\x00", "😭", "🔪", "\n", "…", "k i l l", "'", "***"]), max_size=50
).map(" ".join)


@given(anything)
@example("")
@example("\x00")
@example("\ud800\udfff")
@example("🔪" * 4096)
@example("😀" * 4096)
@example("а" * 2048 + "a" * 2048)
@example("و" * 4096)
@example("' " * 2048)
@example("k i l l " * 512)
@example("killmyself" * 409)
@example("ज़" * 2048)
def test_any_text_is_answered_and_answered_the_same_again(text: str) -> None:
    hits = trace(text, SIGNALS)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert hits == trace(text, SIGNALS)


@given(anything | st.lists(st.sampled_from(SENTENCES), max_size=40).map(" ".join))
def test_what_is_passed_over_would_have_met_nothing(text: str) -> None:
    assert trace(text, SIGNALS) == trace(text, Signals(SIGNALS.languages))


def test_no_sentence_of_any_rule_is_passed_over() -> None:
    everywhere = Signals(SIGNALS.languages)
    assert [said for said in SENTENCES if trace(said, SIGNALS) != trace(said, everywhere)] == []


class Counted(dict[str, int]):
    """Ways on from a place in the graph that count how often they are looked up."""

    steps = 0

    def __contains__(self, word: object) -> bool:
        Counted.steps += 1
        return super().__contains__(word)

    def get(self, word: str, default: object = None) -> object:  # type: ignore[override]
        Counted.steps += 1
        return super().get(word, default)


def counted(language: Language) -> Language:
    def graph(of: Graph) -> Graph:
        return Graph(tuple(msgspec.structs.replace(node, edges=Counted(node.edges)) for node in of.nodes), of.entries)

    return msgspec.structs.replace(language, graph=graph(language.graph), shades=graph(language.shades))


COUNTED = {language.code: counted(language) for language in SIGNALS.languages}


def steps(text: str, code: str) -> int:
    Counted.steps = 0
    for reading in readings(tokens_of(text), COUNTED[code]):
        hits_of(reading, COUNTED[code])
    return Counted.steps


def of_length(pattern: str, length: int) -> str:
    return (pattern * (length // len(pattern) + 1))[:length]


@pytest.mark.parametrize("code", CODES)
def test_twice_the_text_is_about_twice_the_work(code: str) -> None:
    """8,192 characters of what costs most, against 4,096 of the same: at most 2.3 times the steps."""
    language = COUNTED[code]
    patterns = [f"{said} " for rule in language.rules for said in rule.must_match[:1]]
    patterns += [f"{said} " * 3 for rule in language.rules[:3] for said in rule.must_not[:1]]
    patterns += [" ".join(sorted(language.fillers)[:4]) + " x ", "k i l l "]
    ratios = {}
    for pattern in patterns:
        once, twice = (steps(of_length(pattern, length), code) for length in (4096, 8192))
        ratios[pattern] = twice / max(once, 200)
    assert {pattern: ratio for pattern, ratio in ratios.items() if ratio > 2.3} == {}


def test_a_text_without_any_word_that_a_rule_needs_is_walked_through_in_no_language() -> None:
    signals = msgspec.structs.replace(SIGNALS, languages=tuple(COUNTED.values()))
    Counted.steps = 0
    assert trace("Zebras yawned beside quartz xylophones", signals) == []
    assert Counted.steps == 0


def test_nothing_is_remembered_of_very_long_words() -> None:
    """Whoever sends thousands of them fills no memory."""

    def newly_kept(word: str) -> int:
        kept = (typed._remembered, ngrams._remembered)
        before = sum(each.cache_info().misses for each in kept)
        for language in SIGNALS.languages:
            list(readings(tokens_of(word), language))
        ngrams.buckets_of([word])
        return sum(each.cache_info().misses for each in kept) - before

    assert newly_kept("flibbertigibbetry") == len(SIGNALS.languages) + 1
    assert newly_kept("q" * (LONG_WORD + 1)) == 0
