"""The n-gram model: it adds up what the pieces of a text weigh, and only ever raises a text from none to watch."""

from __future__ import annotations

import hashlib
from zlib import crc32

import msgspec
import pytest

from flows import ngrams
from flows.library import Library
from flows.ngrams import Head, Model, Table, Weights, buckets_of, carried, pieces_of, read_model, score, words_read
from flows.safety import screen, sensed
from flows.tokens import tokens_of

ODD = ["", " ", "\0", "\ud800", "💀" * 50, "a" * 4096, "слово word كلمة शब्द " * 200, "\n" * 4096]


def model_of(*words: str, threshold: float = 0.0) -> Model:
    """A model for which each of these words weighs 100 and all else nothing; it knows two categories."""
    table = bytearray(1 << 12)
    for word in words:
        whole = [bucket for said, bucket in pieces_of([word]) if said == word][-1]
        table[whole & 0xFFF] = 100
    weights = Weights(bytes(table), 0.1, -1.0)
    return Model(weights, {"suicide": weights, "medical": Weights(bytes(1 << 12), 1.0, -9.0)}, threshold, "hash")


def test_a_word_gives_its_parts_with_the_spaces_around_it() -> None:
    assert [said for said, _ in pieces_of(["ab"])] == [" a", " ab", " ab ", "ab", "ab ", "b ", "ab"]


def test_words_near_each_other_are_pieces_too() -> None:
    rows = [said for said, _ in pieces_of(["i", "am", "so", "very", "tired"]) if said.startswith("i ")]
    assert rows == ["i ", "i am", "i am so", "i _ so", "i _ very", "i _ tired"]


def test_pieces_and_buckets_keep_the_same_order() -> None:
    words = words_read(tokens_of("I can't, not any more"))
    assert [bucket for _, bucket in pieces_of(words)] == buckets_of(words)


def test_the_bucket_of_words_in_a_row_is_the_checksum_of_their_letters() -> None:
    words = words_read(tokens_of("أنا تعبان, I can't \ud800 go on"))
    rows = [(said, bucket) for said, bucket in pieces_of(words) if " " in said.strip() or said.endswith("*")]
    assert [bucket for _, bucket in rows] == [crc32(said.encode("utf-8", "replace"), 1) for said, _ in rows]
    assert len(rows) > 30


def test_the_value_is_the_sum_times_what_one_piece_counts() -> None:
    pieces = len(buckets_of(["gone"]))
    assert score(tokens_of("gone"), model_of("gone")).value == pytest.approx(100 * 0.1 / pieces**0.5 - 1.0)


def test_a_long_text_counts_by_what_it_says_on_average() -> None:
    assert ngrams.share_of(4 * ngrams.LONG) == pytest.approx(ngrams.share_of(ngrams.LONG) / 4)


def test_a_weight_can_be_negative() -> None:
    assert Weights(bytes([256 - 100]), 0.1, 0.0).value([0]) == pytest.approx(-10.0)


def test_the_category_is_the_one_with_the_highest_value() -> None:
    assert score(tokens_of("gone"), model_of("gone")).category == "suicide"


def test_below_the_threshold_there_is_no_category() -> None:
    assert score(tokens_of("here"), model_of("gone")).category == ""


def test_a_text_without_words_says_nothing_even_if_the_threshold_is_low() -> None:
    assert score([], model_of("gone", threshold=-99.0)).category == ""


def test_what_carried_a_text_is_named_with_what_it_added() -> None:
    pieces = len(buckets_of(["all", "gone"]))
    assert carried(tokens_of("all gone"), model_of("gone")) == [("gone", round(100 * 0.1 / pieces**0.5, 3))]


def test_the_model_raises_a_text_to_watch_and_no_further() -> None:
    (hit,) = sensed("all gone", model_of("gone"))
    assert (hit.rule, hit.tier, hit.acute, hit.start, hit.end) == ("model.suicide", "watch", False, 0, 8)


def test_the_model_does_not_read_what_a_modifier_took_back(shipped: Library) -> None:
    signals = msgspec.structs.replace(shipped.signals, model=model_of("kill"))
    assert [screen(said, "en", signals).tier for said in ("I don't want to kill myself", "a kill")] == ["none", "watch"]


def test_without_a_model_nothing_is_sensed() -> None:
    assert sensed("all gone", None) == []


def test_the_rules_alone_decide_where_they_saw_something(shipped: Library) -> None:
    signals = msgspec.structs.replace(shipped.signals, model=model_of("kill", threshold=-99.0))
    hits = screen("I want to kill myself", "en", signals).hits
    assert [hit.rule for hit in hits if hit.rule.startswith("model.")] == []


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_any_text_has_a_value(text: str) -> None:
    assert isinstance(score(tokens_of(text), model_of("gone")).value, float)


def test_the_work_grows_with_the_text_only() -> None:
    once, twice = (len(buckets_of(words_read(tokens_of("some words of mine " * times)))) for times in (200, 400))
    assert twice <= 2.05 * once


def described(body: bytes, **changes: object) -> bytes:
    head = Head("by hand", "", 1, ("en",), 0.5, hashlib.blake2b(body, digest_size=16).hexdigest(),
                {"danger": Table(4, 0.1, 0.0), "suicide": Table(2, 0.2, 0.1)})  # fmt: skip
    return msgspec.json.encode(msgspec.structs.replace(head, **changes))


def test_the_weights_are_cut_into_the_tables_that_the_head_names() -> None:
    model = read_model(described(b"abcdef"), b"abcdef")
    assert (model.danger.table, model.categories["suicide"].table, model.threshold) == (b"abcd", b"ef", 0.5)


@pytest.mark.parametrize("body", [b"", b"abcdeg", b"abcde"])
def test_weights_of_another_head_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"not the file that model\.json describes"):
        read_model(described(b"abcdef"), body)


@pytest.mark.parametrize("tables", [{}, {"danger": Table(6, 0.1, 0.0)},
                                    {"suicide": Table(4, 0.1, 0.0), "eating": Table(2, 0.1, 0.0)},
                                    {"danger": Table(0, 1.0, 0.0), "a": Table(4, 1.0, 0.0), "b": Table(2, 1.0, 0.0)},
                                    ])  # fmt: skip
def test_tables_that_do_not_fit_the_weights_are_refused(tables: dict[str, Table]) -> None:
    with pytest.raises(ValueError, match=r"tables|power of two"):
        read_model(described(b"abcdef", tables=tables), b"abcdef")


@pytest.mark.parametrize("head", [b"", b"{}", b"[]", b"\xff"])
def test_a_head_that_is_none_is_refused(head: bytes) -> None:
    with pytest.raises((ValueError, msgspec.MsgspecError)):
        read_model(head, b"abcdef")
