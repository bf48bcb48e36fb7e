"""A web server inside our own event loop: the port is taken first, so that a taken one is told in a sentence.

uvicorn serves; it neither catches signals (`app.py` does) nor writes an access log, because addresses hold codes.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Any

from bot.refusals import Refusal
from bot.settings import host_and_port

GRACE = 10  # seconds for requests in flight when we stop


class Listener:
    """One address, taken when this is made. `port` is the real one when 0 was asked for."""

    def __init__(self, setting: str, listen: str) -> None:
        self.host, wanted = host_and_port(listen)
        self.socket = _taken(setting, self.host, wanted)
        self.port: int = self.socket.getsockname()[1]

    async def serve(self, app: Any) -> None:
        """Serve until cancelled; requests in flight are answered first."""
        import uvicorn

        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE)
        server: uvicorn.Server = _quiet(uvicorn.Server)(config)
        serving = asyncio.ensure_future(server.serve(sockets=[self.socket]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await asyncio.wait({serving}, timeout=2 * GRACE)


def _quiet(server: Any) -> Any:
    """The server class without its own signal handlers."""

    class Quiet(server):  # type: ignore[misc]
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Quiet


def _taken(setting: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(256)
    except (OSError, OverflowError) as error:
        listening.close()
        raise Refusal(_why(setting, f"{host}:{port}", getattr(error, "errno", None))) from None
    return listening


def _why(setting: str, address: str, code: int | None) -> str:
    if code == errno.EADDRINUSE:
        return f"{setting}: the port of {address} is taken by another program. Stop it, or choose another port."
    if code in (errno.EACCES, errno.EPERM):
        return f"{setting}: this account may not use the port of {address}. Choose one above 1023."
    return f"{setting}: {address} is no address of this machine. Choose one that is, for example 127.0.0.1."
