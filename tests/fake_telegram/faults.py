"""Trouble on order: what the server does to the next calls of a method instead of answering them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.fake_telegram.rules import Json


@dataclass(frozen=True, slots=True)
class Fault:
    """`done`: the call takes effect first, and only the answer is lost. `seconds`: how long to hang; 0 is for ever."""

    kind: Literal["answer", "reset", "hang"]
    done: bool = False
    status: int = 200
    body: Json | str = ""
    seconds: float = 0.0


def too_many(retry_after: int = 1) -> Fault:
    """429: wait so many seconds."""
    return refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def bad_gateway() -> Fault:
    """502 with a page of HTML, as a proxy before Telegram sends it."""
    return Fault("answer", status=502, body="<html><head><title>502 Bad Gateway</title></head><body></body></html>")


def blocked() -> Fault:
    """403: the person blocked the bot, for this one call."""
    return refusal(403, "Forbidden: bot was blocked by the user")


def refusal(status: int, description: str, **parameters: object) -> Fault:
    """Any refusal in Telegram's shape."""
    body: Json = {"ok": False, "error_code": status, "description": description}
    return Fault("answer", status=status, body={**body, "parameters": parameters} if parameters else body)


def reset_before() -> Fault:
    """The connection breaks and nothing was done."""
    return Fault("reset")


def reset_after() -> Fault:
    """The connection breaks after it was done: the bot cannot know."""
    return Fault("reset", done=True)


def hang(seconds: float = 0.0, *, done: bool = False) -> Fault:
    """No answer, for so many seconds or until the server closes; then the connection breaks."""
    return Fault("hang", done=done, seconds=seconds)


@dataclass(slots=True)
class _Order:
    method: str
    fault: Fault
    times: int
    chat: int | None
    after: int


class Faults:
    """The orders still open, oldest first."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []

    def order(self, method: str, fault: Fault, *, times: int = 1, chat: int | None = None, after: int = 0) -> None:
        """The next `times` calls of `method` ("*": any) meet `fault`; only of `chat`; once `after` went well."""
        self._orders.append(_Order(method.lower(), fault, times, chat, after))

    def take(self, method: str, chat: int) -> Fault | None:
        """The fault that this call meets, used up."""
        for order in self._orders:
            if order.method not in ("*", method.lower()) or order.chat not in (None, chat):
                continue
            if order.after:
                order.after -= 1
                continue
            order.times -= 1
            if not order.times:
                self._orders.remove(order)
            return order.fault
        return None

    @property
    def unmet(self) -> int:
        """How many orders no call has met yet."""
        return len(self._orders)

    def clear(self) -> None:
        self._orders.clear()
