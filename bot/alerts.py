"""Alerts on their way to the on-call team: to the first, then by the clock to the second, then to all admins.

Everything follows from rows that are committed before anything is sent: a kill loses nothing, and a line may come
twice. What became of an alert is told to the person by a turn of their own.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Mapping

import structlog

from bot.alert_words import line_buttons, line_text
from bot.channels import Arrival, Channel, Message, Outcome
from bot.reminders import door
from bot.store import alert_lines, alerts, on_call, people
from bot.store.alert_lines import Line
from bot.store.alerts import Standing
from bot.store.failures import StoreProblem
from bot.store.store import Connection, Store
from flows.clinic import ORDERS, Clinic
from flows.turn import TriggerKind, Utterance

LONGEST = 10.0  # seconds without a look at the rows: commands write them too
RETRY = 2.0  # seconds, while the store is away
TIDY = dt.timedelta(hours=6)
TRIGGERS: dict[str, TriggerKind] = {"seen": "alert_seen", "unseen": "alert_unseen"}

log = structlog.get_logger("bot.alerts")


class Watch:
    """The loop that tells whoever is next. It sleeps until something is due or `wake` is called."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        take: Callable[[Arrival], Awaitable[None]],
        clock: Callable[[], dt.datetime],
        clinic: Clinic,
        pushing: Collection[str],
    ) -> None:
        self.store = store
        self.channels = channels
        self.take = take
        self.clock = clock
        self.clinic = clinic
        self.pushing = pushing
        self._changed = asyncio.Event()
        self._tidied = dt.datetime.min.replace(tzinfo=dt.UTC)

    def wake(self) -> None:
        """Rows have changed, or the clock was moved."""
        self._changed.set()

    async def run(self) -> None:
        """For ever; ends by cancellation."""
        begun = False
        while True:
            self._changed.clear()
            try:
                begun = begun or await self._begin()
                pause = 0.0 if await self.ring() else await self._until_next()
            except StoreProblem:
                pause = RETRY
            except Exception as error:  # noqa: BLE001 - whatever it is, the next alert must still leave
                log.error("alerts_failed", failure=type(error).__name__)
                pause = RETRY
            if pause:
                await self._sleep(pause)

    async def _begin(self) -> bool:
        """Free what an earlier life was about to send."""
        now = self.clock()
        await self.store.run(lambda connection: alert_lines.release(connection, now))
        return True

    async def ring(self) -> int:
        """Do all that is due once: how much that was."""
        advanced = await self.store.run(self._advance)
        now = self.clock()
        lines = await self.store.run(lambda connection: alert_lines.claim(connection, self.store.vault, now))
        await asyncio.gather(*(self._send(line) for line in lines))
        tells = await self.store.run(alerts.to_tell)
        for standing in tells:
            await self._tell(standing)
        return advanced + len(lines) + len(tells)

    async def trouble(self) -> str:
        """For /readyz: empty, or which on-call chats cannot be reached."""
        try:
            chats = await self.store.run(on_call.chats)
        except StoreProblem:
            return ""  # said by the check of the database
        troubled = [chat.name for chat in chats if chat.trouble and chat.name in self._names()]
        return f"Alerts do not reach these on-call chats: {', '.join(troubled)}." if troubled else ""

    def _advance(self, connection: Connection) -> int:
        now = self.clock()
        if now - self._tidied > TIDY:
            alerts.tidy(connection, now - dt.timedelta(days=self.clinic.alerts_days))
            self._tidied = now
        there = {chat.name for chat in on_call.chats(connection)}
        waves = [there.intersection(self.clinic.names(order)) for order in ORDERS]
        return alerts.advance(connection, waves, self.clinic.escalation_minutes, now)

    async def _send(self, line: Line) -> None:
        """One line, sent or edited; whatever became of it is written down."""
        outcome = await self._outcome(line)
        now = self.clock()
        lost = await self.store.run(lambda connection: alert_lines.settle(connection, line, outcome, now))
        if lost:
            log.error("alert_undelivered", chat=line.chat, alert=line.alert, reason=outcome.reason)

    async def _outcome(self, line: Line) -> Outcome:
        channel = self.channels.get(line.channel)
        if channel is None:
            return Outcome("wait", seconds=LONGEST, reason="no such channel here")
        message = Message(
            row=0,
            participant="",
            channel=line.channel,
            address=line.address,
            kind="edit" if line.reference else "say",
            text=line_text(line, self.clinic),
            buttons=line_buttons(line),
            target=line.reference,
            priority="safety",
            attempts=line.attempts,
        )
        try:
            return await channel.deliver(message)
        except Exception as error:  # noqa: BLE001 - one broken line stops no other
            log.error("channel_failed", alert=line.alert, failure=type(error).__name__)
            return Outcome("unknown", reason=type(error).__name__)

    async def _tell(self, standing: Standing) -> None:
        """The person hears of it in a turn; a second one for the same is known by its name and changes nothing."""
        vault, whose = self.store.vault, standing.participant
        where = await self.store.run(lambda connection: people.addresses(connection, vault, [whose]))
        if whose in where:
            subject = (standing.who_at or standing.at).isoformat()
            utterance = Utterance(at=self.clock(), trigger=TRIGGERS[standing.tell], subject=subject)
            update = f"alert-{standing.id}-{standing.tell}-{standing.cycle}"
            await self.take(Arrival(*door(where[whose], self.pushing), update, utterance))
        now = self.clock()
        await self.store.run(lambda connection: alerts.told(connection, standing, now))

    def _names(self) -> set[str]:
        return {duty.name for duty in self.clinic.on_call}

    async def _until_next(self) -> float:
        moments = [await self.store.run(alerts.next_due), await self.store.run(alert_lines.next_due)]
        seconds = [(at - self.clock()).total_seconds() for at in moments if at is not None]
        return min([LONGEST, *(max(each, 0.05) for each in seconds)])

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return
