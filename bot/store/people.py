"""Participants as a tick meets them: found by their address, locked, their record opened; and saved again.

A person met for the first time gets a random id, a key and an empty record in the same transaction.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, update

from bot.store import dialects
from bot.store.failures import RecordMoved, RecordTooLarge
from bot.store.tables import identities, keys, participants, records
from bot.store.vault import Key, Vault, place
from flows.record import FULL_BYTES, Record

Address = tuple[str, str]  # channel, and the channel's address of the person
Newcomer = Callable[[str, Address], Record]  # id, address -> an empty record

FIND = select(identities.c.lookup, identities.c.participant).where(
    identities.c.lookup.in_(bindparam("lookups", expanding=True))
)
HOLD = dialects.locked(
    select(participants.c.id).where(participants.c.id.in_(bindparam("ids", expanding=True))).order_by(participants.c.id)
)
LOAD = (
    select(records.c.participant, records.c.version, records.c.sealed, keys.c.wrapped)
    .join(keys, keys.c.participant == records.c.participant)
    .where(records.c.participant.in_(bindparam("ids", expanding=True)))
    .order_by(records.c.participant)
)
SAVE = (
    update(records)
    .where(records.c.participant == bindparam("who"), records.c.version == bindparam("before"))
    .values(version=bindparam("after"), sealed=bindparam("document"))
)
REACH = update(participants).where(participants.c.id == bindparam("who")).values(reachable=bindparam("can"))
ANY_KEY = select(keys.c.participant, keys.c.wrapped).limit(1)
ADDRESSES = select(identities.c.participant, identities.c.channel, identities.c.sealed).where(
    identities.c.participant.in_(bindparam("ids", expanding=True))
)

decode = msgspec.json.Decoder(Record).decode
encode = msgspec.json.Encoder().encode


class Person(msgspec.Struct, frozen=True):
    """A participant in a tick: held, and as saved last. `version` is the number of the turn saved last."""

    id: str
    key: Key
    record: Record
    version: int
    address: Address


def meet(
    connection: Connection, vault: Vault, whom: Sequence[Address], newcomer: Newcomer, now: dt.datetime
) -> list[Person]:
    """The people behind these addresses, in id order; those held by another worker are left out."""
    lookups = {vault.lookup(*address): address for address in whom}
    known = _find(connection, lookups)
    strangers = {lookup: address for lookup, address in lookups.items() if lookup not in known}
    if strangers:
        _welcome(connection, vault, strangers, newcomer, now)
        known |= _find(connection, strangers)
    whose: dict[str, Address] = {}
    for lookup, address in lookups.items():
        whose.setdefault(known[lookup], address)
    return _open(connection, vault, whose)


def save(connection: Connection, vault: Vault, people: Iterable[tuple[Person, Record, bytes]]) -> None:
    """Save records and their documents, one version on. Raises RecordMoved if one is not as it was loaded."""
    rows = [_saved(vault, *each) for each in people]
    if dialects.many(connection, SAVE, rows) != len(rows):
        raise RecordMoved


def document(record: Record) -> bytes:
    """The record as JSON. Raises RecordTooLarge over 64 KiB."""
    plain = encode(record)
    if len(plain) > FULL_BYTES:
        raise RecordTooLarge
    return plain


def reach(connection: Connection, reachable: Mapping[str, bool]) -> None:
    """Note who can be reached and who cannot."""
    dialects.many(connection, REACH, [{"who": who, "can": can} for who, can in reachable.items()])


def recognise(connection: Connection, vault: Vault) -> None:
    """Open one stored key. Raises WrongMasterKey if this is not the key that the database was begun with."""
    for who, wrapped in connection.execute(ANY_KEY):
        vault.open_key(who, wrapped)


def find(connection: Connection, vault: Vault, address: Address) -> str | None:
    """The participant behind an address; None for a stranger. Opens nothing."""
    return next(iter(_find(connection, [vault.lookup(*address)]).values()), None)


def count(connection: Connection) -> int:
    """How many participants there are."""
    return connection.scalar(select(func.count()).select_from(participants)) or 0


def addresses(connection: Connection, vault: Vault, ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Where these participants can be written to: participant -> channel -> address."""
    found: dict[str, dict[str, str]] = {}
    for who, channel, sealed in connection.execute(ADDRESSES, {"ids": list(ids)}):
        found.setdefault(who, {})[channel] = vault.unseal_identity(who, channel, sealed)
    return found


