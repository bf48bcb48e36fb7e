"""Pages from templates. Every value is escaped; the words of a message arrive as pieces of plain text.

`site` puts routes together with the files of `/static/`, the headers, the check of who asks, and one shape of error.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.web.cross import same_site_only
from bot.web.headers import guarded

HERE = Path(__file__).parent
TROUBLE = {
    404: "There is no page here.",
    405: "This page takes nothing of that kind.",
}
BROKEN = "Something went wrong on this side; nothing that was saved is lost. Please go back and try once more."


class Stretch(Protocol):
    """A stretch of plain text of one look."""

    @property
    def text(self) -> str: ...
    @property
    def bold(self) -> bool: ...
    @property
    def italic(self) -> bool: ...


def marked(words: Iterable[Stretch]) -> Markup:
    """Pieces as HTML: bold, italic and line breaks, everything else escaped."""
    return Markup("").join(map(_marked, words))


def _marked(piece: Stretch) -> Markup:
    text = Markup("<br>").join(escape(line) for line in piece.text.split("\n"))
    text = Markup("<b>{}</b>").format(text) if piece.bold else text
    return Markup("<i>{}</i>").format(text) if piece.italic else text


templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.filters["marked"] = marked


def page(name: str, request: Request, status: int = 200, **values: Any) -> HTMLResponse:
    """A template as an answer. `htmx` in it is true when only a piece of a page is wanted."""
    htmx = request.headers.get("hx-request") == "true"
    return HTMLResponse(templates.get_template(name).render(htmx=htmx, **values), status)


def site(routes: Sequence[BaseRoute], hosts: Collection[str] = ()) -> ASGIApp:
    """The whole web application. `hosts`: the only names it answers to, if any are given."""
    static = Mount("/static", StaticFiles(directory=HERE / "static"))
    handlers: Any = {HTTPException: _refused, Exception: _broken}
    return guarded(same_site_only(Starlette(routes=[*routes, static], exception_handlers=handlers), hosts))


def sorry(request: Request, status: int, words: str) -> HTMLResponse:
    """An error as a person reads it: a page, or a note under the conversation, which stays as it is."""
    if request.headers.get("hx-request") != "true":
        return page("trouble.html", request, status, banner="", path="/", words=words)
    note = page("sorry.html", request, status, words=words)
    note.headers["HX-Retarget"], note.headers["HX-Reswap"] = "#toast", "innerHTML"
    return note


async def _refused(request: Request, error: HTTPException) -> HTMLResponse:
    return sorry(request, error.status_code, TROUBLE.get(error.status_code, BROKEN))


async def _broken(request: Request, _: Exception) -> HTMLResponse:
    return sorry(request, 500, BROKEN)
