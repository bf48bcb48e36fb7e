"""The house put together: the only file that knows every room. Settings in, a running service out.

`compose` builds what every door needs; `serve`, `demo` and `talk` each open their doors on it. All see to a clean end:
what was taken is committed, what is being sent is sent.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bot.content import needed_library, read_library
from bot.database import open_store
from bot.logs import start_log
from bot.refusals import Refusal
from bot.running import Stop, until_stopped
from bot.settings import Settings, unknown_settings

if TYPE_CHECKING:
    from starlette.routing import Route

    from bot.channels import Channel
    from bot.channels.telegram import ProfileWords, TelegramDoor
    from bot.channels.telegram.intake import Take
    from bot.delivery import Delivery
    from bot.health import Check
    from bot.listening import Listener
    from bot.reminders import Reminders
    from bot.store.store import Store
    from bot.turns import Turns
    from flows.library import Library

GOODBYE = 10.0  # seconds that sends in flight are given at a stop
DEMO_PORT = 8765
DEMO_BANNER = "A demonstration on this machine only. Nobody reads along."
GROUP_WORDS = "Willow talks with one person at a time, so it leaves this group now."  # when no content can say it

log = structlog.get_logger("bot.app")
Clock = Callable[[], dt.datetime]


def now() -> dt.datetime:
    """The clock of the service; UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class House:
    """What every door needs. A door adds its channel to `channels` under its name."""

    library: Library
    store: Store
    channels: dict[str, Channel]
    delivery: Delivery
    turns: Turns
    reminders: Reminders
    clock: Clock


def compose(
    settings: Settings, store: Store, library: Library, *, pushing: Collection[str] = (), clock: Clock = now
) -> House:
    """Build the path of a turn over this store and content, in a new life. `pushing`: who can send unasked."""
    from bot.delivery import Delivery
    from bot.reminders import Reminders
    from bot.tick import Engine
    from bot.turns import Turns
    from flows import apologise, begin, respond
    from flows.help_now import help_now

    store.begin_life(clock())
    channels: dict[str, Channel] = {}
    delivery = Delivery(store, channels, clock, settings.pace)
    turns = Turns(store, Engine(library, respond, begin, apologise), delivery, clock, help_now)
    reminders = Reminders(store, turns.take, clock, pushing)
    turns.saved = reminders.wake
    return House(library, store, channels, delivery, turns, reminders, clock)


@asynccontextmanager
async def lived_in(house: House) -> AsyncIterator[House]:
    """Deliver and remind as long as the block lasts; then send what is being sent, and end the life in order."""
    work = [asyncio.ensure_future(house.delivery.run()), asyncio.ensure_future(house.reminders.run())]
    try:
        yield house
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        with suppress(TimeoutError):
            await asyncio.wait_for(house.delivery.stop(), GOODBYE)
        house.store.end_life(house.clock())
        house.store.close()


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
        ports = _ports(settings, bot, web)
        store = open_store(settings)
        library = read_library(settings, store, now())
        door = _telegram(settings) if bot else None
        async with _answering(settings, store, library, door):
            routes = {settings.webhook_listen: door.routes()} if door else {}
            health = _health(store, library, door) if settings.web_listen else []
            routes[settings.web_listen or ""] = [*routes.get(settings.web_listen or "", []), *health]
            work = [listener.serve(_pages(routes[listen])) for listen, listener in ports.items()]
            if door:
                work.append(door.run(_profile(library)))
            log.info("serving", polling=bool(door and not door.webhook_url), ports=len(ports))
            await until_stopped(stop, *work)
    log.info("stopped")


@contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    from bot.store.lock import ServeLock

    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
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
) -> AsyncIterator[None]:
    """Lead the door to who answers: the house, or, if there is no content, the frozen core alone."""
    if door is None:
        yield
        store.close()
    elif library is None:
        log.error("content_unusable", words="People get the help of the frozen core. To see why, run: willow check")
        door.lead_to(_core_alone(door.channel), now, GROUP_WORDS)
        yield
        await door.close()
        store.close()
    else:
        house = compose(settings, store, library, pushing=[door.channel.name])
        house.channels[door.channel.name] = door.channel
        door.lead_to(house.turns.take, now, _phrase(library, "en", "group"))
        async with lived_in(house):
            yield
        await door.close()


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


def _health(store: Store, library: Library | None, door: TelegramDoor | None) -> list[Route]:
    from bot.health import health_routes

    async def database() -> str:
        there = await store.threaded(store.is_there)
        return "" if there else "The database takes no writes; people get help from memory until it does."

    async def content() -> str:
        return "" if library else "The content cannot be used; people get the help of the frozen core."

    checks: dict[str, Check] = {"database": database, "content": content}
    return health_routes({**checks, "telegram": door.trouble} if door else checks)


def _pages(routes: list[Route]) -> Any:
    from starlette.applications import Starlette

    return Starlette(routes=routes)


def demo(settings: Settings, *, fresh: bool = False, port: int | None = None) -> None:
    """A browser chat on this machine only, kept in a home of its own inside HOME. `fresh` forgets the last one."""
    start_log("WARNING")
    home = settings.home / "demo"
    changes = {"home": home, "database": None, "master_key": None, "master_key_file": None}
    asyncio.run(_demo(settings.model_copy(update=changes), fresh, port))


async def _demo(settings: Settings, fresh: bool, port: int | None) -> None:
    from bot.channels.browser import NAME, BrowserChannel, Chat
    from bot.store.pulls import pulling
    from bot.web.cross import LOOPBACK
    from bot.web.pages import site

    stop = Stop()
    stop.listen()
    with _locked(settings):
        listener = _demo_port(port)
        if fresh:
            _forget(settings)
        store = open_store(settings)
        house = compose(settings, store, needed_library(settings, store, now()))
        house.channels[NAME] = BrowserChannel()
        async with lived_in(house):
            chat = Chat(house.channels[NAME], house.turns.take, pulling(store, NAME, now), now, DEMO_BANNER)
            print(f"Willow is at http://127.0.0.1:{listener.port}{chat.path} (Ctrl-C ends it)", flush=True)
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