def _find(connection: Connection, lookups: Collection[bytes]) -> dict[bytes, str]:
    rows = connection.execute(FIND, {"lookups": list(lookups)})
    return {row.lookup: row.participant for row in rows}


def _open(connection: Connection, vault: Vault, whose: Mapping[str, Address]) -> list[Person]:
    ids = list(whose)
    if dialects.locks_rows(connection):
        ids = list(connection.scalars(HOLD, {"ids": ids}))
    people = []
    for who, version, sealed, wrapped in connection.execute(LOAD, {"ids": ids}):
        key = vault.open_key(who, wrapped)
        record = _record(vault, key, place("records", "sealed", who, version), sealed)
        people.append(Person(who, key, record, version, whose[who]))
    _remove_remains(connection, set(ids) - {person.id for person in people})
    return people


def _record(vault: Vault, key: Key, where: bytes, sealed: bytes) -> Record:
    """The record in a row: the one that this process put there, or what the row says if anybody else did."""
    known: Record | None = vault.remembered(key, where, sealed)
    return known if known is not None else decode(vault.unseal(key, where, sealed))


def _saved(vault: Vault, person: Person, record: Record, plain: bytes) -> dict[str, object]:
    after = person.version + 1
    where = place("records", "sealed", person.id, after)
    sealed = vault.seal(person.key, where, plain)
    vault.remember(person.key, where, sealed, record)
    return {"who": person.id, "before": person.version, "after": after, "document": sealed}


def _remove_remains(connection: Connection, erased: Collection[str]) -> None:
    """Somebody held who has no key any more was erased: what is left of them goes, and they can begin anew."""
    if erased:
        connection.execute(delete(participants).where(participants.c.id.in_(list(erased))))


def _welcome(
    connection: Connection, vault: Vault, strangers: Mapping[bytes, Address], newcomer: Newcomer, now: dt.datetime
) -> None:
    """First contact. If another worker met the same person a moment ago, theirs stays and ours is taken back."""
    ids = {lookup: secrets.token_urlsafe(12) for lookup in strangers}
    fresh = [{"id": who, "created": now, "reachable": True} for who in ids.values()]
    dialects.many(connection, dialects.into(participants), fresh)
    rows = []
    for lookup, who in ids.items():
        channel, address = strangers[lookup]
        sealed = vault.seal_identity(who, channel, address)
        rows.append({"participant": who, "channel": channel, "lookup": lookup, "sealed": sealed})
    dialects.many(connection, dialects.insert_new(identities, connection.dialect.name), rows)
    ours = {lookup: who for lookup, who in _find(connection, strangers).items() if who == ids[lookup]}
    beaten = [who for who in ids.values() if who not in ours.values()]
    if beaten:
        connection.execute(delete(participants).where(participants.c.id.in_(beaten)))
    _first_records(connection, vault, {who: newcomer(who, strangers[lookup]) for lookup, who in ours.items()})


def _first_records(connection: Connection, vault: Vault, empty: Mapping[str, Record]) -> None:
    wrapped, sealed = [], []
    for who, record in empty.items():
        key, closed = vault.new_key(who)
        wrapped.append({"participant": who, "wrapped": closed})
        plain = vault.seal(key, place("records", "sealed", who, 0), document(record))
        sealed.append({"participant": who, "version": 0, "sealed": plain})
    dialects.many(connection, dialects.into(keys), wrapped)
    dialects.many(connection, dialects.into(records), sealed)
