"""What every page tells the browser: load nothing from elsewhere, run nothing written into a page, keep nothing.

`guarded` wraps a whole web application and adds these headers to every answer, errors included. Files of our own under
`/static/` hold nothing personal and may be kept for an hour.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KEPT = "public, max-age=3600"


def guarded(app: ASGIApp) -> ASGIApp:
    """The application with the headers on every answer."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), scope["path"], message["status"])
            await send(message)

        await app(scope, receive, send_guarded)

    return answer


def _add(headers: MutableHeaders, path: str, status: int) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    if path.startswith("/static/") and status in (200, 304):
        headers["Cache-Control"] = KEPT
