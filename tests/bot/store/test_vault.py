"""What a stolen, mixed-up or half-copied database must not give away, and what the key's owner can always open."""

from __future__ import annotations

import itertools
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.master_key import (
    KeyFileExists,
    KeyFileNotMade,
    NoKeyFile,
    UnreadableKey,
    UnreadableKeyFile,
    make_master_key,
    read_master_key,
)
from bot.store.vault import (
    OVERHEAD,
    OtherGeneration,
    Tampered,
    Vault,
    WrongKeySize,
    WrongMasterKey,
    place,
    relocate,
    rewrap,
)

MASTER, OTHER = bytes(range(32)), bytes(range(1, 33))
HERE = place("records", "record", "p1", 7)


def counted() -> Vault:
    """A vault whose chance is a count, so that it seals the same bytes in every run."""
    steps = itertools.count(1)
    return Vault(MASTER, chance=lambda size: next(steps).to_bytes(size, "big"))


def test_what_was_sealed_opens_again_with_the_stored_key() -> None:
    key, wrapped = Vault(MASTER).new_key("p1")
    sealed = Vault(MASTER).seal(key, HERE, "no word of this 🌿".encode())
    later = Vault(MASTER)
    assert later.unseal(later.open_key("p1", wrapped), HERE, sealed).decode() == "no word of this 🌿"


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_value_comes_back_and_grows_by_thirty_bytes(plain: bytes, row: str) -> None:
    vault = Vault(MASTER)
    key, where = vault.new_key("p1")[0], place("turns", "text", "p1", row)
    sealed = vault.seal(key, where, plain)
    assert (vault.unseal(key, where, sealed), len(sealed)) == (plain, len(plain) + OVERHEAD)


def test_the_plain_words_and_the_key_are_nowhere_in_what_is_stored() -> None:
    vault = counted()
    key, wrapped = vault.new_key("p1")
    raw = (1).to_bytes(32, "big")
    stored = wrapped + vault.seal(key, HERE, b"plain words") + vault.seal_identity("p1", "telegram", "123456789")
    assert not any(secret in stored for secret in (raw, b"plain words", b"123456789", MASTER))


def test_the_same_value_sealed_twice_does_not_look_the_same() -> None:
    vault = Vault(MASTER)
    key, _ = vault.new_key("p1")
    assert vault.seal(key, HERE, b"yes") != vault.seal(key, HERE, b"yes")


def test_with_the_same_chance_the_same_bytes_are_sealed() -> None:
    once, again = counted(), counted()
    assert once.seal(once.new_key("p1")[0], HERE, b"x") == again.seal(again.new_key("p1")[0], HERE, b"x")


@pytest.mark.parametrize(
    "elsewhere",
    [
        place("records", "record", "p1", 8),
        place("records", "record", "p2", 7),
        place("records", "other", "p1", 7),
        place("turns", "record", "p1", 7),
        place("record", "srecord", "p1", 7),
    ],
)
def test_a_value_moved_to_another_place_does_not_open(elsewhere: bytes) -> None:
    vault = Vault(MASTER)
    key, _ = vault.new_key("p1")
    with pytest.raises(Tampered):
        vault.unseal(key, elsewhere, vault.seal(key, HERE, b"x"))


@pytest.mark.parametrize("at", [0, 2, 13, 14, 20, -1])
def test_a_single_changed_bit_is_noticed(at: int) -> None:
    vault = Vault(MASTER)
    key, _ = vault.new_key("p1")
    spoilt = bytearray(vault.seal(key, HERE, b"a longer value"))
    spoilt[at] ^= 1
    with pytest.raises(Tampered):
        vault.unseal(key, HERE, bytes(spoilt))


@pytest.mark.parametrize("length", [0, 1, 29, 30, 43])
def test_a_value_cut_short_is_noticed(length: int) -> None:
    vault = Vault(MASTER)
    key, _ = vault.new_key("p1")
    with pytest.raises(Tampered):
        vault.unseal(key, HERE, vault.seal(key, HERE, b"a longer value")[:length])


def test_a_value_of_an_older_key_says_so() -> None:
    vault = Vault(MASTER)
    first, second = vault.new_key("p1", 1)[0], vault.new_key("p1", 2)[0]
    with pytest.raises(OtherGeneration, match=r"generation 1 .* generation 2"):
        vault.unseal(second, HERE, vault.seal(first, HERE, b"x"))


def test_another_participants_key_opens_nothing_and_cannot_be_put_in_its_place() -> None:
    vault = Vault(MASTER)
    (mine, _), (_, theirs) = vault.new_key("p1"), vault.new_key("p2")
    with pytest.raises(Tampered):
        vault.open_key("p1", theirs)
    with pytest.raises(Tampered):
        vault.unseal(vault.open_key("p2", theirs), HERE, vault.seal(mine, HERE, b"x"))


