"""What stands plain in the database, column by column, and that nothing a person said is among it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary

from bot.store.tables import metadata

PLAIN = """
alert_acts.alert alert_acts.at alert_acts.number alert_acts.participant alert_acts.what alert_acts.who
alert_lines.alert alert_lines.attempts alert_lines.chat alert_lines.cycle alert_lines.not_before alert_lines.participant
alert_lines.reference alert_lines.sent_at alert_lines.shown alert_lines.status alert_lines.wave
alerts.at alerts.cycle alerts.id alerts.next_at alerts.participant alerts.revision alerts.said_at alerts.status
alerts.step alerts.tell alerts.turn alerts.wave alerts.who alerts.who_at
answers.at answers.choice answers.number answers.participant answers.place answers.slot answers.state
answers.turn answers.type
attempts.channel attempts.count attempts.name attempts.participant
failures.at failures.channel failures.name failures.participant failures.quarantined failures.what
identities.channel identities.participant
keys.participant
lives.number lives.seen lives.started lives.stopped
on_call_chats.channel on_call_chats.name on_call_chats.registered on_call_chats.trouble
on_call_codes.expires on_call_codes.name on_call_codes.used
outbox.adopted outbox.ask outbox.attempts outbox.channel outbox.id outbox.kind outbox.lasting outbox.life
outbox.not_before outbox.open outbox.participant outbox.priority outbox.reference outbox.sent_at outbox.status
outbox.target outbox.timed outbox.turn
participants.created participants.id participants.reachable
records.participant records.version
reminders.day reminders.due_at reminders.generation reminders.kind reminders.last_day reminders.moved
reminders.participant reminders.purpose reminders.rule reminders.zone
runs.end runs.ended runs.flow runs.kind runs.last runs.participant runs.reached_plan runs.run runs.started
runs.status runs.version
safety.app safety.at safety.failed safety.latency safety.participant safety.ruleset safety.step safety.tier safety.turn
safety_answers.about safety_answers.at safety_answers.participant safety_answers.turn
screened.day screened.language screened.life screened.texts
texts.flow texts.stored texts.version
turns.answered turns.at turns.channel turns.library turns.message turns.number turns.participant turns.reading
turns.seed turns.step turns.steps turns.tier
updates.at updates.channel updates.name updates.participant
"""
SEALED = {
    "alerts.sealed",
    "identities.lookup",  # an HMAC
    "identities.sealed",
    "keys.wrapped",
    "on_call_chats.lookup",  # an HMAC
    "on_call_chats.sealed",
    "on_call_codes.hash",  # an HMAC
    "outbox.sealed",
    "records.sealed",
    "safety.sealed",
    "safety_answers.sealed",
    "texts.body",  # content: the same for everybody
    "turns.sealed",
}
CANARY = "the heron stands in the canal"
HOUSE = Any  # the fixture of conftest.py


def columns(sealed: bool) -> set[str]:
    every = [column for table in metadata.sorted_tables for column in table.columns]
    return {f"{each.table.name}.{each.name}" for each in every if isinstance(each.type, LargeBinary) is sealed}


def test_exactly_these_columns_are_plain() -> None:
    assert columns(sealed=False) == set(PLAIN.split())


def test_exactly_these_columns_are_not() -> None:
    assert columns(sealed=True) == SEALED


def test_a_participant_comes_first_in_the_key_of_every_table_that_tells_of_one() -> None:
    keys = {
        table.name: table.primary_key.columns.keys() for table in metadata.sorted_tables if "participant" in table.c
    }
    assert {name: key[0] for name, key in keys.items()} == dict.fromkeys(keys, "participant")


def test_every_column_says_what_it_holds() -> None:
    obvious = {"participant", "channel", "flow", "slot", "attempts"}
    every = [column for table in metadata.sorted_tables for column in table.columns]
    assert [f"{each.table.name}.{each.name}" for each in every if not each.comment and each.name not in obvious] == []


def files(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())


async def test_nothing_a_person_said_or_is_can_be_found_in_the_files(house: HOUSE, tmp_path: Path) -> None:
    await house.say(CANARY, "boom", CANARY, address="8765432109")
    raw = files(tmp_path)
    assert [word for word in (b"heron", b"8765432109", b"secret_way", b"heard", b"question") if word in raw] == []


async def test_the_search_for_a_canary_can_find_one(house: HOUSE, tmp_path: Path) -> None:
    await house.say(CANARY)
    assert b"library1" in files(tmp_path)


async def test_a_sealed_record_of_one_person_opens_for_nobody_else(house: HOUSE) -> None:
    await house.say("mine", address="1")
    await house.say("yours", address="2")
    with house.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE records SET sealed = (SELECT sealed FROM records r2 WHERE r2.participant != records.participant)"
        )
    await house.turns.take(house.text("who am I?", address="1"))
    await house.delivery.settled()
    assert (house.channel.texts("1")[-1], house.rows("SELECT what, quarantined FROM failures")) == (
        "Help in your country",
        [("Tampered", 1)],
    )
