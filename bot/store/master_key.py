"""The master key: read as an operator sets it, or made once at a first start; never in the database or its backup.

Every error is one sentence that names WILLOW_MASTER_KEY or WILLOW_MASTER_KEY_FILE and never repeats the key.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

from bot.store.vault import KEY_SIZE, Chance, VaultError

HEX = re.compile(r"[0-9A-Fa-f]{64}")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{43}=?")
LONGEST = 4096  # bytes of a key file that are looked at


class UnreadableKey(VaultError):
    """WILLOW_MASTER_KEY must be a key of 32 bytes, written as 64 hexadecimal digits or as 43 characters of base64."""


class UnreadableKeyFile(VaultError):
    """WILLOW_MASTER_KEY_FILE: {0} does not hold 32 bytes, as 64 hexadecimal digits or 43 characters of base64."""


class NoKeyFile(VaultError):
    """WILLOW_MASTER_KEY_FILE: {0} cannot be read ({1})."""


class KeyFileNotMade(VaultError):
    """WILLOW_MASTER_KEY_FILE: {0} cannot be written ({1}); choose a folder where it can, or set WILLOW_MASTER_KEY."""


class KeyFileExists(VaultError):
    """WILLOW_MASTER_KEY_FILE: {0} exists already and is never overwritten: without it, what is stored is lost."""


def read_master_key(source: str | Path) -> bytes:
    """The 32 bytes: from the text of WILLOW_MASTER_KEY (str), or from the file of WILLOW_MASTER_KEY_FILE (Path)."""
    if isinstance(source, Path):
        return _from_file(source)
    if (key := _decoded(source)) is None:
        raise UnreadableKey
    return key


def make_master_key(path: Path, *, chance: Chance = os.urandom) -> bytes:
    """Write a fresh key to a file only its owner can read (0600), whole or not at all, and return its 32 bytes.

    Raises KeyFileExists rather than overwrite, also when another process was faster; KeyFileNotMade if the disk fails.
    """
    key = chance(KEY_SIZE)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, base64.urlsafe_b64encode(key) + b"\n")
    except FileExistsError:
        raise KeyFileExists(path) from None
    except OSError as error:
        raise KeyFileNotMade(path, error.strerror) from None
    return key


def _from_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            text = file.read(LONGEST).decode("ascii", "replace")
    except OSError as error:
        raise NoKeyFile(path, error.strerror) from None
    if (key := _decoded(text)) is None:
        raise UnreadableKeyFile(path)
    return key


def _decoded(text: str) -> bytes | None:
    text = text.strip()
    if HEX.fullmatch(text):
        return bytes.fromhex(text)
    if not BASE64.fullmatch(text):
        return None
    return base64.b64decode(text.rstrip("=").replace("-", "+").replace("_", "/") + "=")


def _write_once(path: Path, content: bytes) -> None:
    """A draft beside it, flushed to the disk, then linked to its name: a link never replaces, and never half-writes."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