def test_another_master_key_is_told_apart_from_damage() -> None:
    _, wrapped = Vault(MASTER).new_key("p1")
    with pytest.raises(WrongMasterKey, match="WILLOW_MASTER_KEY or WILLOW_MASTER_KEY_FILE"):
        Vault(OTHER).open_key("p1", wrapped)
    with pytest.raises(Tampered):
        Vault(MASTER).open_key("p1", wrapped[:-1])


def test_a_new_master_key_opens_what_was_sealed_before() -> None:
    old, new = Vault(MASTER), Vault(OTHER)
    key, wrapped = old.new_key("p1", 3)
    sealed = old.seal(key, HERE, b"kept")
    moved = new.open_key("p1", rewrap(old, new, "p1", wrapped))
    assert (new.unseal(moved, HERE, sealed), moved.generation) == (b"kept", 3)


def test_a_new_master_key_finds_the_same_people() -> None:
    old, new = Vault(MASTER), Vault(OTHER)
    found, sealed = relocate(old, new, "p1", "telegram", old.seal_identity("p1", "telegram", "42"))
    assert (found, new.unseal_identity("p1", "telegram", sealed)) == (new.lookup("telegram", "42"), "42")


def test_a_lookup_is_the_same_every_time_and_differs_by_channel_id_and_master_key() -> None:
    vault, others = Vault(MASTER), {Vault(OTHER).lookup("telegram", "42")}
    others |= {vault.lookup("browser", "42"), vault.lookup("telegram", "43"), vault.lookup("telegram4", "2")}
    assert (vault.lookup("telegram", "42") == Vault(MASTER).lookup("telegram", "42"), len(others)) == (True, 4)
    assert vault.lookup("telegram", "42") not in others


def test_an_identity_opens_only_for_its_participant_and_channel() -> None:
    vault = Vault(MASTER)
    sealed = vault.seal_identity("p1", "telegram", "-100123")
    assert vault.unseal_identity("p1", "telegram", sealed) == "-100123"
    for participant, kind in (("p2", "telegram"), ("p1", "browser")):
        with pytest.raises(Tampered):
            vault.unseal_identity(participant, kind, sealed)
    with pytest.raises(WrongMasterKey):
        Vault(OTHER).unseal_identity("p1", "telegram", sealed)
    with pytest.raises(Tampered):
        vault.unseal_identity("p1", "telegram", sealed[:20])


def test_opened_keys_are_kept_but_not_without_bound_and_can_be_dropped() -> None:
    vault = Vault(MASTER, opened=2)
    stored = [(name, vault.new_key(name)[1]) for name in ("p1", "p2", "p3")]
    first = [vault.open_key(*pair) for pair in stored]
    assert vault.open_key(*stored[2]) is first[2]
    assert vault.open_key(*stored[0]) is not first[0]
    vault.forget_opened()
    assert vault.open_key(*stored[2]) is not first[2]


def test_a_key_printed_by_accident_shows_nothing() -> None:
    assert repr(counted().new_key("p1")[0]) == "Key(participant='p1', generation=1)"


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_master_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(WrongKeySize, match=f"exactly 32 bytes; this one has {size}"):
        Vault(b"x" * size)


@pytest.mark.parametrize(
    "text",
    [
        "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "  AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
    ],
)
def test_a_master_key_is_read_as_hexadecimal_or_base64(text: str, tmp_path: Path) -> None:
    (file := tmp_path / "key").write_text(text)
    assert (read_master_key(text), read_master_key(file)) == (MASTER, MASTER)


def test_both_alphabets_of_base64_are_read() -> None:
    assert read_master_key("-_" * 21 + "8") == read_master_key("+/" * 21 + "8=")


@pytest.mark.parametrize("text", ["", "secret", "0" * 63, "0" * 65, "A" * 42, "A" * 44, "é" * 43])
def test_what_is_no_key_is_refused_in_one_sentence_that_does_not_repeat_it(text: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableKey, match=r"^WILLOW_MASTER_KEY must be .*\.$") as refused:
        read_master_key(text)
    (file := tmp_path / "key").write_text(text)
    with pytest.raises(UnreadableKeyFile, match=r"^WILLOW_MASTER_KEY_FILE: .*key does not hold"):
        read_master_key(file)
    assert not text or text not in str(refused.value)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoKeyFile, match=r"WILLOW_MASTER_KEY_FILE: .*nowhere cannot be read .No such file"):
        read_master_key(tmp_path / "nowhere")


def test_a_made_key_can_be_read_again_and_only_its_owner_may(tmp_path: Path) -> None:
    path = tmp_path / "home" / "master.key"
    key = make_master_key(path)
    assert (read_master_key(path), stat.S_IMODE(path.stat().st_mode)) == (key, 0o600)
    assert [child.name for child in path.parent.iterdir()] == ["master.key"]


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    key = make_master_key(path)
    with pytest.raises(KeyFileExists, match="never overwritten"):
        make_master_key(path)
    assert (read_master_key(path), [child.name for child in tmp_path.iterdir()]) == (key, ["master.key"])


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(KeyFileNotMade, match=r"WILLOW_MASTER_KEY_FILE: .* cannot be written"):
        make_master_key(tmp_path / "file" / "deeper" / "master.key")
