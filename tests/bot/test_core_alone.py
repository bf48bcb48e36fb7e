"""Without content everybody is answered with help, once per update, and nobody is forgotten while Telegram is busy."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.channels import Arrival, Message, Outcome
from bot.core_alone import CoreAlone, NotSaid
from flows.turn import Reply, Utterance

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


class Door:
    """A channel that remembers what it was given, and whose answer can be set."""

    name = "telegram"
    pushes = True

    def __init__(self) -> None:
        self.given: list[Message] = []
        self.outcome = Outcome("sent", reference="1")

    async def deliver(self, message: Message) -> Outcome:
        self.given.append(message)
        return self.outcome

    async def typing(self, address: str) -> None:
        """Nothing to show."""


def help_for(country: str | None, language: str) -> tuple[Reply, ...]:
    return (Reply("say", f"help for {country} in {language}".removesuffix(" in "), priority="safety"),)


def arrival(number: int = 1, **said: object) -> Arrival:
    press = "p1" if "press" in said else ""
    return Arrival("telegram", "5", str(number), Utterance(at=NOW, **said), press=press)  # type: ignore[arg-type]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def core(door: Door) -> CoreAlone:
    return CoreAlone(door, help_for)


async def test_whatever_is_said_is_answered_with_help(core: CoreAlone, door: Door) -> None:
    await core.take(arrival(text="hello"))
    assert [(message.kind, message.text, message.priority) for message in door.given] == [
        ("say", "help for None", "safety")
    ]


async def test_the_same_update_is_answered_once(core: CoreAlone, door: Door) -> None:
    await core.take(arrival(text="hello"))
    await core.take(arrival(text="hello"))
    assert len(door.given) == 1


async def test_a_country_that_was_chosen_is_kept_and_the_press_acknowledged(core: CoreAlone, door: Door) -> None:
    await core.take(arrival(1, press="country.NL"))
    await core.take(arrival(2, text="hello"))
    assert [(message.kind, message.target, message.text) for message in door.given] == [
        ("acknowledge", "p1", ""),
        ("say", "", "help for NL"),
        ("say", "", "help for NL"),
    ]


async def test_an_update_that_could_not_be_answered_comes_again(core: CoreAlone, door: Door) -> None:
    door.outcome = Outcome("wait", seconds=1)
    with pytest.raises(NotSaid):
        await core.take(arrival(text="hello"))
    door.outcome = Outcome("sent")
    await core.take(arrival(text="hello"))
    assert len(door.given) == 2


async def test_blocking_needs_no_answer(core: CoreAlone, door: Door) -> None:
    await core.take(arrival(trigger="blocked"))
    assert door.given == []


async def test_help_is_said_in_the_language_that_the_channel_hints_at(core: CoreAlone, door: Door) -> None:
    await core.take(arrival(text="hola", language="es"))
    assert [message.text for message in door.given] == ["help for None in es"]
