"""kill -9 of the real service, again and again, while people chat: nothing lost, nothing done twice.

Kills fall at random moments, starts included. A message may be seen twice, once per person who was being sent one.
"""

from __future__ import annotations

import asyncio
import bisect
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.service import Service
from tests.fake_telegram import FakeTelegram

KILLS = 40
PEOPLE = range(1, 9)
SEED = 20261125
AT_WORK = 0.8  # of the kills fall when it is at work for sure, the others perhaps in its start
CONNECTING = 2  # calls that are no answer to anybody
AGAIN = "message is not modified"  # an edit or closing that was repeated: harmless
LONGEST_LIFE = 0.6  # seconds until the kill
AWAY = 60.0  # seconds until everything has settled after the last kill

pytestmark = pytest.mark.long


class Person:
    """Writes or taps, waits until Telegram has got rid of it, and goes on."""

    def __init__(self, telegram: FakeTelegram, number: int, chance: random.Random) -> None:
        self.telegram = telegram
        self.number = number
        self.chance = chance
        self.acts = 0
        self.stopping = False

    async def chat(self) -> None:
        """Until `stopping`; each act waits for the one before to be confirmed."""
        self.act("/start")
        while not self.stopping:
            await self.telegram.wait_for(self.is_confirmed, within=AWAY)
            await asyncio.sleep(self.chance.random() * 0.05)
            self.act(self.chance.choice(["yes", "3", "It was a long day", "back"]))

    def is_confirmed(self) -> bool:
        return self.telegram.updates_of[self.number] not in self.telegram.inbox.pending

    def act(self, words: str) -> None:
        buttons = [button for m in self.telegram.to(self.number)[-1:] for button in m.buttons]
        if buttons and self.chance.random() < 0.8:
            update = self.telegram.press(self.number, self.chance.choice(buttons)["callback_data"])
        else:
            update = self.telegram.say(self.number, words)
        self.telegram.updates_of[self.number] = update["update_id"]
        self.acts += 1


class Chats(FakeTelegram):
    """A fake Telegram that remembers each person's newest update."""

    def __init__(self) -> None:
        super().__init__()
        self.updates_of: dict[int, int] = {}


async def kills(service: Service, telegram: Chats, chance: random.Random) -> dict[int, list[int]]:
    """Kill and start again; for each kill, how many messages each person had by then."""
    seen: dict[int, list[int]] = {person: [] for person in PEOPLE}
    for _ in range(KILLS):
        calls = len(telegram.calls)
        await service.start()
        if chance.random() < AT_WORK:
            await telegram.wait_for(lambda calls=calls: len(telegram.calls) > calls + CONNECTING, within=AWAY)  # type: ignore[misc]
        await asyncio.sleep(chance.random() * LONGEST_LIFE)
        await service.kill()
        for person in PEOPLE:
            seen[person].append(len(telegram.to(person)))
    return seen


def twice(telegram: FakeTelegram, service: Service, lives: dict[int, list[int]]) -> Counter[tuple[int, int]]:
    """Messages that no row of the outbox knows, as the kill fell between send and mark: by person and life."""
    known = {reference for (reference,) in service.rows("SELECT reference FROM outbox")}
    return Counter(
        (person, bisect.bisect(lives[person], place))
        for person in PEOPLE
        for place, message in enumerate(telegram.to(person))
        if str(message.number) not in known
    )


async def test_forty_kills_lose_nothing_and_repeat_no_step(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    async with Chats() as telegram:
        service = Service(tmp_path, telegram)
        people = [Person(telegram, number, random.Random(SEED + number)) for number in PEOPLE]
        chats = [asyncio.ensure_future(person.chat()) for person in people]
        lives = await kills(service, telegram, chance)
        await service.start()
        for person in people:
            person.stopping = True
        await asyncio.gather(*chats)
        await service.quiet(within=AWAY)
        assert await service.stop() == 0

        acts = sum(person.acts for person in people)
        taken = service.rows("SELECT count(*) FROM updates WHERE channel = 'telegram' AND name GLOB '[0-9]*'")[0][0]
        turns = service.rows("SELECT count(*) FROM turns WHERE channel = 'telegram'")[0][0]
        holes = service.rows("SELECT participant FROM turns GROUP BY participant HAVING max(number) != count(*)")
        said = service.rows("SELECT count(*) FROM outbox WHERE kind IN ('say', 'ask') AND status = 'sent'")[0][0]
        dead = service.rows("SELECT count(*) FROM outbox WHERE status = 'dead' AND kind IN ('say', 'ask')")[0][0]
        failed = service.rows("SELECT count(*) FROM failures")[0][0]
        repeated = twice(telegram, service, lives)
        print(f"seed {SEED}: {KILLS} kills, {acts} acts, {turns} turns, {said} messages, {repeated.total()} seen twice")

        assert (acts - taken, turns - taken, holes, dead, failed) == (0, 0, [], 0, 0)
        assert len(telegram.sent) - said == repeated.total()
        assert max(repeated.values(), default=0) <= 1
        assert [call for call in telegram.refused if AGAIN not in call.refusal] == []
        assert telegram.unanswered == []
