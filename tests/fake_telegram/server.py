"""The fake Bot API on a port of this machine: calls come in, are checked, take effect, meet faults, are remembered."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

from tests.fake_telegram.chat import TOKEN, World
from tests.fake_telegram.faults import Fault, Faults
from tests.fake_telegram.inbox import Inbox
from tests.fake_telegram.methods import METHODS
from tests.fake_telegram.rules import Json, Params, Refusal, Upload, refused

LARGEST_BODY = 64 * 2**20
NO_LINGER = struct.pack("ii", 1, 0)  # closing sends RST, as a broken connection does


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot that reached Telegram: what came of it is `result`, or the `refusal`."""

    method: str
    params: Json
    result: Any = None
    refusal: str = ""


class Server:
    """The HTTP side. `journal`: a file to which every accepted call is appended as one line of JSON."""

    def __init__(self, ring: Callable[[], None], *, token: str = TOKEN, journal: Path | None = None) -> None:
        self.token, self.port = token, 0
        self.world, self.faults, self.inbox = World(), Faults(), Inbox(ring)
        self.calls: list[Call] = []
        self._ring, self._journal_path = ring, journal
        self._journal: TextIO | None = None
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._waiting: dict[str, Callable[[Params], Awaitable[Any] | Any]] = {
            "getupdates": self.inbox.get_updates,
            "setwebhook": self.inbox.set_webhook,
            "deletewebhook": self.inbox.delete_webhook,
            "getwebhookinfo": self.inbox.webhook_info,
        }

    async def start(self, port: int = 0, *, more: list[web.RouteDef] | None = None) -> None:
        """Listen on 127.0.0.1; port 0 is any free one."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes([web.route("*", "/bot{token}/{method}", self._answer), *(more or [])])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]
        if self._journal_path:
            self._journal = self._journal_path.open("a", encoding="utf-8")

    async def stop(self) -> None:
        self._closing.set()
        await self.inbox.close()
        if self._runner:
            await self._runner.cleanup()
        if self._journal:
            self._journal.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            params = await _read(request)
            fault = self.faults.take(method, params.number("chat_id"))
            if fault and not fault.done:
                return await self._meet(fault, request)
            result = await self._do(method, params)
        except Refusal as refusal:
            return _refusal(refusal)
        if fault:
            return await self._meet(fault, request)
        return web.json_response({"ok": True, "result": result})

    async def _do(self, method: str, params: Params) -> Any:
        """Let a call take effect and remember it."""
        name, result = method.lower(), None
        try:
            if name in self._waiting:
                found = self._waiting[name](params)
                result = await found if isinstance(found, Awaitable) else found
            elif name in BY_NAME:
                result = METHODS[BY_NAME[name]](self.world, params)
            else:
                raise Refusal(404, "Not Found")
        except Refusal as refusal:
            self.calls.append(Call(method, params.given, refusal=refusal.description))
            raise
        else:
            self._remember(Call(BY_NAME.get(name, method), params.given, result))
        finally:
            self._ring()
        return result

    def _remember(self, call: Call) -> None:
        if call.method.lower() == "getupdates":
            return  # one per poll: the list and the journal hold what the bot did, not that it listened
        self.calls.append(call)
        if self._journal:
            line = {"n": len(self.calls), "method": call.method, "params": call.params, "result": call.result}
            self._journal.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._journal.flush()

    async def _meet(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.kind == "answer":
            text = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
            kind = "text/html" if isinstance(fault.body, str) else "application/json"
            return web.Response(status=fault.status, text=text, content_type=kind)
        if fault.kind == "hang":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), fault.seconds or None)
        _reset(request)
        return web.Response()


BY_NAME = {name.lower(): name for name in METHODS}  # Telegram does not mind the case


async def _read(request: web.Request) -> Params:
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        return Params(given | await _object(request))
    files = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = Upload(value.filename, value.file.read())
        else:
            given[name] = value
    return Params(given, files)


async def _object(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise refused("can't parse JSON object")
    return body


def _refusal(refusal: Refusal) -> web.Response:
    body: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.status)


def _reset(request: web.Request) -> None:
    if (transport := request.transport) is not None:
        if (raw := transport.get_extra_info("socket")) is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        transport.abort()
