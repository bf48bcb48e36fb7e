"""How python-telegram-bot reaches the Bot API: its `BaseRequest` on aiohttp, far lighter than the stock client.

It tells the sender what became of a call: `NotSent` (nothing left this machine: send again freely), `OutcomeUnknown`
(it may have taken effect), or PTB's own errors for an answer of Telegram. A plain `NetworkError` is an answer of a
server in trouble (5xx). No error made here holds an address, which holds the token, or the body of an answer.
"""

from __future__ import annotations

import json
import ssl
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
import certifi
from telegram._utils.defaultvalue import DefaultValue  # what BaseRequest.DEFAULT_NONE is; it has no public name
from telegram.error import BadRequest, NetworkError
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 64  # at once, to one host
READ, WRITE, MEDIA_WRITE, CONNECT, POOL = 10.0, 10.0, 30.0, 5.0, 5.0  # seconds
KNOWN_ANSWERS = (400, 401, 403, 404, 409, 429)  # those that PTB gives an error of their own

T = TypeVar("T")
Given = DefaultValue[Any] | float | None
Body = bytes | aiohttp.FormData | None


class NotSent(NetworkError):
    """The call did not leave this machine; it is safe to send it again."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"No connection to Telegram ({reason}); nothing was sent")


class OutcomeUnknown(NetworkError):
    """The call may have reached Telegram and taken effect; no answer came that says so."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"No usable answer from Telegram ({reason}); it may have been done")


class AiohttpRequest(BaseRequest):
    """One pool of connections. Certificates are checked, proxies of the environment and redirects are not followed.

    Time-outs in seconds. `media_write_timeout` replaces `write_timeout` for a call that uploads files.
    """

    __slots__ = ("_connect", "_connections", "_media_write", "_pool", "_read", "_session", "_write")

    def __init__(
        self,
        connections: int = CONNECTIONS,
        *,
        read_timeout: float | None = READ,
        write_timeout: float | None = WRITE,
        media_write_timeout: float | None = MEDIA_WRITE,
        connect_timeout: float | None = CONNECT,
        pool_timeout: float | None = POOL,
    ) -> None:
        self._connections = connections
        self._read, self._write, self._media_write = read_timeout, write_timeout, media_write_timeout
        self._connect, self._pool = connect_timeout, pool_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer when a call does not say."""
        return self._read

    async def initialize(self) -> None:
        """Open the pool; a second time changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ssl=_trusted()),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=False,
            )

    async def shutdown(self) -> None:
        """Close the pool and every connection; a second time changes nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Given = BaseRequest.DEFAULT_NONE,
        write_timeout: Given = BaseRequest.DEFAULT_NONE,
        connect_timeout: Given = BaseRequest.DEFAULT_NONE,
        pool_timeout: Given = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and the body of the answer; raises NotSent or OutcomeUnknown when there is none."""
        write = self._media_write if request_data and request_data.contains_files else self._write
        limits = _limits(
            read=_or_default(read_timeout, self._read),
            write=_or_default(write_timeout, write),
            connect=_or_default(connect_timeout, self._connect),
            pool=_or_default(pool_timeout, self._pool),
        )
        return await self._exchange(url, method, request_data, limits)

    async def _exchange(
        self, url: str, method: str, request_data: RequestData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSent("not started")
        try:
            body, headers = _body(request_data)
            call = self._session.request(method, url, data=body, headers=headers, timeout=limits, allow_redirects=False)
            async with call as answer:
                return _judged(answer.status, await answer.read(), answer.headers.get("Retry-After", ""))
        except BadRequest:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, PTB would quote it, address and all
            failure = _failure(error)
        raise failure  # outside the handler: the cause quotes the address, and the address holds the token

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer's object. An answer that is none is OutcomeUnknown; unlike PTB's own, its text is not logged."""
        try:
            parsed = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            parsed = None
        if isinstance(parsed, dict) and ("result" in parsed or parsed.get("ok") is False):
            return parsed
        raise OutcomeUnknown("unreadable answer")


def _trusted() -> ssl.SSLContext:
    """The machine's certificates, and certifi's for machines that have none."""
    trusted = ssl.create_default_context()
    trusted.load_verify_locations(certifi.where())
    return trusted


def _or_default(given: DefaultValue[Any] | T, default: T) -> T:
    return default if isinstance(given, DefaultValue) else given


def _limits(
    *, read: float | None, write: float | None, connect: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    """aiohttp has no time-out for writing, so the whole call is bounded by the sum of its parts."""
    waiting = None if connect is None or pool is None else connect + pool
    whole = None if waiting is None or read is None or write is None else waiting + read + write
    return aiohttp.ClientTimeout(total=whole, connect=waiting, sock_connect=connect, sock_read=read)


def _body(request_data: RequestData | None) -> tuple[Body, dict[str, str]]:
    if request_data is None:
        return None, {}
    if request_data.contains_files:
        return _form(request_data), {}
    return json.dumps(request_data.parameters).encode(), {"Content-Type": "application/json"}


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _failure(error: Exception) -> NetworkError:
    """What an error of aiohttp says about the call; only its type is kept. A time-out while connecting is not sent."""
    reason = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL):
        return NotSent(reason)
    if isinstance(error, TimeoutError):
        return OutcomeUnknown("time-out")
    return OutcomeUnknown(reason)


def _judged(status: int, body: bytes, retry_after: str) -> tuple[int, bytes]:
    """An answer in the form that PTB reads: a proxy's page becomes an object without the page."""
    if 200 <= status <= 299:
        return status, body
    try:
        AiohttpRequest.parse_json_payload(body)
    except OutcomeUnknown:
        body = _plain(status, retry_after)
    if 400 <= status <= 499 and status not in KNOWN_ANSWERS:
        # such as 413: PTB would call it a trouble of the network, and the sender would try for ever
        raise BadRequest(str(json.loads(body)["description"]))
    return status, body


def _plain(status: int, retry_after: str) -> bytes:
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown answer"
    answer: dict[str, object] = {"ok": False, "error_code": status, "description": phrase}
    if status == HTTPStatus.TOO_MANY_REQUESTS and retry_after.isdigit() and int(retry_after):
        answer["parameters"] = {"retry_after": int(retry_after)}
    return json.dumps(answer).encode()
