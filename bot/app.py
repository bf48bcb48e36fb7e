"""The house put together: the only file that knows every room. Settings in, a running service out.

`serve`, `demo` and `talk` each open their doors on a house (`house.py`). All see to a clean end: what was taken is
committed, what is being sent is sent.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import structlog

from bot.clinic_yaml import read_clinic_yaml, write_sample
from bot.content import needed_library, read_library
from bot.database import make_home, open_store
from bot.house import compose, lived_in, now
from bot.logs import start_log
from bot.notices import daily
from bot.refusals import Refusal
from bot.running import Stop, until_stopped
from bot.settings import Settings, unknown_settings

if TYPE_CHECKING:
    from starlette.routing import Route

    from bot.channels import Channel, Desk
    from bot.channels.telegram import ProfileWords, TelegramDoor
    from bot.channels.telegram.intake import Take
    from bot.health import Check
    from bot.house import House
    from bot.listening import Listener
    from bot.store.store import Store
    from flows.library import Library

DEMO_PORT = 8765
DEMO_BANNER = "A demonstration on this machine only. Nobody reads along."
GROUP_WORDS = "Willow talks with one person at a time, so it leaves this group now."  # when no content can say it

log = structlog.get_logger("bot.app")


def serve(settings: Settings, *, bot: bool = True, web: bool = True) -> None:
    """Answer people until told to stop. Raises what an operator must mend, each with its sentence."""
    if bot and not settings.token:
        raise Refusal("WILLOW_TELEGRAM_TOKEN is not set. Get a token from BotFather on Telegram, and set it.")
    if web and not bot and not settings.web_listen:
        raise Refusal("WILLOW_WEB_LISTEN is not set, so there is nothing to serve. Set it to host:port.")
    start_log(settings.log_level, secrets=(settings.token, settings.secret))
    for words in unknown_settings():
        log.warning("unknown_setting", words=words)
    asyncio.run(_serve(settings, bot, web))


async def _serve(settings: Settings, bot: bool, web: bool) -> None:
    stop = Stop()
    stop.listen()
    with _locked(settings):
        write_sample(settings)
        clinic = read_clinic_yaml(settings)
        ports = _ports(settings, bot, web)
        store = open_store(settings)
        library = read_library(settings, store, now(), clinic)
        door = _telegram(settings) if bot else None
        async with _answering(settings, store, library, door) as house:
            routes = {settings.webhook_listen: door.routes()} if door else {}
            health = _health(store, library, door, house) if settings.web_listen else []
            routes[settings.web_listen or ""] = [*routes.get(settings.web_listen or "", []), *health]
            work = [listener.serve(_pages(routes[listen])) for listen, listener in ports.items()]
            if door:
                work.append(door.run(_profile(library)))
            if house:
                work.append(daily(house.library.helplines, now))
            log.info("serving", polling=bool(door and not door.webhook_url), ports=len(ports))
            await until_stopped(stop, *work)
    log.info("stopped")


@contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    from bot.store.lock import ServeLock

    make_home(settings)
    lock = ServeLock(settings.home)
    lock.take()
    try:
        yield
    finally:
        lock.release()


def _ports(settings: Settings, bot: bool, web: bool) -> dict[str, Listener]:
    """Every address that is served, taken; the webhook and the pages may share one."""
    from bot.listening import Listener

    ports: dict[str, Listener] = {}
    if web and settings.web_listen:
        ports[settings.web_listen] = Listener("WILLOW_WEB_LISTEN", settings.web_listen)
    if bot and settings.webhook_url and settings.webhook_listen not in ports:
        ports[settings.webhook_listen] = Listener("WILLOW_WEBHOOK_LISTEN", settings.webhook_listen)
    return ports


def _telegram(settings: Settings) -> TelegramDoor:
    from bot.channels.telegram import TelegramDoor

    return TelegramDoor(
        settings.token,
        settings.telegram_api,
        settings.telegram_files,
        webhook_url=settings.webhook_url or "",
        secret=settings.secret,
    )


@asynccontextmanager
async def _answering(
    settings: Settings, store: Store, library: Library | None, door: TelegramDoor | None
) -> AsyncIterator[House | None]:
    """Lead the door to who answers: the house, or, if there is no content, the frozen core alone."""
    house: House | None = None
    async with AsyncExitStack() as ends:
        ends.callback(store.close)
        if door is not None:
            ends.push_async_callback(door.close)
        if door is not None and library is not None:
            house = compose(settings, store, library, pushing=[door.channel.name])
            house.channels[door.channel.name] = door.channel
            door.lead_to(house.turns.take, now, _phrase(library, "en", "group"), _desk(house))
            await ends.enter_async_context(lived_in(house))
        elif door is not None:
            log.error("content_unusable", words="People get the help of the frozen core. To see why, run: willow check")
            door.lead_to(_core_alone(door.channel), now, GROUP_WORDS)
        yield house


def _desk(house: House) -> Desk | None:
    """Where the clinic's on-call chats are dealt with; None without a clinic."""
    from bot.desk import Desk

    if house.watch is None or house.library.clinic is None:
        return None
    return Desk(house.store, house.channels, now, house.library.clinic, house.watch.wake)


