"""When no content can be read: everybody is answered with the help of the frozen core, and nothing is remembered.

No store and no engine stand behind this. Each update is answered once in this service's life and then confirmed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from bot.channels import Arrival, Channel, Message
from flows.turn import Reply

K = TypeVar("K")
V = TypeVar("V")
HelpFromMemory = Callable[[str | None, str], tuple[Reply, ...]]  # country, language
REMEMBERED = 10_000  # update ids, and people's countries
COUNTRY = "country."  # what a press on a country's button carries


class NotSaid(Exception):
    """The channel cannot send at the moment; the update must come again."""


class CoreAlone:
    """Stands where the turns stand; `help_now` gives the help for a country, or lets the person choose one.

    It speaks the language that the channel hints at, as far as the core does.
    """

    def __init__(self, channel: Channel, help_now: HelpFromMemory) -> None:
        self.channel = channel
        self.help_now = help_now
        self._answered: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._countries: OrderedDict[str, str] = OrderedDict()

    async def take(self, arrival: Arrival) -> None:
        """Say the help. Raises NotSaid if Telegram does not take it now."""
        key = (arrival.address, arrival.update)
        if arrival.utterance.trigger is not None or key in self._answered:
            return
        if (arrival.utterance.press or "").startswith(COUNTRY):
            _keep(self._countries, arrival.address, str(arrival.utterance.press).removeprefix(COUNTRY))
        if arrival.press:
            await self._deliver(arrival, Reply("acknowledge"), arrival.press)
        for reply in self.help_now(self._countries.get(arrival.address), arrival.utterance.language):
            await self._deliver(arrival, reply)
        _keep(self._answered, key, None)

    async def _deliver(self, arrival: Arrival, reply: Reply, target: str = "") -> None:
        message = Message(
            row=0,
            participant="",
            channel=arrival.channel,
            address=arrival.address,
            kind=reply.kind,
            text=reply.text,
            buttons=reply.buttons,
            target=target,
            priority="safety",
        )
        if (await self.channel.deliver(message)).kind == "wait":
            raise NotSaid


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
