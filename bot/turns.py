"""The path of a turn: take the utterance, load the record, respond, save the turn, deliver the replies.

`take` returns when everything that the arrival causes is committed, or was committed before. Only then may a channel
confirm it. People stand side by side, one person in order; up to 64 of them share a tick (`tick.py`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Sequence

import structlog

from bot.channels import Arrival, Message
from bot.delivery import Delivery
from bot.exchange import Done, Engine
from bot.lines import Address, Lines, Waiting
from bot.store.failures import StoreAway, StoreProblem
from bot.store.store import Store
from bot.tick import Tick
from flows.turn import Reply, Utterance

PEOPLE = 64  # in one tick
LANDING = 0.5  # seconds a person is held while an ask is being sent to them
HELD = 0.01  # seconds until people whom another worker holds are asked for again
RECENT = 2_000  # people whose country and language are remembered for help without the store
ANSWERED = 10_000  # update ids answered from memory
ATTEMPTS = 3  # starts of one turn after an unclean start; the third is not run
COUNTRY = "country."  # what a press on a country's button carries while the store is away

HelpFromMemory = Callable[[str | None, str], tuple[Reply, ...]]  # country, language
log = structlog.get_logger("bot.turns")


class Turns:
    """One for the whole service. Called after a tick: `saved` when it changed reminders, `alerted` when it raised an
    alert, `unscreened` with the exception when the rules that notice danger failed.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        delivery: Delivery,
        clock: Callable[[], dt.datetime],
        help_from_memory: HelpFromMemory,
    ) -> None:
        self.store = store
        self.delivery = delivery
        self.clock = clock
        self.help_from_memory = help_from_memory
        self.saved: Callable[[], None] = lambda: None
        self.alerted: Callable[[], None] = lambda: None
        self.unscreened: Callable[[str], None] = lambda _: None
        self.lines = Lines()
        self.tick = Tick(store, engine, clock)
        self._working: asyncio.Task[None] | None = None
        self._recent: OrderedDict[Address, tuple[str, str]] = OrderedDict()  # country, language
        self._answered: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        delivery.unreachable = self._blocked

    async def take(self, arrival: Arrival) -> None:
        """Return once every effect is committed or the id is known. Raises StoreAway: then it must not be confirmed."""
        waiting = self.lines.join(arrival)
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        await waiting.done

    async def _work(self) -> None:
        """Tick until nobody waits. No timer: a lone person waits for nobody, a crowd shares."""
        try:
            while self.lines:
                fronts = self.lines.first(1 if self.tick.counting else PEOPLE, self._is_held)
                if fronts:
                    await (self._carefully(fronts[0]) if self.tick.counting else self._exchange(fronts))
                else:
                    await self.delivery.landing(LANDING / 10)
            self.tick.counting = False
        finally:
            self._working = None

    def _is_held(self, waiting: Waiting) -> bool:
        """A text that comes while its question is being sent waits a moment: then it is known what was seen."""
        arrival = waiting.arrival
        if arrival.utterance.text is None or not self.delivery.asks_in_flight(arrival.channel, arrival.address):
            return False
        return asyncio.get_running_loop().time() - waiting.since < LANDING

    async def _exchange(self, fronts: Sequence[list[Waiting]], sorry: str = "", given_up: bool = False) -> None:
        """One tick. If its transaction fails while the database is there, its people are run again one by one."""
        marks = self.delivery.marks.take()
        try:
            done = await self.store.threaded(lambda: self.tick.run(fronts, marks, sorry, given_up))
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            self.delivery.marks.give_back(marks)
            await self._failed(fronts, error, sorry)
        else:
            self.delivery.marks.written(marks)
            await self._settle(done)

    async def _failed(self, fronts: Sequence[list[Waiting]], error: Exception, sorry: str) -> None:
        unclear = type(error) is StoreAway or not isinstance(error, StoreProblem)
        there = unclear and await self.store.threaded(self.store.is_there)
        log.error("tick_failed", people=len(fronts), failure=type(error).__name__, store_is_there=there)
        if not there:
            await self._away(fronts)
        elif len(fronts) > 1:
            for front in fronts:
                await self._exchange([front])
        elif not sorry:
            await self._exchange([fronts[0][:1]], sorry=type(error).__name__, given_up=True)
        else:
            await self._give_up(fronts[0][:1], sorry)

    async def _give_up(self, front: list[Waiting], failure: str) -> None:
        """Not even the apology can be saved: help from memory, and the update counts as done."""
        try:
            await self.store.threaded(lambda: self.tick.give_up(front, failure))
        except StoreProblem:
            await self._away([front])
            return
        except Exception as error:  # noqa: BLE001 - there is nothing left to try
            log.error("give_up_failed", failure=type(error).__name__)
        self.lines.leave(front)
        for waiting in front:
            await self._answer_from_memory(waiting.arrival)
            waiting.settle()

    async def _settle(self, done: Sequence[Done]) -> None:
        """The tick is committed: deliver the replies, and let those go on who wait for the commit."""
        if not done:
            await asyncio.sleep(HELD)
        for each in done:
            self.delivery.cancel(each.participant, each.cancelled_before, each.superseded)
            self.delivery.put(each.posts)
            self._remember(each)
            if each.screening:
                self.unscreened(each.screening)
            self.lines.leave(each.waiting)
            for waiting in each.waiting:
                waiting.settle()
        if any(each.reminded for each in done):
            self.saved()
        if any(each.alerted for each in done):
            self.alerted()

    async def _carefully(self, front: list[Waiting]) -> None:
        """After an unclean start: alone, its starts counted, and given up at the third."""
        try:
            starts = await self.store.threaded(lambda: self.tick.count_starts(front[:1]))
        except Exception as error:  # noqa: BLE001 - as above
            await self._failed([front[:1]], error, sorry="")
            return
        sorry = "Quarantined" if starts >= ATTEMPTS else ""
        await self._exchange([front[:1]], sorry, given_up=bool(sorry))

    async def _away(self, fronts: Sequence[list[Waiting]]) -> None:
        """The store is away: each arrival is answered once from memory, and left unconfirmed."""
        gone = [waiting for front in fronts for waiting in front]
        self.lines.leave(gone)
        await asyncio.gather(*(self._answer_from_memory(waiting.arrival) for waiting in gone))
        for waiting in gone:
            waiting.settle(StoreAway())

    async def _answer_from_memory(self, arrival: Arrival) -> None:
        """Help, unless this update has had it or nobody typed it."""
        update = (arrival.channel, arrival.address, arrival.update)
        if arrival.utterance.trigger is not None or update in self._answered:
            return
        address, press = (arrival.channel, arrival.address), arrival.utterance.press or ""
        country, language = self._recent.get(address, ("", arrival.utterance.language))
        if press.startswith(COUNTRY):
            country = press.removeprefix(COUNTRY)
            self._recent[address] = country, language
        try:
            replies = self.help_from_memory(country or None, language)
            if await self.delivery.say_without_row(arrival, replies):
                self._answered[update] = None
        except Exception as error:  # noqa: BLE001 - whoever waits for this arrival must go on
            log.error("help_from_memory_failed", failure=type(error).__name__)
        if len(self._answered) > ANSWERED:
            self._answered.popitem(last=False)

    def _remember(self, done: Done) -> None:
        """The countries and languages of recent people, for help without the store."""
        arrival = done.waiting[-1].arrival
        address = (arrival.channel, arrival.address)
        if done.country:
            self._recent[address] = done.country, done.language
            self._recent.move_to_end(address)
            if len(self._recent) > RECENT:
                self._recent.popitem(last=False)

    async def _blocked(self, message: Message) -> None:
        """The channel says that this person cannot be reached: the record learns of it like of anything else."""
        utterance = Utterance(at=self.clock(), trigger="blocked")
        await self.take(Arrival(message.channel, message.address, f"blocked-{message.row}", utterance))
