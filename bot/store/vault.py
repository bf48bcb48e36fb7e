"""Keys and encryption: what a stolen database does not give away.

Every participant has a key of 32 bytes, stored only wrapped by the master key, which lies outside the database and its
backups: deleting the wrapped key erases all that was sealed with it. Every sealed value is bound to its place (table,
column, participant, row), so that nothing can be moved to another. AES-256-GCM throughout.

    sealed   version 1 byte | key generation 1 | nonce 12 | ciphertext and tag     (30 bytes more than the plain value)
    wrapped  version 1 byte | master key id 4 | key generation 1 | nonce 12 | ciphertext and tag     (66 bytes)
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Chance = Callable[[int], bytes]

VERSION = 1
KEY_SIZE = 32
NONCE_SIZE = 12  # bytes; random, so one key seals at most 2**32 values (NIST SP 800-38D, 8.3)
ID_SIZE = 4
OVERHEAD = 2 + NONCE_SIZE + 16  # bytes that sealing adds
HEAD = bytes((VERSION,))
OPENED = 4096  # keys kept opened; about 1 KiB each
KNOWN = 256  # people whose last value is remembered: four ticks of them, a few MiB


class VaultError(Exception):
    """The vault refused."""

    def __str__(self) -> str:
        return (self.__doc__ or "").format(*self.args)


class WrongMasterKey(VaultError):
    """WILLOW_MASTER_KEY or WILLOW_MASTER_KEY_FILE is not the key that this database was begun with; set that one."""


class Tampered(VaultError):
    """A stored value cannot be opened: it was changed, cut short, or moved from another place."""


class OtherGeneration(VaultError):
    """A stored value was sealed with generation {0} of its participant's key, but generation {1} was given."""


class WrongKeySize(VaultError):
    """WILLOW_MASTER_KEY or WILLOW_MASTER_KEY_FILE must hold a key of exactly 32 bytes; this one has {0}."""


@dataclass(frozen=True, slots=True)
class Key:
    """A participant's key, opened. `generation` rises when a participant is given a new one; 1 to 255."""

    participant: str
    generation: int
    cipher: AESGCM = field(repr=False, compare=False)


def place(table: str, column: str, participant: str, row: str | int = "") -> bytes:
    """Where a value lies, as the bytes it is bound to; no two places have the same."""
    who, which = participant.encode(), str(row).encode()
    return _head(table, column) + len(who).to_bytes(4, "big") + who + len(which).to_bytes(4, "big") + which


@lru_cache(maxsize=64)
def _head(table: str, column: str) -> bytes:
    return _joined(table, column)


