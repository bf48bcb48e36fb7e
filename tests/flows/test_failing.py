"""Whatever breaks inside, somebody in danger is noticed by the frozen core, and the turn says that it had to be."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import msgspec
import pytest

from flows import Library, Utterance, apologise
from flows.core import CORE
from flows.library import load_library
from flows.ngrams import Model, Weights
from flows.record import SafetyState
from flows.safety import screen
from flows.signals import Signals
from flows.turn import Alert
from tests.flows.test_alerts import NOW, agreed, person, talk

SOUND = Path(__file__).resolve().parents[1] / "broken" / "sound"
DANGER = "I want to kill myself"
replace = msgspec.structs.replace


def broken(library: Library) -> Library:
    """Rules that raise at every text."""
    return replace(library, signals=Signals((None,), "broken"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "tier"), [(DANGER, "urgent"), ("the bus was late", "none")])
def test_rules_that_raise_leave_the_decision_to_the_core_and_are_named(text: str, tier: str, shipped: Library) -> None:
    signal = screen(text, "en", broken(shipped).signals)
    assert (signal.tier, signal.failed, signal.ruleset) == (tier, "AttributeError", CORE.ruleset)


def test_a_person_in_danger_gets_help_first_though_the_rules_raise(shipped: Library) -> None:
    talking = talk(shipped)
    talking.library = broken(talking.library)
    turn = talking.say(DANGER)
    assert (turn.safety_step, turn.failed) == ("N3", "")
    assert "999" in " ".join(reply.text for reply in turn.replies)


def test_a_model_that_raises_leaves_the_decision_to_the_core(shipped: Library) -> None:
    model = Model(Weights(b"", 1.0, 0.0), {}, 0.0, "hash")
    signal = screen("the bus was late", "en", replace(shipped.signals, model=model))
    assert (signal.tier, signal.failed) == ("none", "IndexError")


def test_while_a_rule_file_is_lacking_the_core_screens_beside_the_rest(tmp_path: Path) -> None:
    shutil.copytree(SOUND, tmp_path, dirs_exist_ok=True)
    (tmp_path / "safety" / "signals.en.yaml").write_text("language: en\nrules: [", encoding="utf-8")
    library, _ = load_library(tmp_path)
    assert library is not None
    signal = screen(DANGER, "en", library.signals)
    assert (library.signals.lacking, signal.tier, signal.categories) == (
        ("safety/signals.en.yaml",),
        "urgent",
        ("suicide",),
    )


def test_the_core_stands_in_for_the_language_that_is_lacking_and_for_no_other(shipped: Library) -> None:
    text = "I don't want to die"  # the core knows no negation
    signals = [replace(shipped.signals, unread=unread) for unread in ((), ("ru",), ("en",))]
    assert [screen(text, "en", each).tier for each in signals] == ["none", "none", "urgent"]


def test_without_any_rules_the_core_decides() -> None:
    assert screen(DANGER, "en", Signals()).tier == "urgent"


def test_whole_rules_need_no_core_beside_them(shipped: Library) -> None:
    assert [name for name in shipped.signals.lacking if name.endswith((".en.yaml", ".json"))] == []


def test_weights_that_do_not_belong_to_their_description_are_left_out_and_named(tmp_path: Path) -> None:
    shutil.copytree(SOUND, tmp_path, dirs_exist_ok=True)
    (tmp_path / "safety" / "model.json").write_text("{}", encoding="utf-8")
    (tmp_path / "safety" / "model.weights").write_bytes(b"spoilt")
    library, problems = load_library(tmp_path)
    assert library is not None
    assert (library.signals.model, library.signals.lacking, [each.code for each in problems]) == (
        None,
        ("safety/model.json", "safety/signals.en.yaml"),  # the small library has no rules either
        ["W910"],
    )


def apology(library: Library, text: str, **safety: object) -> tuple[str, Alert | None, str]:
    record = replace(agreed(person()), safety=SafetyState(**safety))  # type: ignore[arg-type]
    turn = apologise(library, record, Utterance(NOW, text=text), NOW, 1, "KeyError")
    return turn.safety_step, turn.alert, " ".join(reply.text for reply in turn.replies)


def test_danger_in_a_turn_that_failed_reaches_the_on_call_team(shipped: Library) -> None:
    library = talk(shipped).library
    step, alert, said = apology(library, DANGER)
    assert (step, alert) == ("N3", Alert("N3", "suicide", NOW))
    assert "Samaritans" in said


def test_a_turn_that_failed_over_anything_else_tells_nobody(shipped: Library) -> None:
    assert apology(talk(shipped).library, "the bus was late")[:2] == ("", None)


def test_after_such_an_apology_the_next_words_of_the_kind_are_asked_about(shipped: Library) -> None:
    talking = talk(shipped)
    talking.heard(apologise(talking.library, talking.record, Utterance(NOW, text=DANGER), NOW, 1, "KeyError"))
    assert talking.say(DANGER).safety_step == "N3"


def test_the_apology_names_the_lines_for_what_was_asked_about(shipped: Library) -> None:
    asked = {"asked_at": NOW - dt.timedelta(hours=1), "asked_tier": "urgent", "asked_category": "violence"}
    said = apology(talk(shipped).library, "7", **asked)[2]
    assert said.startswith("Domestic Abuse Helpline")


def test_help_and_stop_count_in_every_language_of_the_core(shipped: Library) -> None:
    readings = {word: talk(shipped).say(word).reading for word in ("ayuda", "помогите", "मदद", "النجدة", "basta")}
    assert readings == {"ayuda": "sos", "помогите": "sos", "मदद": "sos", "النجدة": "sos", "basta": "stop"}
