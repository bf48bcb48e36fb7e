"""One `serve` per HOME: a lock that the system lets go of when the process ends, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot.store.failures import AlreadyServing, StoreAway, StoreFull, StoreReadOnly

NAME = "serve.lock"


class ServeLock:
    """Held from `take` until `release` or the end of the process. Raises AlreadyServing."""

    def __init__(self, home: Path) -> None:
        self.path = home / NAME
        self._file: int | None = None

    def take(self) -> None:
        file = _open(self.path)
        try:
            _lock(file)
        except OSError:
            os.close(file)
            raise AlreadyServing from None
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise StoreReadOnly from None
    except OSError as error:
        raise (StoreFull if error.errno == 28 else StoreAway) from None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
