"""A port is taken before anything else begins, and a taken one is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from bot.listening import Listener
from bot.refusals import Refusal, sentence


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_told_with_its_setting_and_the_cure(taken: int) -> None:
    with pytest.raises(Refusal) as refusal:
        Listener("WILLOW_WEB_LISTEN", f"127.0.0.1:{taken}")
    assert sentence(refusal.value) == (
        f"WILLOW_WEB_LISTEN: the port of 127.0.0.1:{taken} is taken by another program. "
        "Stop it, or choose another port."
    )


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(Refusal, match="is no address of this machine"):
        Listener("WILLOW_WEB_LISTEN", "203.0.113.7:8080")


def test_any_free_port_can_be_asked_for() -> None:
    listener = Listener("WILLOW_WEB_LISTEN", "127.0.0.1:0")
    listener.socket.close()
    assert listener.port > 0
