"""The log: what happened, to which id, how many. Never words of a person, never a token, never a local variable.

An exception is written as its type and the lines it passed through, without its message: a database error quotes bound
values, a parser quotes its input. Lines of other libraries keep only their logger and their place.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

QUIET = ("httpx", "httpcore", "aiohttp", "telegram", "uvicorn", "asyncio", "sqlalchemy", "alembic", "transitions")
OURS = ("bot", "flows", "willow")
TOKEN = re.compile(r"\d{4,}:[A-Za-z0-9_-]{10,}")
HIDDEN = "[hidden]"
FRAMES = 8  # the innermost lines of a failure that are worth a look

Line = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def start_log(level: str = "INFO", *, secrets: tuple[str, ...] = (), stream: TextIO | None = None) -> None:
    """Set up structlog and the standard logging once, both to standard error in one shape."""
    out = stream or sys.stderr
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _failure_without_words,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter([_only_the_place, *shared], secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(foreign: list[Any], secrets: tuple[str, ...]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=foreign,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _Redaction(secrets),
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event", "logger"], bool_as_flag=False
            ),
        ],
        keep_exc_info=False,
        keep_stack_info=False,
        use_get_message=False,  # the template, never the words that were put into it
    )


def _only_the_place(_: Any, __: str, line: Line) -> Line:
    """A record of the standard logging: our own keeps its template, one of another library only says where it was."""
    record: logging.LogRecord = line["_record"]
    line["exc_info"] = record.exc_info
    ours = record.name.split(".")[0] in OURS
    line["event"] = str(record.msg) if ours else "a line of another library"
    line["where"] = f"{Path(record.pathname).name}:{record.lineno}"
    return line


def _failure_without_words(_: Any, __: str, line: Line) -> Line:
    """`exc_info` becomes the type of the exception and the lines it passed: no message, no locals."""
    line.pop("stack_info", None)
    found = _exception(line.pop("exc_info", None))
    if found is not None:
        line["failure"] = type(found).__name__
        frames = traceback.extract_tb(found.__traceback__)[-FRAMES:]
        line["passed"] = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
        if found.__cause__ is not None:
            line["cause"] = type(found.__cause__).__name__
    return line


def _exception(exc_info: bool | BaseException | ExcInfo | None) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1]
    return sys.exc_info()[1] if exc_info else None


class _Redaction:
    """The last look at a line: nothing that has the shape of a token, and none of the secrets, leaves."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self.secrets = tuple(secret for secret in secrets if secret)

    def __call__(self, _: Any, __: str, line: Line) -> Line:
        return {key: self.hide(value) if isinstance(value, str) else _plain(value, self) for key, value in line.items()}

    def hide(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return TOKEN.sub(HIDDEN, text)


def _plain(value: object, redaction: _Redaction) -> object:
    """Numbers stay numbers; an exception becomes its type; everything else is text and looked through as well."""
    if value is None or isinstance(value, int | float):
        return value
    return type(value).__name__ if isinstance(value, BaseException) else redaction.hide(str(value))
