"""What `willow doctor` says of the clinic: its file, the on-call chats, and whether alerts arrive and are confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from bot.clinic_yaml import clinic_path, read_clinic_yaml
from bot.refusals import Refusal
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.store.alerts import Standing
    from bot.store.on_call import Chat
    from flows.clinic import Clinic

Found = tuple[Literal["well", "look", "wrong"], str]  # how it is, and one sentence


def look_at_clinic(settings: Settings) -> Iterator[Found]:
    """Every finding about clinic.yaml and its alerts."""
    try:
        clinic = read_clinic_yaml(settings)
    except Refusal as refusal:
        yield "wrong", str(refusal)
        return
    if clinic is None:
        yield "well", f"There is no {clinic_path(settings)}: nobody is linked, and no alert ever leaves."
        return
    yield "well", f"clinic.yaml can be read; the clinic is {clinic.name}."
    if settings.database or (settings.home / "willow.db").exists():
        yield from _in_the_database(settings, clinic)


def _in_the_database(settings: Settings, clinic: Clinic) -> Iterator[Found]:
    from bot.database import open_store
    from bot.house import now
    from bot.store import alert_lines, alerts, on_call, people

    try:
        store = open_store(settings)
    except Exception:  # noqa: BLE001 - the look at the database says what it is
        return
    try:
        chats = store.now(on_call.chats)
        open_ = store.now(lambda connection: alerts.listed(connection, store.vault))
        sent, count = store.now(alert_lines.last_sent), store.now(people.count)
    finally:
        store.close()
    yield from _chats(clinic, chats)
    yield from _alerts(clinic, open_, sent, now())
    if clinic.participants and count > clinic.participants:
        yield "look", f"There are {count} participants; clinic.yaml counts on at most {clinic.participants}."


def _chats(clinic: Clinic, chats: list[Chat]) -> Iterator[Found]:
    there = {chat.name: chat for chat in chats}
    missing = [duty.name for duty in clinic.on_call if duty.name not in there]
    if len(missing) == len(clinic.on_call):
        yield "wrong", "No on-call chat is registered, so alerts reach nobody. Run: willow alerts register NAME"
    elif missing:
        yield "look", f"Not registered yet: {', '.join(missing)}. Run: willow alerts register NAME"
    else:
        yield "well", f"All {len(clinic.on_call)} on-call chats are registered."
    for duty in clinic.on_call:
        if (chat := there.get(duty.name)) and chat.trouble:
            yield "wrong", f"The last alert did not reach “{chat.name}”: {chat.trouble}. Register the chat again."


def _alerts(clinic: Clinic, open_: list[Standing], sent: dt.datetime | None, now: dt.datetime) -> Iterator[Found]:
    yield "well", f"The last alert arrived on {sent:%d %b %Y at %H:%M} UTC." if sent else "No alert was sent so far."
    late = now - dt.timedelta(minutes=clinic.escalation_minutes)
    old = [standing for standing in open_ if standing.status == "raised" and standing.said_at < late]
    if old:
        yield "wrong", f"{len(old)} alerts were not confirmed in time. Look at: willow alerts"
