"""The chat page: one form in, one page or piece of a page out.

A person is known by a random name in a cookie, kept like the number of a Telegram chat. The cookie is set by the first
thing said, never by looking, so that a link from another site (which brings no cookie) does not part anybody from their
conversation. Everything posted carries a token of the page it was posted from: sent twice, it counts once.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import secrets
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import TypeVar

import msgspec
import structlog
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels import Arrival, Message, Outcome
from bot.channels.browser.talk import Box, Bubble, Keyboard, Talk, fold
from bot.channels.words import clean, pieces
from bot.store.failures import StoreProblem
from bot.store.pulls import Pull, Pulled
from bot.web.pages import page, sorry
from flows.turn import Utterance

NAME = "browser"
COOKIE = "willow_chat"
YEAR = 365 * 24 * 3600
LONGEST = 64 * 1024  # bytes of a form
IDLE = 30.0  # seconds until a page looks again when nothing waits: a reminder may have come
REMEMBERED = 200  # people whose words and help are kept in memory, and words of each
TOO_LONG = "That is more than I can take in at once. Please send it in smaller parts."

T = TypeVar("T")
log = structlog.get_logger("bot.browser")


class BrowserChannel:
    """The Channel of the page. A row is drawn when the page pulls it; help without a row waits here until then."""

    name = NAME
    pushes = False

    def __init__(self) -> None:
        self._loose: OrderedDict[str, deque[Message]] = OrderedDict()

    async def deliver(self, message: Message) -> Outcome:
        """Nothing to send. Help that could not be saved is kept for the page that is being made."""
        if not message.row and message.kind == "say":
            _kept(self._loose, message.address).append(message)
        return Outcome("sent", reference=str(message.row))

    async def typing(self, address: str) -> None:
        """A page shows no typing."""

    def loose(self, address: str) -> tuple[Bubble, ...]:
        """What was said without a row, once."""
        found = self._loose.pop(address, ())
        return tuple(
            Bubble(
                f"x{place}",
                words=pieces(message.text),
                keyboard=Keyboard(0, message.buttons) if message.buttons else None,
            )
            for place, message in enumerate(found)
        )


class Chat:
    """The page at `path`. `take` is the path of a turn, `pull` what there is to show, `banner` a line on top."""

    def __init__(
        self,
        channel: BrowserChannel,
        take: Callable[[Arrival], Awaitable[object]],
        pull: Pull,
        clock: Callable[[], dt.datetime],
        banner: str = "",
        path: str = "/chat",
    ) -> None:
        self.channel = channel
        self.take = take
        self.pull = pull
        self.clock = clock
        self.banner = banner
        self.path = path
        self._words: OrderedDict[str, deque[tuple[str, str]]] = OrderedDict()

    def routes(self) -> list[Route]:
        """The page, its form, and the way to it from the bare address."""
        return [
            Route(self.path, self.show, methods=["GET"]),
            Route(self.path, self.hear, methods=["POST"]),
            Route("/", lambda _: RedirectResponse(self.path), methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """The page, or for htmx the conversation in it."""
        return await self._drawn(request, request.cookies.get(COOKIE, ""))

    async def hear(self, request: Request) -> Response:
        """Something was typed, tapped or marked: its turn, and then the conversation as it is now."""
        if int(request.headers.get("content-length") or LONGEST + 1) > LONGEST:
            return sorry(request, 413, TOO_LONG)
        form = await request.form(max_files=0)
        address = _address(request)
        try:
            for arrival in await self._arrivals(request, form, address):
                await self.take(arrival)
            away = False
        except StoreProblem as problem:
            log.warning("store_away", problem=type(problem).__name__)
            away = True
        if away or _is_htmx(request):
            answer = await self._drawn(request, address, spoke=True, away=away)
        else:
            answer = RedirectResponse(self.path, status_code=303)
        answer.set_cookie(COOKIE, address, max_age=YEAR, path=self.path, httponly=True, samesite="strict")
        return answer

    async def _arrivals(self, request: Request, form: FormData, address: str) -> list[Arrival]:
        """What the form says, as utterances in order; none for an empty one."""
        token = _token(form.get("token"))
        words, press = clean(_text(form.get("text"))), clean(_text(form.get("press")))[:64]
        said = Utterance(
            at=self.clock(),
            pushes=_is_htmx(request),
            language=request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()[:16],
        )
        if press:
            presses = [*await self._marks(form, press, address), press] if press.endswith(".done") else [press]
            return [_pressed(each, msgspec.structs.replace(said, press=each), token, address) for each in presses]
        if not words.strip():
            return []
        name = f"{token}.{_digest(words)}"
        _kept(self._words, address).append((name, words))
        return [Arrival(NAME, address, name, msgspec.structs.replace(said, text=words), message=name)]

    async def _marks(self, form: FormData, done: str, address: str) -> list[str]:
        """The presses that bring the marks of an ask to what the checkboxes say."""
        ask = int(done.removesuffix(".done")) if re.fullmatch(r"\d{1,9}\.done", done) else 0
        keyboard = fold((await self.pull(address)).lines).keyboard(ask)
        wanted = set(map(_text, form.getlist("mark")))
        boxes = keyboard.boxes if keyboard else ()
        return [_marking(box, box.option in wanted) for box in boxes if box.marked != (box.option in wanted)]

    async def _drawn(self, request: Request, address: str, *, spoke: bool = False, away: bool = False) -> Response:
        try:
            pulled = await self.pull(address) if address else Pulled()
        except StoreProblem:
            pulled, away = Pulled(known=True), True
        talk = fold(pulled.lines, dict(self._words.get(address, ())))
        talk = Talk(talk.bubbles + self.channel.loose(address), talk.toast)
        values = {
            "talk": talk,
            "known": pulled.known,
            "away": away,
            "focus": _focus(talk) if spoke or not _is_htmx(request) else "",
            "waits": pulled.next_at is not None,
            "pause": _pause(pulled.next_at, self.clock()),
            "token": secrets.token_urlsafe(9),
            "spoke": spoke,
        }
        name = "talk.html" if _is_htmx(request) else "chat.html"
        return page(name, request, 503 if away else 200, banner=self.banner, path=self.path, **values)


def _marking(box: Box, wanted: bool) -> str:
    return f"{box.option}{'+' if wanted else '-'}"


def _pressed(press: str, utterance: Utterance, token: str, address: str) -> Arrival:
    name = f"{token}.{_digest(press)}"
    return Arrival(NAME, address, name, utterance, press=name)


def _focus(talk: Talk) -> str:
    """Where the keyboard goes: to the box for words if words are awaited, else to the newest ask."""
    if talk.newest is None:
        return "start"
    return "words" if talk.awaits_words else talk.newest.id


def _pause(next_at: dt.datetime | None, now: dt.datetime) -> int:
    """Milliseconds until the page looks again."""
    seconds = min((next_at - now).total_seconds(), IDLE) if next_at is not None else IDLE
    return math.ceil(max(seconds, 0.1) * 1000)


def _address(request: Request) -> str:
    """The name in the cookie, or a new one: 192 random bits."""
    name = request.cookies.get(COOKIE, "")
    return name if re.fullmatch(r"[\w-]{32}", name, re.ASCII) else secrets.token_urlsafe(24)


def _token(value: object) -> str:
    """The token of the page; something posted by no page of ours gets one of its own and counts each time."""
    given = _text(value)
    return given if re.fullmatch(r"[\w-]{12}", given, re.ASCII) else secrets.token_urlsafe(9)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _digest(words: str) -> str:
    return blake2b(words.encode(), digest_size=12).hexdigest()


def _is_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def _kept(by_address: OrderedDict[str, deque[T]], address: str) -> deque[T]:
    """The newest things of one person; people who were not there for long are forgotten."""
    found = by_address.setdefault(address, deque(maxlen=REMEMBERED))
    by_address.move_to_end(address)
    if len(by_address) > REMEMBERED:
        by_address.popitem(last=False)
    return found
