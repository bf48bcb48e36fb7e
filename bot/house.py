"""The house that every door opens on: the path of a turn, put together over one store and one library.

Nothing here knows which doors there are; `app.py` adds them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.running import end
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.alerts import Watch
    from bot.channels import Channel
    from bot.delivery import Delivery
    from bot.reminders import Reminders
    from bot.screening import ScreeningWatch
    from bot.store.store import Store
    from bot.turns import Turns
    from flows.library import Library

GOODBYE = 10.0  # seconds that sends in flight are given at a stop

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
    screening: ScreeningWatch
    watch: Watch | None = None  # only with a clinic


def compose(
    settings: Settings, store: Store, library: Library, *, pushing: Collection[str] = (), clock: Clock = now
) -> House:
    """Build the path of a turn over this store and content, in a new life. `pushing`: who can send unasked."""
    from bot.delivery import Delivery
    from bot.exchange import Engine
    from bot.reminders import Reminders
    from bot.screening import ScreeningWatch
    from bot.turns import Turns
    from flows import apologise, begin, respond
    from flows.help_now import help_now

    store.begin_life(clock())
    channels: dict[str, Channel] = {}
    delivery = Delivery(store, channels, clock, settings.pace)
    turns = Turns(store, Engine(library, respond, begin, apologise), delivery, clock, help_now)
    clinic = library.clinic
    kept = {"decisions_days": clinic.decisions_days} if clinic is not None else {}
    reminders = Reminders(store, turns.take, clock, pushing, **kept)
    turns.saved = reminders.wake
    screening = ScreeningWatch(library.signals, clock)
    turns.unscreened = screening.note
    watch = None
    if clinic is not None:
        from bot.alerts import Watch

        watch = Watch(store, channels, turns.take, clock, clinic, pushing)
        turns.alerted = watch.wake
    gc.freeze()  # the content never goes away: looking through it for garbage took over a tenth of each turn
    return House(library, store, channels, delivery, turns, reminders, clock, screening, watch)


@asynccontextmanager
async def lived_in(house: House, *, remind: bool = True) -> AsyncIterator[House]:
    """Deliver, remind and alert as long as the block lasts; then send what is being sent, and end the life in order."""
    from bot.store.failures import StoreProblem

    work = [asyncio.ensure_future(house.delivery.run())]
    if remind:
        work.append(asyncio.ensure_future(house.reminders.run()))
    if house.watch is not None:
        work.append(asyncio.ensure_future(house.watch.run()))
    try:
        yield house
    finally:
        await end(work)
        with suppress(TimeoutError):
            await asyncio.wait_for(house.delivery.stop(), GOODBYE)
        with suppress(StoreProblem):  # away: the next life finds an unclean end, and is careful
            house.store.end_life(house.clock())
        house.store.close()
