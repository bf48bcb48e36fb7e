"""The chat page over HTTP, without a browser: what is posted becomes an utterance, what is said becomes a page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.channels.browser import BrowserChannel, Chat
from bot.channels.browser.talk import fold
from bot.store.pulls import Line
from bot.web.cross import LOOPBACK
from bot.web.pages import site
from flows.turn import Button, Reply
from tests.bot.channels.small_talk import STALE, START, Pond

HOME = "http://127.0.0.1:8765"
HTMX = {"HX-Request": "true"}
BANNER = "demo: invented surroundings, nothing here is watched"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "<a href='javascript:alert(1)'>here</a>",
    "<style>body{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "</textarea></li></ol><form action=//evil.example>",
    "<b onmouseover=alert(1)>bold</b>",
    "<template hx type=partial hx-target=body>",
    "<hx-partial hx-target=body>gone</hx-partial>",
    "\u202egnp.exe\u0000",
)


@pytest.fixture
def pond() -> Pond:
    return Pond()


@pytest.fixture
async def person(pond: Pond) -> AsyncIterator[httpx.AsyncClient]:
    channel = BrowserChannel()
    pond.channel = channel
    app = site(Chat(channel, pond.take, pond.pull, lambda: pond.now(), BANNER).routes(), LOOPBACK)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=HOME, headers={"Accept-Language": "de-AT,de;q=0.8"}
    ) as client:
        yield client


def token_of(answer: httpx.Response) -> str:
    found = re.search(r'name="token" value="([\w-]{12})"', answer.text)
    assert found
    return found[1]


async def say(person: httpx.AsyncClient, text: str = "", **form: object) -> httpx.Response:
    answer = await person.post("/chat", data={"text": text, **form})
    assert answer.status_code == 303
    return await person.get("/chat")


async def press(person: httpx.AsyncClient, press: str, **form: object) -> httpx.Response:
    return await say(person, press=press, **form)


async def until_words_are_awaited(person: httpx.AsyncClient) -> httpx.Response:
    await say(person, "/start")
    await press(person, "1.0")
    return await press(person, "2.done", mark=["2.0"])


# what a newcomer sees


async def test_looking_at_the_page_neither_begins_a_conversation_nor_sets_a_cookie(
    person: httpx.AsyncClient, pond: Pond
) -> None:
    answer = await person.get("/chat")
    assert ("Start</button>" in answer.text, answer.cookies.get("willow_chat"), pond.arrivals) == (True, None, [])


async def test_the_start_button_begins(person: httpx.AsyncClient) -> None:
    answer = await say(person, "/start")
    assert "Hello. I am <b>Willow</b>, a programme &amp; a coach." in answer.text


async def test_the_cookie_is_closed_to_scripts_and_to_other_sites(person: httpx.AsyncClient) -> None:
    answer = await person.post("/chat", data={"text": "/start"})
    cookie = answer.headers["set-cookie"]
    assert re.match(r"willow_chat=[\w-]{32};.*HttpOnly.*SameSite=strict", cookie)


async def test_a_cookie_that_we_did_not_make_is_not_taken_over(person: httpx.AsyncClient, pond: Pond) -> None:
    person.cookies.set("willow_chat", "../../etc", domain="127.0.0.1")
    await person.post("/chat", data={"text": "/start"})
    assert re.fullmatch(r"[\w-]{32}", pond.arrivals[0].address)


async def test_two_people_never_see_each_others_words(person: httpx.AsyncClient, pond: Pond) -> None:
    await until_words_are_awaited(person)
    await say(person, "my secret")
    person.cookies.clear()
    assert "my secret" not in (await say(person, "/start")).text


async def test_the_language_of_the_browser_is_a_hint(person: httpx.AsyncClient, pond: Pond) -> None:
    await say(person, "/start")
    assert pond.arrivals[0].utterance.language == "de-AT"


async def test_the_banner_and_sos_are_on_every_page(person: httpx.AsyncClient) -> None:
    pages = [await person.get("/chat"), await say(person, "/start")]
    assert all(BANNER in page.text and 'name="press" value="sos"' in page.text for page in pages)


# taps, words and marks


async def test_a_press_carries_exactly_what_its_button_says(person: httpx.AsyncClient, pond: Pond) -> None:
    await say(person, "/start")
    await press(person, "1.1")
    assert pond.said == ["/start", "1.1"]


async def test_after_the_answer_the_keyboard_closes_into_what_was_chosen(person: httpx.AsyncClient) -> None:
    await say(person, "/start")
    answer = await press(person, "1.1")
    assert ("You chose: Tense" in answer.text, 'value="1.0"' in answer.text) == (True, False)


async def test_a_stale_press_is_told_in_a_note(person: httpx.AsyncClient) -> None:
    await say(person, "/start")
    await press(person, "1.0")
    answer = await press(person, "1.1")
    assert f'<p id="toast" role="status">{STALE}</p>' in answer.text


async def test_checkboxes_send_the_marks_that_changed_and_then_done(person: httpx.AsyncClient, pond: Pond) -> None:
    await say(person, "/start")
    await press(person, "1.0")
    await press(person, "2.1+")
    await press(person, "2.done", mark=["2.0", "2.2"])
    assert pond.said == ["/start", "1.0", "2.1+", "2.0+", "2.1-", "2.2+", "2.done"]


async def test_a_mark_that_stands_already_is_shown_checked_and_without_its_sign(person: httpx.AsyncClient) -> None:
    await say(person, "/start")
    await press(person, "1.0")
    answer = await press(person, "2.1+")
    assert '<label><input type="checkbox" name="mark" value="2.1" checked> Belly</label>' in answer.text


async def test_skip_beside_checkboxes_sends_no_marks(person: httpx.AsyncClient, pond: Pond) -> None:
    await say(person, "/start")
    await press(person, "1.0")
    await press(person, "2.skip", mark=["2.0"])
    assert pond.said[-1] == "2.skip"
    assert len(pond.said) == 3


async def test_done_for_an_ask_that_is_not_open_is_passed_on_alone(person: httpx.AsyncClient, pond: Pond) -> None:
    await say(person, "/start")
    await press(person, "9.done", mark=["9.0"])
    assert pond.said == ["/start", "9.done"]


async def test_typed_words_stand_in_the_conversation(person: httpx.AsyncClient) -> None:
    await until_words_are_awaited(person)
    answer = await say(person, "It rained.\r\nAll day.")
    assert '<p class="said" dir="auto">It rained.<br>All day.</p>' in answer.text


async def test_nothing_typed_is_no_utterance(person: httpx.AsyncClient, pond: Pond) -> None:
    await say(person, " \n ")
    assert pond.arrivals == []


async def test_words_lose_nul_at_the_door(person: httpx.AsyncClient, pond: Pond) -> None:
    await say(person, "a\x00b")
    assert pond.said == ["ab"]


async def test_a_form_sent_twice_counts_once(person: httpx.AsyncClient, pond: Pond) -> None:
    token = token_of(await person.get("/chat"))
    for _ in range(2):
        await say(person, "hello", token=token)
    assert pond.said == ["hello"]


async def test_the_same_words_from_a_newer_page_count_again(person: httpx.AsyncClient, pond: Pond) -> None:
    for _ in range(2):
        await say(person, "hello", token=token_of(await person.get("/chat")))
    assert pond.said == ["hello", "hello"]


async def test_too_much_at_once_is_refused_in_words(person: httpx.AsyncClient, pond: Pond) -> None:
    answer = await person.post("/chat", data={"text": "x" * 70_000})
    assert (answer.status_code, "smaller parts" in answer.text, pond.arrivals) == (413, True, [])


async def test_4096_emoji_arrive_whole(person: httpx.AsyncClient, pond: Pond) -> None:
    await say(person, "🌳" * 4096)
    assert pond.said == ["🌳" * 4096]


# pieces of the page


async def test_htmx_gets_the_conversation_alone_with_a_fresh_box(person: httpx.AsyncClient) -> None:
    answer = await person.post("/chat", data={"text": "/start"}, headers=HTMX)
    assert ("<html" in answer.text, answer.text.count('id="words-form"')) == (False, 1)


async def test_a_look_of_htmx_leaves_box_and_focus_alone(person: httpx.AsyncClient) -> None:
    await say(person, "/start")
    answer = await person.get("/chat", headers=HTMX)
    assert ("words-form" in answer.text, "autofocus" in answer.text) == (False, False)


async def test_the_focus_goes_to_the_newest_ask(person: httpx.AsyncClient) -> None:
    answer = await say(person, "/start")
    (focused,) = re.findall(r"<(\w+) id=\"(\w+)\"[^>]*autofocus", answer.text)
    assert "How are you?" in answer.text.partition(f'id="{focused[1]}"')[2].partition("</li>")[0]


async def test_the_focus_goes_to_the_box_where_words_are_awaited(person: httpx.AsyncClient) -> None:
    answer = await until_words_are_awaited(person)
    assert re.findall(r"<(\w+) id=\"\w+\"[^>]*autofocus", answer.text) == ["textarea"]


async def test_timed_words_are_waited_for_and_come(person: httpx.AsyncClient, pond: Pond) -> None:
    await until_words_are_awaited(person)
    answer = await person.post("/chat", data={"text": "rain"}, headers=HTMX)
    assert ("Breathe in." in answer.text, "load delay:400ms" in answer.text) == (False, True)
    pond.now = lambda: START.replace(second=1)
    answer = await person.get("/chat", headers=HTMX)
    assert ("Breathe out." in answer.text, "load delay:200ms" in answer.text) == (True, True)


async def test_without_javascript_a_timed_list_comes_at_once(person: httpx.AsyncClient) -> None:
    await until_words_are_awaited(person)
    answer = await say(person, "rain")
    assert "Breathe in.<br>Breathe out." in answer.text


async def test_without_javascript_there_is_a_link_to_what_waits(person: httpx.AsyncClient, pond: Pond) -> None:
    await say(person, "/start")
    pond.say(pond.arrivals[0].address, Reply("say", "Later.", after=60))
    assert '<noscript><p id="more"><a href="/chat">Go on</a></p></noscript>' in (await person.get("/chat")).text


async def test_somebody_whose_page_was_emptied_can_hear_the_question_again(
    person: httpx.AsyncClient, pond: Pond
) -> None:
    await say(person, "/start")
    pond.lines.clear()
    assert 'name="text" value="repeat"' in (await person.get("/chat")).text


# bad input


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_are_inert_wherever_they_come_back(person: httpx.AsyncClient, text: str) -> None:
    await until_words_are_awaited(person)
    answer = await say(person, text)
    assert not re.search(r"<(script>|img|svg|style|a href='j|form action=//|b on|template|hx-)", answer.text)


@pytest.mark.parametrize("text", HOSTILE)
async def test_markup_in_a_message_is_reduced_to_bold_and_italic(
    person: httpx.AsyncClient, pond: Pond, text: str
) -> None:
    await say(person, "/start")
    pond.say(pond.arrivals[0].address, Reply("say", text))
    answer = await person.get("/chat")
    assert not re.search(r"<(script>|img|svg|style|a href='j|form action=//|b on|template|hx-)", answer.text)


async def test_while_the_store_is_away_help_comes_all_the_same(person: httpx.AsyncClient, pond: Pond) -> None:
    pond.away = True
    answer = await person.post("/chat", data={"text": "help me"})
    assert (answer.status_code, "<b>Call 000.</b>" in answer.text) == (503, True)


async def test_a_form_from_another_site_is_refused(person: httpx.AsyncClient, pond: Pond) -> None:
    answer = await person.post("/chat", data={"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, pond.arrivals) == (403, [])


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"{HOME}0"])
async def test_an_old_browser_on_another_site_is_refused(person: httpx.AsyncClient, origin: str) -> None:
    answer = await person.post("/chat", data={"text": "x"}, headers={"Origin": origin})
    assert answer.status_code == 403


async def test_a_foreign_name_that_points_here_reads_nothing(person: httpx.AsyncClient) -> None:
    answer = await person.get("/chat", headers={"Host": "evil.example:8765"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/chat", "/static/willow.css", "/nowhere"])
async def test_every_answer_has_the_strict_headers(person: httpx.AsyncClient, path: str) -> None:
    headers = (await person.get(path)).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert (headers["referrer-policy"], headers["x-content-type-options"]) == ("no-referrer", "nosniff")


async def test_a_page_is_never_kept_by_the_browser(person: httpx.AsyncClient) -> None:
    assert (await person.get("/chat")).headers["cache-control"] == "no-store"


async def test_no_page_holds_script_or_style_of_its_own(person: httpx.AsyncClient) -> None:
    answer = await say(person, "/start")
    assert not re.search(r"<style|<script(?! src=)| style=| on\w+=|hx-on", answer.text)


async def test_a_page_that_is_not_there_says_so_and_how_to_get_help(person: httpx.AsyncClient) -> None:
    answer = await person.get("/nowhere")
    assert (answer.status_code, "your local emergency number" in answer.text) == (404, True)


async def test_what_others_wrote_is_unchanged_and_named(root: Path) -> None:
    folder = root / "bot/web/static"
    (row,) = re.findall(r"\| `(\S+)` \|.*\| `(\w{64})` \|", (folder / "VENDORED.md").read_text())
    assert hashlib.sha256((folder / row[0]).read_bytes()).hexdigest() == row[1]


# folding


def test_a_closing_aimed_at_one_copy_leaves_the_others_open() -> None:
    key = ((Button("Yes", "1.0"),),)
    copies = [Line(START, 1, row, "ask", "Well?", key, 1, open=True) for row in (7, 8)]
    talk = fold([*copies, Line(START, 2, 9, "close", "", ask=1, target="7")])
    assert [bubble.keyboard is None for bubble in talk.bubbles] == [True, False]


def test_an_edit_changes_the_newest_copy_only() -> None:
    key = ((Button("Yes", "1.0"),),)
    copies = [Line(START, 1, row, "ask", "Well?", key, 1, open=True) for row in (7, 8)]
    talk = fold([*copies, Line(START, 2, 9, "edit", "Well now?", key, 1)])
    assert [bubble.words[0].text for bubble in talk.bubbles] == ["Well?", "Well now?"]


def test_words_that_may_not_be_kept_are_shown_as_long_as_the_process_remembers_them() -> None:
    line = Line(START, 1, -1, "typed", "", message="a")
    remembered, forgotten = fold([line], {"a": "yes"}), fold([line])
    assert [talk.bubbles[0].words[0].text for talk in (remembered, forgotten)] == [
        "yes",
        "(your words; they are not kept)",
    ]


def test_what_the_start_button_types_is_nothing_that_somebody_said() -> None:
    assert fold([Line(START, 1, -1, "typed", "", message="a")], {"a": "/start"}).bubbles == ()


def test_under_an_apology_sos_still_counts_and_takes_no_focus_from_it() -> None:
    asked = Line(START, 1, 1, "ask", "Well?", ((Button("Yes", "1.0"),),), 1, open=True)
    apology = Line(START, 2, 2, "ask", "Something went wrong.", ((Button("SOS", "sos"),),), 2)
    talk = fold([asked, apology])
    assert [bubble.id for bubble in talk.bubbles if bubble.keyboard] == ["m1", "m2"]
    assert (talk.newest and talk.newest.id, talk.awaits_words) == ("m2", False)


def test_an_ask_that_can_no_longer_be_answered_has_no_buttons() -> None:
    asked = Line(START, 1, 1, "ask", "Well?", ((Button("Yes", "1.0"),),), 1, open=False)
    assert fold([asked]).bubbles[0].keyboard is None
