"""What became of a call to Telegram, seen from the sender, against a real server on this machine."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from telegram import Bot, InputFile
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.channels import http
from bot.channels.http import AiohttpRequest, NotSent, OutcomeUnknown

TOKEN = "123456:not-a-real-token"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
REPLY = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "Hello"}


@asynccontextmanager
async def serving(handler: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that answers everything with `handler`; gives PTB's base address."""
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}/bot"
    finally:
        await runner.cleanup()


async def failure(base: str, request: AiohttpRequest | None = None) -> TelegramError:
    """The error that one sendMessage ends with."""
    async with request or AiohttpRequest() as opened:
        with pytest.raises(TelegramError) as caught:
            await Bot(TOKEN, base_url=base, request=opened).send_message(5, "Hello")
    return caught.value


def answering(status: int, body: object, **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(status=status, text=text, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return handler


async def test_a_message_is_sent_as_json_and_its_answer_read() -> None:
    seen: list[dict[str, object]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append({"path": request.path, **await request.json()})
        return web.json_response({"ok": True, "result": REPLY})

    async with serving(handler) as base, AiohttpRequest() as request:
        message = await Bot(TOKEN, base_url=base, request=request).send_message(5, "Hello 🌿")
    assert message.message_id == 7
    assert (seen[0]["path"], seen[0]["chat_id"], seen[0]["text"]) == (f"/bot{TOKEN}/sendMessage", 5, "Hello 🌿")


@pytest.mark.parametrize("document", [b"%PDF-1.7 page", io.BytesIO(b"%PDF-1.7 page")])
async def test_a_file_is_uploaded_with_its_name_and_the_words_beside_it(document: bytes | io.BytesIO) -> None:
    seen: dict[str, object] = {}

    async def handler(request: web.Request) -> web.Response:
        for name, value in (await request.post()).items():
            seen[name] = (value.filename, value.file.read()) if isinstance(value, web.FileField) else value
        return web.json_response({"ok": True, "result": REPLY})

    async with serving(handler) as base, AiohttpRequest() as request:
        file = InputFile(document, filename="summary.pdf", read_file_handle=False)
        await Bot(TOKEN, base_url=base, request=request).send_document(5, file, caption="Für dich")
    file_seen = ("summary.pdf", b"%PDF-1.7 page")
    assert (seen["document"], seen["chat_id"], seen["caption"]) == (file_seen, "5", "Für dich")


async def test_a_refused_connection_is_certainly_not_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert isinstance(await failure(f"http://127.0.0.1:{free.getsockname()[1]}/bot"), NotSent)


async def test_a_name_that_does_not_resolve_is_certainly_not_sent() -> None:
    assert isinstance(await failure("http://nowhere.invalid/bot"), NotSent)


async def test_a_connection_that_takes_too_long_is_certainly_not_sent() -> None:
    with socket.socket() as full:  # a queue of length 0 that one connection fills: the next gets no answer
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with socket.socket() as first, socket.socket() as second:
            first.connect(full.getsockname())
            second.setblocking(False)
            second.connect_ex(full.getsockname())
            request = AiohttpRequest(connect_timeout=0.2, pool_timeout=0.1)
            error = await failure(f"http://127.0.0.1:{full.getsockname()[1]}/bot", request)
    assert isinstance(error, NotSent)


async def test_a_certificate_nobody_vouches_for_is_certainly_not_sent(untrusted: ssl.SSLContext) -> None:
    async with serving(answering(200, {"ok": True, "result": REPLY}), tls=untrusted) as base:
        error = await failure(base)
    assert isinstance(error, NotSent)
    assert "Certificate" in str(error)


async def test_an_answer_that_does_not_come_leaves_the_outcome_unknown() -> None:
    async def handler(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(handler) as base:
        assert isinstance(await failure(base, AiohttpRequest(read_timeout=0.1)), OutcomeUnknown)


async def test_an_answer_that_trickles_for_ever_ends_and_leaves_the_outcome_unknown() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b" ")
            await asyncio.sleep(0.02)

    async with serving(handler) as base:
        request = AiohttpRequest(read_timeout=0.1, write_timeout=0.1, connect_timeout=0.1, pool_timeout=0.1)
        async with asyncio.timeout(5):
            assert isinstance(await failure(base, request), OutcomeUnknown)


@pytest.mark.parametrize("started", [False, True])
async def test_a_reset_after_the_call_went_out_leaves_the_outcome_unknown(started: bool) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        if started:
            await answer.prepare(request)
            await answer.write(b"{")
        assert request.transport
        request.transport.abort()
        return answer

    async with serving(handler) as base:
        assert isinstance(await failure(base), OutcomeUnknown)


async def test_a_call_waiting_too_long_for_a_free_connection_is_certainly_not_sent() -> None:
    async def handler(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(handler) as base, AiohttpRequest(1, connect_timeout=0.1, pool_timeout=0.1) as request:
        bot = Bot(TOKEN, base_url=base, request=request)
        first = asyncio.create_task(bot.send_message(5, "one"))
        await asyncio.sleep(0)
        with pytest.raises(NotSent):
            await bot.send_message(5, "two")
        first.cancel()


@pytest.mark.parametrize("body", ["<html>hello</html>", "[]", '{"ok": true}', ""])
async def test_a_good_status_without_a_result_leaves_the_outcome_unknown(body: str) -> None:
    async with serving(answering(200, body)) as base:
        assert isinstance(await failure(base), OutcomeUnknown)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, BadRequest), (401, InvalidToken), (403, Forbidden), (409, Conflict), (413, BadRequest), (500, NetworkError)],
)
async def test_an_answer_of_telegram_becomes_the_error_of_its_kind(status: int, kind: type[TelegramError]) -> None:
    told = {"ok": False, "error_code": status, "description": "Said by Telegram"}
    async with serving(answering(status, told)) as base:
        error = await failure(base)
    assert (type(error), str(error)) == (kind, "Said by Telegram")


async def test_the_seconds_to_wait_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    told = {"ok": False, "error_code": 429, "description": "Too Many", "parameters": {"retry_after": 3}}
    async with serving(answering(429, told)) as base:
        error = await failure(base)
    assert isinstance(error, RetryAfter)
    assert error.retry_after == dt.timedelta(seconds=3)


async def test_the_seconds_to_wait_are_kept_when_a_proxy_says_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with serving(answering(429, "<h1>slow down</h1>", Retry_After="4")) as base:
        error = await failure(base)
    assert isinstance(error, RetryAfter)
    assert error.retry_after == dt.timedelta(seconds=4)


async def test_a_page_of_a_proxy_is_a_trouble_of_the_network_and_its_words_are_dropped() -> None:
    async with serving(answering(502, f"<html>/bot{TOKEN}/sendMessage failed</html>")) as base:
        error = await failure(base)
    assert (type(error), str(error)) == (NetworkError, "Bad Gateway")


async def test_a_redirect_is_not_followed() -> None:
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with serving(handler) as base:
        error = await failure(base)
    assert (seen, type(error)) == ([f"/bot{TOKEN}/sendMessage"], NetworkError)


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    async with serving(answering(200, {"ok": True, "result": REPLY})) as base, AiohttpRequest() as request:
        message = await Bot(TOKEN, base_url=base, request=request).send_message(5, "Hello")
    assert message.message_id == 7


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 0 \x00\r\nnonsense\r\n\r\n")
    writer.close()


async def test_the_token_is_in_no_error_and_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)  # PTB's Bot writes its address at DEBUG; the service never lets it
    server = await asyncio.start_server(garbage, "127.0.0.1", 0)
    errors = [await failure(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot")]
    server.close()
    errors.append(await failure("http://:99999999/bot"))
    async with serving(answering(502, f"<html>/bot{TOKEN}/sendMessage failed</html>")) as base:
        errors.append(await failure(base))
    async with serving(answering(200, f"<html>/bot{TOKEN}/sendMessage failed</html>")) as base:
        errors.append(await failure(base))
    told = [repr(error) + str(error) + repr(error.__cause__) + repr(error.__context__) for error in errors]
    told += [record.getMessage() for record in caplog.records]
    told += [str(record.exc_info) for record in caplog.records if record.exc_info]
    assert [line for line in told if TOKEN in line] == []


async def test_a_request_that_was_not_started_sends_nothing() -> None:
    request = AiohttpRequest()
    with pytest.raises(NotSent):
        await request.post("http://127.0.0.1:9/bot/getMe")


async def test_it_can_be_shut_down_twice_and_started_again() -> None:
    request = AiohttpRequest()
    async with serving(answering(200, {"ok": True, "result": REPLY})) as base:
        for _ in range(2):
            await request.initialize()
            await request.initialize()
            await Bot(TOKEN, base_url=base, request=request).send_message(5, "Hello")
            await request.shutdown()
            await request.shutdown()
    assert isinstance(request, BaseRequest)


def test_certificates_are_checked_on_a_machine_that_has_none_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
    trusted = http._trusted()
    assert (trusted.verify_mode, trusted.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert len(trusted.get_ca_certs()) > 50


@pytest.fixture
def untrusted(tmp_path: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody signed but itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start.replace(year=2100))
    certificate = builder.sign(key, hashes.SHA256())
    pem, private, bare = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path / "both.pem"
    path.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, private, bare))
    side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    side.load_cert_chain(path)
    return side
