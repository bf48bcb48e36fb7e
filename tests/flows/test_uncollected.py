"""The garbage collector rests while much is loaded, and works again afterwards, whatever happened."""

from __future__ import annotations

import gc

import pytest

from flows.uncollected import uncollected


def test_it_rests_during_the_work_and_is_as_before_afterwards() -> None:
    assert (gc.isenabled(), uncollected(gc.isenabled)(), gc.isenabled()) == (True, False, True)


def test_it_works_again_after_a_failure() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        uncollected(lambda: int("not a number"))()
    assert gc.isenabled()


def test_what_was_off_stays_off() -> None:
    gc.disable()
    try:
        uncollected(list)()
        assert not gc.isenabled()
    finally:
        gc.enable()
