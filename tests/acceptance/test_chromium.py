"""The chat page in the real Chromium: pieces of the page exchanged, focus, timed words, keyboard alone, no JavaScript.

Needs Debian's `chromium`. Where it is missing these tests are skipped, and one loud line says so.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.browser import BrowserChannel, Chat
from bot.listening import Listener
from bot.web.cross import LOOPBACK
from bot.web.pages import site
from flows.turn import Reply
from tests.acceptance.chromium import BINARY, Page, chromium
from tests.bot.channels.small_talk import STALE, Pond

BANNER = "demo: invented surroundings, nothing here is watched"
ROOT = Path(__file__).resolve().parents[2]
FOCUSED = "document.activeElement"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not BINARY, reason="THE BROWSER CHAT WAS NOT TESTED: there is no Chromium. apt install chromium"
    ),
]


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with chromium(tmp_path / "profile") as page:
        await page.looks(390, 844, phone=True)
        yield page
        assert page.complaints == []


@pytest.fixture
def pond() -> Pond:
    pond = Pond()
    pond.now = lambda: dt.datetime.now(dt.UTC)
    return pond


@pytest.fixture
async def address(pond: Pond, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The chat page over the stand-in conversation; looks again after a second when nothing waits."""
    monkeypatch.setattr("bot.channels.browser.chat.IDLE", 1.0)
    listener = Listener("the test", "127.0.0.1:0")
    channel = BrowserChannel()
    pond.channel = channel
    app = site(Chat(channel, pond.take, pond.pull, pond.now, BANNER).routes(), LOOPBACK)
    serving = asyncio.ensure_future(listener.serve(app))
    yield f"http://127.0.0.1:{listener.port}/"
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def begin(page: Page, address: str) -> None:
    await page.go(address)
    await page.press("Start")
    await page.reads("How are you?")


async def test_a_whole_conversation_without_loading_the_page_again(page: Page, address: str, pond: Pond) -> None:
    await begin(page, address)
    await page.of("window.same = true")
    await page.press("Tense")
    await page.reads("You chose: Tense")
    await page.click("input[value='2.1']")
    await page.press("That is all")
    await page.until(f"{FOCUSED}.id === 'words'")
    await page.type("It rained.")
    await page.key("Enter", "\r")
    await page.reads("Say when you are done.")
    await page.press("Done")
    await page.reads("Until tomorrow.")
    assert pond.said == ["/start", "1.1", "2.1+", "2.done", "It rained.", "4.done"]
    assert await page.of("window.same")


async def test_timed_words_come_by_themselves_in_their_order(page: Page, address: str) -> None:
    await begin(page, address)
    await page.press("Calm")
    await page.press("Skip")
    await page.reads("What happened?")
    await page.press("Skip")
    await page.reads("Say when you are done.")
    await page.until(f"{FOCUSED}.innerText.includes('Say when you are done.')")
    seen = await page.of("[...document.querySelectorAll('.said')].slice(-3).map(one => one.textContent)")
    assert seen == ["Breathe in.", "Breathe out.", "Say when you are done."]


async def test_the_keyboard_alone_is_enough(page: Page, address: str, pond: Pond) -> None:
    await page.go(address)
    await page.until(f"{FOCUSED}.textContent === 'Start'")
    await page.key("Enter", "\r")
    await page.until(f"{FOCUSED}.innerText.includes('How are you?')")
    await page.key("Tab")
    await page.key("Enter", "\r")
    await page.until(f"{FOCUSED}.innerText.includes('Where do you feel it?')")
    await page.key("Tab")
    await page.key(" ", " ")
    assert await page.of("document.querySelector('input[value=\"2.0\"]').checked")
    assert pond.said == ["/start", "1.0"]


async def test_a_page_that_looks_again_keeps_words_marks_and_focus(page: Page, address: str, pond: Pond) -> None:
    await begin(page, address)
    await page.press("Calm")
    await page.reads("Where do you feel it?")
    await page.click("input[value='2.2']")
    await page.click("#words")
    await page.type("half a sen")
    await page.of("window.asked = document.querySelector('li:last-child')")
    pond.say(pond.arrivals[0].address, Reply("say", "A word in between."))
    await page.reads("A word in between.")
    kept = "[words.value, document.querySelector('input[value=\"2.2\"]').checked, document.activeElement.id]"
    assert await page.of(kept) == ["half a sen", True, "words"]
    assert await page.of("window.asked.isConnected")


