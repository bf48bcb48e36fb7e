"""Why a command could not go on, in one sentence with the cure.

Our own exceptions carry their message as their docstring, or as what they were raised with. For the rest: what the
operating system said in plain words, and, for a mistake of ours, where it happened: never a stack trace, never a value.
"""

from __future__ import annotations

import errno
import inspect
import traceback
from pathlib import Path

DISK = {
    errno.ENOSPC: "The disk is full. Free some space and start again; nothing was lost.",
    errno.EDQUOT: "The disk quota is used up. Free some space and start again; nothing was lost.",
    errno.EROFS: "This folder can only be read. Set WILLOW_HOME to a folder that Willow may write to.",
}
OURS = ("bot", "flows")


class Refusal(Exception):
    """A command cannot go on; raised with the sentence that says why and what helps."""


def sentence(error: BaseException) -> str:
    """What to print for an exception that ended a command."""
    if type(error).__module__.split(".")[0] in OURS:
        return str(error) or inspect.cleandoc(type(error).__doc__ or "").replace("\n", " ")
    if isinstance(error, OSError):
        return _of_the_system(error)
    return f"A mistake inside Willow: {type(error).__name__} at {_place(error)}. Please report this line."


def _of_the_system(error: OSError) -> str:
    if error.errno in DISK:
        return DISK[error.errno]
    what = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"No permission{what}. Give this account the right, or set WILLOW_HOME to a folder of its own."
    return f"{error.strerror or 'The system refused'}{what}."


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).parts[-2:-1] and "site-packages" not in frame.filename]
    last = (ours or list(frames))[-1] if frames else None
    return f"{Path(last.filename).name}:{last.lineno}" if last else "an unknown place"