def _core_alone(channel: Channel) -> Take:
    from bot.core_alone import CoreAlone
    from flows.help_now import help_now

    return CoreAlone(channel, help_now).take


def _profile(library: Library | None) -> Mapping[str, ProfileWords]:
    """What people see before they press Start, in every language on offer; nothing is changed without content."""
    from bot.channels.telegram import ProfileWords

    return {
        language: ProfileWords(
            name="Willow",
            description=_phrase(library, language, "telegram_description"),
            short_description=_phrase(library, language, "telegram_short_description"),
            commands=tuple(library.phrases_in(language).descriptions.items()),
        )
        for language in (library.languages if library else ())
        if library
    }


def _phrase(library: Library, language: str, key: str) -> str:
    return library.phrases_in(language).phrases[key].variants[0].plain(lambda _: None)


def _health(store: Store, library: Library | None, door: TelegramDoor | None, house: House | None) -> list[Route]:
    from bot.health import health_routes

    async def database() -> str:
        there = await store.threaded(store.is_there)
        return "" if there else "The database takes no writes; people get help from memory until it does."

    async def content() -> str:
        return "" if library else "The content cannot be used; people get the help of the frozen core."

    checks: dict[str, Check] = {"database": database, "content": content}
    if door is not None:
        checks["telegram"] = door.trouble
    if house is not None:
        checks["screening"] = house.screening.trouble
    if house is not None and house.watch is not None:
        checks["alerts"] = house.watch.trouble
    return health_routes(checks)


def _pages(routes: list[Route]) -> Any:
    from starlette.applications import Starlette

    return Starlette(routes=routes)


def demo(settings: Settings, *, fresh: bool = False, port: int | None = None) -> None:
    """A browser chat on this machine only, kept in a home of its own inside HOME. `fresh` forgets the last one."""
    start_log("WARNING")
    asyncio.run(_demo(_at_home(settings, settings.home / "demo"), fresh, port))


def _at_home(settings: Settings, home: Path) -> Settings:
    """The same settings with another home, and the database and the key in it."""
    return settings.model_copy(update={"home": home, "database": None, "master_key": None, "master_key_file": None})


async def _demo(settings: Settings, fresh: bool, port: int | None) -> None:
    from bot.channels.browser import BrowserChannel, Chat
    from bot.store.pulls import pulling
    from bot.web.cross import LOOPBACK
    from bot.web.pages import site

    stop = Stop()
    stop.listen()
    with _locked(settings):
        listener = _demo_port(port)  # who is faster than we are waits in its queue
        print(f"Willow is at http://127.0.0.1:{listener.port}/chat (Ctrl-C ends it)", flush=True)
        if fresh:
            _forget(settings)
        store = open_store(settings)
        house = compose(settings, store, needed_library(settings, store, now()))
        channel = BrowserChannel()
        house.channels[channel.name] = channel
        async with lived_in(house):
            chat = Chat(channel, house.turns.take, pulling(store, channel.name, now), now, DEMO_BANNER)
            await until_stopped(stop, listener.serve(site(chat.routes(), LOOPBACK)))


def _demo_port(port: int | None) -> Listener:
    """The port asked for; else the usual one, and if that is taken any that is free."""
    from bot.listening import Listener

    if port is not None:
        return Listener("--port", f"127.0.0.1:{port}")
    try:
        return Listener("--port", f"127.0.0.1:{DEMO_PORT}")
    except Refusal:
        return Listener("--port", "127.0.0.1:0")


def _forget(settings: Settings) -> None:
    """Everything that the last demo kept; the lock stays, it is ours."""
    for name in ("willow.db", "willow.db-wal", "willow.db-shm", "master.key"):
        (settings.home / name).unlink(missing_ok=True)


def talk(settings: Settings, *, clock: str = "") -> None:
    """A conversation in this terminal, in a home that is gone afterwards. Piped, time stands still between lines."""
    start_log("ERROR")
    with TemporaryDirectory(prefix="willow-talk-") as folder:
        asyncio.run(_talk(_at_home(settings, Path(folder)), clock))


async def _talk(settings: Settings, clock: str) -> None:
    from bot.channels.terminal import Talk, TalkClock, TerminalChannel, clock_from
    from bot.channels.terminal.typing import typed_lines
    from bot.store import due

    live = sys.stdin.isatty() and sys.stdout.isatty()
    time = TalkClock(clock_from(clock) if clock else now(), running=live)
    channel = TerminalChannel(live=live)
    store = open_store(settings)
    paced = settings if live else settings.model_copy(update={"pace": 0.0})
    pushing = [channel.name] if live else []
    house = compose(paced, store, needed_library(settings, store, time()), pushing=pushing, clock=time)
    house.channels[channel.name] = channel
    stop = Stop()
    stop.listen()

    async def converse() -> None:
        ring = house.reminders.ring
        talk = Talk(channel, house.turns.take, house.delivery.settled, time, lambda: store.run(due.next_due), ring)
        await talk.run(typed_lines(sys.stdin.fileno()))
        stop.asked.set()

    async with lived_in(house, remind=live):
        await until_stopped(stop, converse())
