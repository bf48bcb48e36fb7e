"""A small driver for the real Chromium over its DevTools: enough to look, click, type, wait and take a picture."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

BINARY = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --force-color-profile=srgb "
    "--remote-debugging-port=0"
).split()
PATIENCE = 20.0  # seconds for a condition


class Page:
    """One tab. `complaints` are errors of the page: refused by the policy, not loaded, thrown."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.complaints: list[str] = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._session = ""
        self._loads = 0

    async def open(self) -> None:
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable")

    async def call(self, method: str, **arguments: Any) -> Any:
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        session = {"sessionId": self._session} if self._session else {}
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": arguments, **session}))
        return await asyncio.wait_for(answer, PATIENCE)

    async def listen(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if answer := self._waiting.pop(said.get("id"), None):
                if "error" in said:
                    answer.set_exception(RuntimeError(said["error"]["message"]))
                else:
                    answer.set_result(said["result"])
            elif said.get("method") == "Page.loadEventFired":
                self._loads += 1
            elif said.get("method") == "Log.entryAdded" and said["params"]["entry"]["level"] == "error":
                self.complaints.append(said["params"]["entry"]["text"])
            elif said.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(said["params"]["exceptionDetails"])[:300])

    async def go(self, address: str) -> None:
        loads = self._loads
        await self.call("Page.navigate", url=address)
        await self._until(lambda: self._loads > loads, f"{address} loaded")

    async def without_javascript(self) -> None:
        """From the next page on; `of` still works, it comes from outside."""
        await self.call("Emulation.setScriptExecutionDisabled", value=True)

    async def of(self, expression: str) -> Any:
        """What an expression is in the page."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until it is true, also over a change of page."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not await self._holds(expression):
            if asyncio.get_running_loop().time() > deadline:
                seen = await self.of("document.body.innerText")
                raise AssertionError(f"never true: {expression}\n{seen}")
            await asyncio.sleep(0.02)

    async def reads(self, words: str) -> None:
        """Wait until the words can be seen."""
        await self.until(f"document.body.innerText.includes({json.dumps(words)})")

    async def click(self, selector: str) -> None:
        """A real click in the middle of the first element, scrolled to if need be."""
        found = f"document.querySelector({json.dumps(selector)})"
        await self.until(found)
        await self.of(f"{found}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        x, y = await self.of(f"(r => [r.x + r.width / 2, r.y + r.height / 2])({found}.getBoundingClientRect())")
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def press(self, text: str) -> None:
        """The button with this label, as soon as it is there."""
        found = f"[...document.querySelectorAll('button')].find(one => one.textContent.trim() === {json.dumps(text)})"
        await self.until(found)
        await self.of(
            "document.querySelectorAll('[data-clicked]').forEach(one => one.removeAttribute('data-clicked'));"
            f"{found}.setAttribute('data-clicked', '')"
        )
        await self.click("[data-clicked]")

    async def type(self, text: str) -> None:
        await self.call("Input.insertText", text=text)

    async def key(self, name: str, text: str = "", **more: Any) -> None:
        code = {"Enter": 13, "Tab": 9, " ": 32}[name]
        common = {"key": name, "windowsVirtualKeyCode": code, **more}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    async def looks(self, width: int, height: int, *, dark: bool = False, phone: bool = False) -> None:
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])

    async def picture(self, file: Path) -> None:
        shot = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(file.write_bytes, base64.b64decode(shot["data"]))

    async def _holds(self, expression: str) -> bool:
        try:
            return bool(await self.of(f"Boolean({expression})"))
        except RuntimeError:
            return False  # between two pages

    async def _until(self, condition: Any, what: str) -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not condition():
            assert asyncio.get_running_loop().time() < deadline, f"never: {what}"
            await asyncio.sleep(0.02)


@asynccontextmanager
async def chromium(profile: Path) -> AsyncIterator[Page]:
    """A fresh browser with one tab; `profile` is a folder that does not exist yet."""
    process = await asyncio.create_subprocess_exec(
        BINARY,
        *FLAGS,
        f"--user-data-dir={profile}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        port, path = await _devtools(profile / "DevToolsActivePort")
        where = f"ws://127.0.0.1:{port}{path}"
        async with aiohttp.ClientSession() as client, client.ws_connect(where, max_msg_size=0) as socket:
            page = Page(socket)
            listening = asyncio.ensure_future(page.listen())
            await page.open()
            yield page
            listening.cancel()
    finally:
        process.terminate()
        await process.wait()


async def _devtools(file: Path) -> tuple[str, str]:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        lines = await asyncio.to_thread(_words_in, file)
        if len(lines) == 2:
            return lines[0], lines[1]
        assert asyncio.get_running_loop().time() < deadline, "Chromium did not start"
        await asyncio.sleep(0.05)


def _words_in(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []
