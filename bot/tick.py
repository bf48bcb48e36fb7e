"""A tick: up to 64 people in one transaction, in the database thread. Nothing in here waits for a network.

Load what is needed with one query per table, let each person have their exchange, save everything, commit. What is to
be said goes back to delivery, which starts only after the commit.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence

from bot import posts, reminders
from bot.exchange import Done, Engine, Exchange, Visit, done, exchange
from bot.lines import Waiting
from bot.store import alerts, audit, due, log, outbox, people, updates
from bot.store.due import Reminder
from bot.store.outbox import Copy, Mark
from bot.store.people import Address, Person
from bot.store.store import Connection, Store
from flows.links import tells_on_call
from flows.record import Record

SHARE = 0.020  # seconds that the engine may take in one tick: nobody waits longer for the others

Fronts = Sequence[Sequence[Waiting]]  # per person: what stands first in the line


class Tick:
    """Runs ticks over one store. `counting`: after an unclean start, starts of turns are counted until they end."""

    def __init__(self, store: Store, engine: Engine, clock: Callable[[], dt.datetime]) -> None:
        self.store = store
        self.engine = engine
        self.clock = clock
        self.counting = store.unclean
        self._rows = posts.rows_of(store.life)

    def run(self, fronts: Fronts, marks: Sequence[Mark], sorry: str = "", given_up: bool = False) -> list[Done]:
        """One transaction for all of them: it holds every effect, or none if this raises."""
        now = self.clock()
        with self.store.transaction() as connection:
            outbox.mark(connection, marks)
            exchanges = self._exchanges(self._meet(connection, fronts, now), now, sorry)
            self._save_turns(connection, exchanges, now)
            self._save_outbox(connection, exchanges, now)
            self._save_alerts(connection, exchanges, now)
            reminded = _save_reminders(connection, exchanges, now)
            _save_updates(connection, exchanges, now, given_up)
            if self.counting:
                updates.survived(connection, [each.visit.person.id for each in exchanges])
        return [done(each, each.visit.person.id in reminded) for each in exchanges]

    def count_starts(self, front: Sequence[Waiting]) -> int:
        """How often the turn of this arrival has been started since an unclean start, this time included."""
        now = self.clock()
        with self.store.transaction() as connection:
            starts = [
                updates.try_once_more(connection, update_of(visit.person, waiting))
                for visit in self._meet(connection, [front], now)
                for waiting in visit.front
            ]
        return max(starts, default=0)

    def give_up(self, front: Sequence[Waiting], failure: str) -> None:
        """The last resort, when not even an apology can be saved: the ids count as done, the failure is noted."""
        now = self.clock()
        arrivals = [waiting.arrival for waiting in front]
        with self.store.transaction() as connection:
            who = people.find(connection, self.store.vault, (arrivals[0].channel, arrivals[0].address))
            if who is not None:
                gone = [(who, arrival.channel, arrival.update) for arrival in arrivals]
                updates.note(connection, gone, now)
                updates.failed(connection, gone[-1], failure, now, quarantined=True)

    def _meet(self, connection: Connection, fronts: Fronts, now: dt.datetime) -> list[Visit]:
        lines = {(front[0].arrival.channel, front[0].arrival.address): front for front in fronts}

        def newcomer(who: str, address: Address) -> Record:
            return self.engine.begin(who, lines[address][0].arrival.utterance.language, now)

        met = people.meet(connection, self.store.vault, list(lines), newcomer, now)
        ids = [person.id for person in met]
        came = [(waiting.arrival.channel, waiting.arrival.update) for front in fronts for waiting in front]
        known = updates.known(connection, ids, came)
        copies = outbox.open_asks(connection, ids)
        rows = due.of(connection, ids)
        return [
            _visit(connection, person, lines[person.address], known, copies.get(person.id, ()), rows.get(person.id, ()))
            for person in met
        ]

    def _exchanges(self, visits: list[Visit], now: dt.datetime, sorry: str) -> list[Exchange]:
        """One person after the other, until the tick's share of time is used up; the others stay in line."""
        start = time.perf_counter()
        exchanges: list[Exchange] = []
        for visit in visits:
            if exchanges and time.perf_counter() - start > SHARE:
                break
            exchanges.append(exchange(self.engine, visit, self._rows, now, sorry))
        return exchanges

    def _save_turns(self, connection: Connection, exchanges: list[Exchange], now: dt.datetime) -> None:
        vault = self.store.vault
        people.save(
            connection, vault, [(each.visit.person, each.record, each.document) for each in exchanges if each.turn]
        )
        people.reach(
            connection,
            {
                each.visit.person.id: not each.record.unreachable
                for each in exchanges
                if each.record.unreachable != each.visit.person.record.unreachable
            },
        )
        entries = list(_entries(exchanges))
        log.write(connection, vault, entries, self.engine.library.hash, now)
        audit.write(connection, vault, entries, self.store.life, now)

    def _save_outbox(self, connection: Connection, exchanges: list[Exchange], now: dt.datetime) -> None:
        cancels = {each.visit.person.id: each.number for each in exchanges if each.turn and each.turn.cancels}
        outbox.cancel(connection, cancels, now)
        outbox.supersede(connection, _of(exchanges, lambda each: each.said.superseded), now)
        outbox.shut(connection, _of(exchanges, lambda each: each.said.shut))
        outgoing = [(each.visit.person.key, post) for each in exchanges for post in each.said.posts]
        outbox.write(connection, self.store.vault, self.store.life, outgoing)

    def _save_alerts(self, connection: Connection, exchanges: list[Exchange], now: dt.datetime) -> None:
        """Alerts leave only with the commit of their turn; whoever switches them off stops what has not left."""
        turns = [(each.visit.person, each.turn) for each in exchanges if each.turn is not None]
        off = [person.id for person, turn in turns if tells_on_call(person.record) and not tells_on_call(turn.record)]
        alerts.withdraw(connection, off, now)
        raised = [(person, turn.alert) for person, turn in turns if turn.alert is not None]
        alerts.raise_(connection, self.store.vault, raised, now)


def update_of(person: Person, waiting: Waiting) -> updates.Update:
    """The row that says an arrival is done."""
    return person.id, waiting.arrival.channel, waiting.arrival.update


def _visit(
    connection: Connection,
    person: Person,
    front: Sequence[Waiting],
    known: set[updates.Update],
    copies: Sequence[Copy],
    rows: Sequence[Reminder],
) -> Visit:
    again = [waiting for waiting in front if update_of(person, waiting) in known]
    fresh = [waiting for waiting in front if waiting not in again]
    edited = any(waiting.arrival.replaces for waiting in fresh)
    last = log.last_answered(connection, person.id) if edited else ""
    return Visit(person, fresh, again, copies, rows, last)


def _entries(exchanges: list[Exchange]) -> Iterable[log.Entry]:
    for each in exchanges:
        if each.turn is not None and each.utterance is not None:
            message = each.done[-1].arrival.message
            yield log.Entry(each.visit.person, each.turn, each.utterance, message, each.seed, each.latency)


def _of(exchanges: list[Exchange], rows: Callable[[Exchange], tuple[int, ...]]) -> list[tuple[str, int]]:
    return [(each.visit.person.id, row) for each in exchanges for row in rows(each)]


def _save_reminders(connection: Connection, exchanges: list[Exchange], now: dt.datetime) -> set[str]:
    """The rows follow the record in the same transaction; whose rows changed."""
    changed: list[Reminder] = []
    gone: list[Reminder] = []
    for each in exchanges:
        if each.turn is not None or (each.ruling is not None and each.ruling.row is not None):
            settled = reminders.settle(each.record, each.visit.reminders, each.ruling, now)
            changed += settled.changed
            gone += settled.gone
    due.write(connection, changed)
    due.drop(connection, gone)
    return {row.participant for row in changed}


def _save_updates(connection: Connection, exchanges: list[Exchange], now: dt.datetime, given_up: bool) -> None:
    fresh = [
        update_of(each.visit.person, waiting)
        for each in exchanges
        if each.ruling is None or each.ruling.row is not None  # a firing that came too late may come again
        for waiting in each.done
        if waiting not in each.visit.known
    ]
    updates.note(connection, fresh, now)
    for each in exchanges:
        if each.turn is not None and each.turn.failed:
            update = update_of(each.visit.person, each.done[-1])
            updates.failed(connection, update, each.turn.failed, now, quarantined=given_up)
        elif each.screening:
            update = update_of(each.visit.person, each.done[-1])
            updates.failed(connection, update, f"{updates.SCREENING}{each.screening}", now)
