"""The strings that another process pulls: POST /control/VERB with JSON arguments does what that method does."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fake_telegram import faults
from tests.fake_telegram.rules import Json

if TYPE_CHECKING:
    from tests.fake_telegram.fake import FakeTelegram

ACTS = ("say", "photo", "media", "edit", "press", "block", "unblock", "join_group", "again")
FAULTS = ("too_many", "bad_gateway", "blocked", "reset_before", "reset_after", "hang")


def routes(fake: FakeTelegram) -> list[web.RouteDef]:
    """The addresses by which `Remote` drives a fake of another process."""

    async def answer(request: web.Request) -> web.Response:
        verb = VERBS.get(request.match_info["verb"])
        if verb is None:
            return web.json_response({"error": "no such verb"}, status=404)
        try:
            return web.json_response(verb(fake, await request.json()))
        except (AssertionError, TypeError, KeyError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return [web.post("/control/{verb}", answer)]


class Remote:
    """Drives a fake that runs in another process, without asyncio: `Remote(port).do("say", chat=5, words="hello")`."""

    def __init__(self, port: int) -> None:
        self.port = port

    def do(self, verb: str, **arguments: object) -> Any:
        """One verb. Raises AssertionError with the reason if it cannot be done."""
        address = f"http://127.0.0.1:{self.port}/control/{verb}"
        call = urllib.request.Request(address, json.dumps(arguments).encode(), {"Content-Type": "application/json"})
        try:
            with DIRECT.open(call, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["error"]) from None

    def wait_until_up(self, within: float = 10.0) -> None:
        """Wait until the process answers."""
        self.wait_for(lambda: self._is_up(), "the fake Telegram to start", within=within)

    def wait_for(self, predicate: Callable[[], Any], what: str, *, within: float = 10.0) -> Any:
        """Ask again and again until the predicate is true; fail with what was waited for."""
        until = time.monotonic() + within
        while not (found := predicate()):
            if time.monotonic() > until:
                raise AssertionError(f"Waited {within:g} s for {what}.")
            time.sleep(0.01)
        return found

    def _is_up(self) -> bool:
        try:
            return isinstance(self.do("pending"), list)
        except OSError:
            return False


DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _act(name: str) -> Callable[[FakeTelegram, Json], Any]:
    return lambda fake, arguments: getattr(fake, name)(**arguments)


def _order(fake: FakeTelegram, arguments: Json) -> bool:
    name = arguments.pop("fault")
    if name not in FAULTS:
        raise AssertionError(f"There is no fault {name!r}; there are {', '.join(FAULTS)}")
    made = getattr(faults, name)(**arguments.pop("of", {}))
    fake.next(arguments.pop("method"), made, **arguments)
    return True


def _sent(fake: FakeTelegram, arguments: Json) -> list[Json]:
    chat = arguments.get("chat")
    return [
        {"chat": m.chat, "number": m.number, "text": m.text, "labels": m.labels, "kind": m.kind}
        for m in (fake.sent if chat is None else fake.to(chat))
    ]


VERBS: dict[str, Callable[[FakeTelegram, Json], Any]] = {
    **{name: _act(name) for name in ACTS},
    "next": _order,
    "sent": _sent,
    "pending": lambda fake, _: fake.inbox.pending,
    "refused": lambda fake, _: [[call.method, call.refusal] for call in fake.refused],
    "unanswered": lambda fake, _: [press.id for press in fake.unanswered],
}
