"""The clinic's on-call chats: registered by a code that works once, and found by their address.

Nobody in them is a participant. Addresses are sealed under the master key, like those of participants.
"""

from __future__ import annotations

import datetime as dt
import secrets

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from bot.store import alerts as rows
from bot.store import dialects
from bot.store.alert_tables import alert_lines, on_call_chats, on_call_codes
from bot.store.vault import Vault

VALID = dt.timedelta(hours=24)
CODE = 8  # letters: 39 bits, and a day to guess them
KIND = "on_call"


class Chat(msgspec.Struct, frozen=True):
    """A registered chat. `trouble` says why its last line did not go; empty when it did, or none was sent yet."""

    name: str
    channel: str
    registered: dt.datetime
    trouble: str


def new_code(connection: Connection, vault: Vault, name: str, now: dt.datetime) -> str:
    """A code that registers a chat under this name, once, within 24 hours. Only its hash is kept."""
    code = "".join(secrets.choice(rows.LETTERS) for _ in range(CODE))
    connection.execute(delete(on_call_codes).where(on_call_codes.c.expires < now - VALID))
    row = {"hash": _hash(vault, code), "name": name, "expires": now + VALID, "used": None}
    connection.execute(insert(on_call_codes), row)
    return f"{code[:4]}-{code[4:]}"


def register(connection: Connection, vault: Vault, code: str, channel: str, address: str, now: dt.datetime) -> str:
    """The name under which this code registers the chat; empty if it is wrong, too old or was used elsewhere."""
    known = select(on_call_codes.c.hash, on_call_codes.c.name, on_call_codes.c.expires, on_call_codes.c.used)
    found = connection.execute(known.where(on_call_codes.c.hash == _hash(vault, code)).with_for_update()).first()
    if found is None or found.expires < now:
        return ""
    if found.used is not None:  # the same message once more after a crash: the chat is there already
        return found.name if found.name in names_at(connection, vault, channel, address) else ""
    connection.execute(update(on_call_codes).where(on_call_codes.c.hash == found.hash).values(used=now))
    row = {"name": found.name, "registered": now, "trouble": "", **_place(vault, found.name, channel, address)}
    connection.execute(dialects.upsert(on_call_chats, connection.dialect.name), row)
    return str(found.name)


def waits_for_code(connection: Connection, now: dt.datetime) -> bool:
    """Whether somebody may be about to register a chat."""
    waiting = (on_call_codes.c.used.is_(None), on_call_codes.c.expires >= now)
    return connection.execute(select(on_call_codes.c.name).where(*waiting).limit(1)).first() is not None


def names_at(connection: Connection, vault: Vault, channel: str, address: str) -> set[str]:
    """The names under which the chat at this address is registered."""
    here = on_call_chats.c.lookup == vault.lookup(KIND, f"{channel} {address}")
    return set(connection.scalars(select(on_call_chats.c.name).where(here)))


def chats(connection: Connection) -> list[Chat]:
    """All registered chats, by name."""
    columns = (on_call_chats.c[name] for name in Chat.__struct_fields__)
    return [Chat(*row) for row in connection.execute(select(*columns).order_by(on_call_chats.c.name))]


def remove(connection: Connection, name: str, now: dt.datetime) -> bool:
    """Take a chat off: nothing more is sent to it; what had not left goes to the next. False if there is none."""
    gone = connection.execute(delete(on_call_chats).where(on_call_chats.c.name == name)).rowcount
    unsent = (alert_lines.c.chat == name, alert_lines.c.status == "unsent")
    waiting = connection.execute(select(alert_lines.c.participant, alert_lines.c.alert).where(*unsent)).all()
    connection.execute(update(alert_lines).where(*unsent).values(status="failed"))
    for whose, alert in waiting:
        rows.hurry(connection, whose, alert, now)
    return bool(gone)


def move(connection: Connection, vault: Vault, channel: str, old: str, new: str) -> None:
    """A group has a new address."""
    for name in names_at(connection, vault, channel, old):
        moved = update(on_call_chats).where(on_call_chats.c.name == name)
        connection.execute(moved.values(**_place(vault, name, channel, new)))


def note_trouble(connection: Connection, name: str, trouble: str) -> None:
    """Why the last line did not go; empty when it did."""
    connection.execute(update(on_call_chats).where(on_call_chats.c.name == name).values(trouble=trouble[:40]))


def opened(vault: Vault, name: str, sealed: bytes) -> str:
    """The address of a chat."""
    return vault.unseal_identity(name, KIND, sealed)


def _hash(vault: Vault, code: str) -> bytes:
    return vault.lookup("on_call_code", code.upper().replace("-", ""))


def _place(vault: Vault, name: str, channel: str, address: str) -> dict[str, object]:
    lookup, sealed = vault.lookup(KIND, f"{channel} {address}"), vault.seal_identity(name, KIND, address)
    return {"channel": channel, "lookup": lookup, "sealed": sealed}