async def test_a_double_click_answers_once(page: Page, address: str, pond: Pond) -> None:
    await begin(page, address)
    await page.of("for (const _ of [1, 2]) document.querySelector('button[value=\"1.0\"]').click()")
    await page.reads("Where do you feel it?")
    assert pond.said == ["/start", "1.0"]


async def test_an_old_tab_that_presses_an_old_button_is_told_kindly(page: Page, address: str, pond: Pond) -> None:
    await begin(page, address)
    await page.of("document.querySelector('button[value=\"1.0\"]').value = '0.0'")
    await page.press("Calm")
    await page.until(f"document.getElementById('toast').textContent === {STALE!r}")


async def test_hostile_words_stay_words(page: Page, address: str) -> None:
    await begin(page, address)
    await page.press("Calm")
    await page.press("Skip")
    await page.until(f"{FOCUSED}.id === 'words'")
    hostile = '<img src=x onerror="window.hurt = 1"><script>window.hurt = 1</script><b onclick=alert(1)>bold</b>'
    await page.type(hostile)
    await page.key("Enter", "\r")
    await page.reads("You wrote: " + hostile)
    assert await page.of("[window.hurt, document.querySelectorAll('ol img, ol script, ol b').length]") == [None, 1]


async def test_help_is_one_tap_away_wherever_the_page_stands(page: Page, address: str) -> None:
    await begin(page, address)
    await page.of("window.scrollTo(0, document.body.scrollHeight)")
    await page.click("header button")
    await page.reads("Call 000.")


async def test_nothing_is_wider_than_a_phone(page: Page, address: str) -> None:
    await begin(page, address)
    await page.click("#words")
    await page.type("Rindfleischetikettierungsüberwachung" * 12)
    await page.key("Enter", "\r")
    await page.reads("Please choose.")
    assert await page.of("document.documentElement.scrollWidth") == 390


async def test_a_server_that_is_gone_is_told_and_the_words_stay(page: Page, address: str, pond: Pond) -> None:
    await begin(page, address)
    await page.of("window.fetch = () => Promise.reject(new TypeError('gone'))")
    await page.click("#words")
    await page.type("hello?")
    await page.key("Enter", "\r")
    await page.reads("Willow does not answer at the moment.")
    assert await page.of("words.value") == "hello?"


async def test_while_the_store_is_away_help_comes_into_the_page(page: Page, address: str, pond: Pond) -> None:
    await begin(page, address)
    pond.away = True
    await page.press("Calm")
    await page.reads("Call 000.")
    page.complaints[:] = [one for one in page.complaints if "503" not in one]


async def test_without_javascript_it_is_a_page_that_is_sent_and_shown(page: Page, address: str, pond: Pond) -> None:
    await page.without_javascript()
    await begin(page, address)
    await page.press("Tense")
    await page.reads("You chose: Tense")
    await page.click("input[value='2.0']")
    await page.click("input[value='2.2']")
    await page.press("That is all")
    await page.reads("You chose: Chest, Head")
    await page.click("#words")
    await page.type("It rained.")
    await page.press("Send")
    await page.reads("Breathe out.")
    await page.press("Done")
    await page.reads("Until tomorrow.")
    assert pond.said == ["/start", "1.1", "2.0+", "2.2+", "2.done", "It rained.", "4.done"]


async def test_the_real_demo_talks_in_the_browser(page: Page, tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("WILLOW_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0"),
        cwd=tmp_path,
        env={**bare, "PYTHONPATH": str(ROOT), "WILLOW_HOME": str(tmp_path / "home")},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/\S*", line)
        assert found, line
        await page.go(found[0])
        await page.until("document.querySelector('.banner').innerText.length > 0")
        await page.press("Start")
        await page.until("document.querySelectorAll('ol .keys button, ol .keys input').length > 0")
        asked = await page.of("document.querySelectorAll('li').length")
        await page.click("ol .keys button")
        await page.until(f"document.querySelectorAll('li').length > {asked}")
        assert await page.of("document.querySelector('.chosen').textContent.length > 0")
    finally:
        process.terminate()
        await process.wait()