class Vault:
    """Holds the master key; safe to share by threads. `chance(n)` gives n random bytes; only tests hand it in."""

    def __init__(self, master: bytes, *, chance: Chance = os.urandom, opened: int = OPENED) -> None:
        if len(master) != KEY_SIZE:
            raise WrongKeySize(len(master))
        self._chance = chance
        self._wrapping = AESGCM(_derived(master, b"wrap"))
        self._identity = AESGCM(_derived(master, b"identity"))
        self._lookup = hmac.new(_derived(master, b"lookup"), digestmod="sha256")
        self._opened = lru_cache(maxsize=opened)(self._open)
        self._known: dict[str, tuple[Key, bytes, bytes, Any]] = {}
        self.master_id = _derived(master, b"id")[:ID_SIZE]

    def new_key(self, participant: str, generation: int = 1) -> tuple[Key, bytes]:
        """A fresh key for a participant: opened, and wrapped for storing."""
        raw = self._chance(KEY_SIZE)
        return Key(participant, generation, AESGCM(raw)), self._wrap(participant, generation, raw)

    def open_key(self, participant: str, wrapped: bytes) -> Key:
        """The key that was stored wrapped. Raises WrongMasterKey or Tampered."""
        return self._opened(participant, wrapped)

    def forget_opened(self) -> None:
        """Drop every opened key and value from memory; call it after an erasure."""
        self._opened.cache_clear()
        self._known.clear()

    def seal(self, key: Key, where: bytes, plain: bytes) -> bytes:
        """Encrypt a value for its place (see `place`)."""
        head, nonce = HEAD + bytes((key.generation,)), self._chance(NONCE_SIZE)
        return head + nonce + key.cipher.encrypt(nonce, plain, head + where)

    def unseal(self, key: Key, where: bytes, sealed: bytes) -> bytes:
        """Decrypt a value read from its place. Raises Tampered or OtherGeneration."""
        if len(sealed) < OVERHEAD or sealed[0] != VERSION:
            raise Tampered
        if sealed[1] != key.generation:
            raise OtherGeneration(sealed[1], key.generation)
        return _decrypted(key.cipher, sealed[:2], sealed[2:], where)

    def remember(self, key: Key, where: bytes, sealed: bytes, value: Any) -> None:
        """Keep what this sealed value means: one per participant, for the next reader, who need not unseal it."""
        self._known[key.participant] = key, where, sealed, value
        if len(self._known) > KNOWN:
            self._known.pop(next(iter(self._known), ""), None)

    def remembered(self, key: Key, where: bytes, sealed: bytes) -> Any:
        """What was kept, if just this was sealed for this place; else None. Given once: a failure leaves no trace."""
        known = self._known.pop(key.participant, None)
        return known[3] if known is not None and known[:3] == (key, where, sealed) and known[0] is key else None

    def lookup(self, kind: str, external_id: str) -> bytes:
        """32 bytes, always the same, that find a participant by an outside id (kind: the channel) and hide it."""
        begun = self._lookup.copy()  # `hmac.digest` lets another thread go first each time
        begun.update(_joined(kind, external_id))
        return begun.digest()

    def seal_identity(self, participant: str, kind: str, external_id: str) -> bytes:
        """Encrypt an outside id, such as a chat id, so that it can be read without opening the participant's key."""
        nonce = self._chance(NONCE_SIZE)
        where = HEAD + _joined(kind, participant)
        return HEAD + self.master_id + nonce + self._identity.encrypt(nonce, external_id.encode(), where)

    def unseal_identity(self, participant: str, kind: str, sealed: bytes) -> str:
        """The outside id again. Raises WrongMasterKey or Tampered."""
        self._check_master(sealed, OVERHEAD - 1)
        return _decrypted(self._identity, HEAD, sealed[1 + ID_SIZE :], _joined(kind, participant)).decode()

    def _open(self, participant: str, wrapped: bytes) -> Key:
        raw, generation = self._unwrap(participant, wrapped)
        return Key(participant, generation, AESGCM(raw))

    def _wrap(self, participant: str, generation: int, raw: bytes) -> bytes:
        head, nonce = HEAD + self.master_id + bytes((generation,)), self._chance(NONCE_SIZE)
        return head + nonce + self._wrapping.encrypt(nonce, raw, head + _joined(participant))

    def _unwrap(self, participant: str, wrapped: bytes) -> tuple[bytes, int]:
        self._check_master(wrapped, OVERHEAD + ID_SIZE)
        cut = 2 + ID_SIZE
        raw = _decrypted(self._wrapping, wrapped[:cut], wrapped[cut:], _joined(participant))
        return raw, wrapped[cut - 1]

    def _check_master(self, stored: bytes, at_least: int) -> None:
        if len(stored) < at_least or stored[0] != VERSION:
            raise Tampered
        if stored[1 : 1 + ID_SIZE] != self.master_id:
            raise WrongMasterKey


def rewrap(old: Vault, new: Vault, participant: str, wrapped: bytes) -> bytes:
    """The same participant's key, wrapped by the new master key. No sealed value has to be touched.

    Lookups and identities hang on the master key itself: `relocate` them in the same transaction.
    """
    raw, generation = old._unwrap(participant, wrapped)
    return new._wrap(participant, generation, raw)


def relocate(old: Vault, new: Vault, participant: str, kind: str, sealed: bytes) -> tuple[bytes, bytes]:
    """The lookup and the sealed identity of an outside id under the new master key."""
    external_id = old.unseal_identity(participant, kind, sealed)
    return new.lookup(kind, external_id), new.seal_identity(participant, kind, external_id)


def _derived(master: bytes, purpose: bytes) -> bytes:
    """A sub-key that serves one purpose only (RFC 5869; the master key is uniform, so no salt is needed)."""
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=b"willow 1 " + purpose).derive(master)


def _decrypted(cipher: AESGCM, head: bytes, rest: bytes, where: bytes) -> bytes:
    try:
        return cipher.decrypt(rest[:NONCE_SIZE], rest[NONCE_SIZE:], head + where)
    except InvalidTag:
        raise Tampered from None


def _joined(*parts: str) -> bytes:
    """The parts with their lengths, so that ("ab", "c") and ("a", "bc") differ."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in [text.encode() for text in parts]])
