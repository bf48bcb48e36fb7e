"""Refuse what another site makes a browser send: forms posted from elsewhere, and names that only pretend to be ours.

A request that may change something must say that it comes from our own page (`Sec-Fetch-Site`, which pages cannot
forge; in older browsers `Origin`, which with our no-referrer policy they may hide and are then refused). Programs that
are no browser send neither and pass. With `hosts` a request must also name one of them, so that a foreign domain that
points at this machine (DNS rebinding) reads nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FOREIGN = "This came from another site, so nothing was done. Please open Willow's own page and try again there."
UNKNOWN = "This address is not Willow's. Please open the address that Willow printed when it started."


def same_site_only(app: ASGIApp, hosts: Collection[str] = ()) -> ASGIApp:
    """The application behind both checks; `hosts` empty: any name is taken."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope, hosts) if scope["type"] == "http" else ""
        if refusal:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return answer


def _refusal(scope: Scope, hosts: Collection[str]) -> str:
    headers = Headers(scope=scope)
    if hosts and _name(headers.get("host", "")) not in hosts:
        return UNKNOWN
    return "" if scope["method"] in SAFE or is_ours(headers) else FOREIGN


def is_ours(headers: Headers) -> bool:
    """True if the request comes from a page of ours, or from no page at all."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _name(host: str) -> str:
    """The host without its port; an IPv6 address without its brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
