"""The terminal: what is typed becomes an utterance, what is said is printed, and time passes when it is told to."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import os
from collections.abc import AsyncIterator

import pytest

from bot.channels import Arrival, Message
from bot.channels.terminal import Talk, TalkClock, TerminalChannel, clock_from
from bot.channels.terminal.clock import NoTime
from bot.channels.terminal.typing import typed_lines
from flows.turn import Button, Reply
from tests.bot.channels.small_talk import STALE, START, Conversation


class Screen(io.StringIO):
    """Output that is, or is not, a terminal."""

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


class Room:
    """Behind the terminal: a conversation, and reminders at given times."""

    def __init__(self, screen: Screen, *, live: bool = False) -> None:
        self.channel = TerminalChannel(screen, live=live)
        self.clock = TalkClock(START)
        self.arrivals: list[Arrival] = []
        self.due: list[dt.datetime] = []
        self.rung: list[dt.datetime] = []
        self._talk = Conversation()
        self.talk = Talk(self.channel, self.take, self.settled, self.clock, self.next_due, self.ring)

    async def take(self, arrival: Arrival) -> None:
        self.arrivals.append(arrival)
        for reply in self._talk.replies(arrival.utterance):
            await self.say(reply)

    async def say(self, reply: Reply) -> None:
        shown = Message(1, "p", "terminal", "here", reply.kind, reply.text, reply.buttons, reply.ask)
        await self.channel.deliver(shown)

    async def settled(self) -> None:
        return

    async def next_due(self) -> dt.datetime | None:
        return min(self.due, default=None)

    async def ring(self) -> int:
        now = self.clock()
        fallen = [moment for moment in self.due if moment <= now]
        self.due = [moment for moment in self.due if moment > now]
        self.rung += [now] * len(fallen)
        return len(fallen)

    @property
    def said(self) -> list[str]:
        return [arrival.utterance.text or arrival.utterance.press or "" for arrival in self.arrivals]


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def room(screen: Screen) -> Room:
    return Room(screen)


async def lines(*typed: str) -> AsyncIterator[str]:
    for line in typed:
        yield line


async def test_a_whole_piped_talk_prints_like_this(room: Room, screen: Screen) -> None:
    await room.talk.run(lines("1", "1, 3", ":press 1", "that is all", "It <rained>", "done"))
    assert screen.getvalue() == (
        "        :later 20m (6h, 3d, 1w) lets time pass, :press N taps a button,\n"
        "        :quit ends. All else is said to Willow.\n"
        "willow  Hello. I am Willow, a programme & a coach.\n"
        "willow  How are you?\n"
        "        1) Calm   2) Tense   [SOS]\n"
        "you     1\n"
        "        (You chose: Calm)\n"
        "willow  Where do you feel it?\n"
        "        1) Chest   2) Belly   3) Head   [That is all]   [Skip]\n"
        "you     1, 3\n"
        "willow  Please choose.\n"
        "you     :press 1\n"
        "        1) ✓ Chest   2) Belly   3) Head   [That is all]   [Skip]\n"
        "you     that is all\n"
        "        (You chose: Chest)\n"
        "willow  What happened?\n"
        "        [Skip]\n"
        "you     It <rained>\n"
        "willow  You wrote: It <rained>\n"
        "willow  Breathe in.\n"
        "        Breathe out.\n"
        "willow  Say when you are done.\n"
        "        [Done]\n"
        "you     done\n"
        "        (You chose: Done)\n"
        "willow  Thank you. Until tomorrow.\n"
    )


async def test_a_number_taps_an_option_by_its_ask_and_place(room: Room) -> None:
    await room.talk.run(lines("2"))
    assert room.said == ["/start", "1.1"]


async def test_a_number_is_left_to_the_engine_where_several_can_be_chosen(room: Room) -> None:
    await room.talk.run(lines("1", "2"))
    assert room.said == ["/start", "1.0", "2"]


async def test_a_number_is_left_to_the_engine_on_a_scale(room: Room) -> None:
    scale = tuple(Button(str(value), f"7.{value}") for value in range(11))
    await room.say(Reply("ask", "How much?", ask=7, buttons=(scale,)))
    await room.talk._do("3")
    assert room.said == ["3"]


async def test_a_number_is_not_a_tap_where_no_option_has_one(room: Room) -> None:
    await room.say(Reply("ask", "How many hours?", ask=7, buttons=((Button("Skip", "7.skip"),),)))
    await room.talk._do("1")
    assert room.said == ["1"]


async def test_a_label_without_a_number_taps_its_button(room: Room) -> None:
    await room.talk.run(lines("sos"))
    assert room.said == ["/start", "sos"]


async def test_a_stale_press_can_be_tried(room: Room, screen: Screen) -> None:
    await room.talk.run(lines("1", ":press 1.1"))
    assert screen.getvalue().endswith(f"        ({STALE})\n")


async def test_a_button_that_is_not_there_is_told(room: Room, screen: Screen) -> None:
    await room.talk.run(lines(":press 9"))
    assert (room.said, "There is no button with that number now." in screen.getvalue()) == (["/start"], True)


async def test_quit_ends_before_the_rest(room: Room) -> None:
    await room.talk.run(lines(":quit", "hello"))
    assert room.said == ["/start"]


async def test_an_unknown_colon_word_is_answered_with_the_commands(room: Room, screen: Screen) -> None:
    await room.talk.run(lines(":what"))
    assert (room.said, screen.getvalue().count(":quit ends")) == (["/start"], 2)


async def test_later_stops_at_everything_that_falls_due_on_the_way(room: Room, screen: Screen) -> None:
    hours = [START + dt.timedelta(hours=hour) for hour in (30, 10, 80)]
    room.due = list(hours)
    await room.talk.run(lines(":later 3d"))
    assert (room.rung, room.clock()) == ([hours[1], hours[0]], START + dt.timedelta(days=3))


@pytest.mark.parametrize("span", ["", "3", "x", "-1d", "3 months"])
async def test_later_without_a_time_changes_nothing_and_says_how(room: Room, screen: Screen, span: str) -> None:
    await room.talk.run(lines(f":later {span}"))
    assert (room.clock(), ":later needs a time" in screen.getvalue()) == (START, True)


async def test_a_reminder_that_stays_due_does_not_hold_up_time(room: Room) -> None:
    async def none_rung() -> int:
        return 0

    room.due, room.talk.ring = [START], none_rung
    await asyncio.wait_for(room.talk.run(lines(":later 1d")), 5)
    assert room.clock() == START + dt.timedelta(days=1)


async def test_piped_a_timed_list_comes_at_once(room: Room) -> None:
    await room.talk.run(lines("hello"))
    assert not any(arrival.utterance.pushes for arrival in room.arrivals)


async def test_at_a_terminal_what_stood_at_the_prompt_makes_way_and_comes_again() -> None:
    room = Room(Screen(terminal=True), live=True)
    room.channel.prompt()
    await room.say(Reply("say", "Breathe <b>in</b>."))
    shown = "you     \r\x1b[K\x1b[32mwillow  \x1b[0mBreathe \x1b[1min\x1b[0m.\nyou     "
    assert room.channel.out.getvalue() == shown  # type: ignore[attr-defined]


async def test_no_colours_where_the_output_is_no_terminal(room: Room, screen: Screen) -> None:
    await room.talk.run(lines("1"))
    assert "\x1b" not in screen.getvalue()


async def test_no_message_steers_the_terminal(room: Room, screen: Screen) -> None:
    await room.say(Reply("say", "\x1b[2Jgone \u202eback &#27;[31mred"))
    assert screen.getvalue() == "willow  [2Jgone back [31mred\n"


async def test_lines_come_whole_out_of_a_pipe_the_last_one_without_its_end_too() -> None:
    reading, writing = os.pipe()
    os.write(writing, "1\nWie schön, 🌳\r\nlast".encode())
    os.close(writing)
    assert [line async for line in typed_lines(reading)] == ["1", "Wie schön, 🌳\r", "last"]


def test_the_clock_stands_still_unless_it_runs_and_never_goes_back() -> None:
    clock = TalkClock(START)
    clock.move_to(START - dt.timedelta(days=1))
    assert clock() == START


def test_a_time_without_an_offset_is_utc() -> None:
    assert (clock_from("2026-03-02T09:00"), clock_from("2026-03-02T10:00+01:00")) == (START, START)


def test_a_clock_that_is_no_time_is_refused_with_an_example() -> None:
    with pytest.raises(NoTime):
        clock_from("tomorrow")
