"""Who is told of danger: only with a clinic, only while the person agrees, and nothing but step, kind and time."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from flows import Library, Utterance, begin, respond
from flows.alias import BIRDS, COLOURS, alias_of
from flows.clinic import Clinic, Duty
from flows.library import with_clinic
from flows.links import alert_told, alerts_on, switched, tells_on_call
from flows.record import LINKS, ON_CALL, SCOPES, Consent, Link, Profile, Record, SafetyState, SignalMark
from flows.turn import Alert, Turn
from tests.flows.talk import Talk

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
CLINIC = Clinic("Riverside Clinic", "555 0100", "Ask.", "UTC", (Duty("duty desk", "first"),), always=True)
replace = msgspec.structs.replace


def agreed(record: Record, name: str = CLINIC.name) -> Record:
    """The same record with the on-call team let in."""
    return replace(record, links=(Link(ON_CALL, name, ("safety",), NOW, "en", "v1"),))


def person() -> Record:
    consent = Consent(True, "v", "en", NOW)
    profile = Profile(country="GB", zone="Europe/London", adult="yes")
    return replace(begin("p1", "en", NOW), profile=profile, consents={"processing": consent}, last_utterance=NOW)


def talk(library: Library, clinic: Clinic | None = CLINIC, on: bool = True) -> Talk:
    record = agreed(person()) if on else person()
    return Talk(with_clinic(library, clinic), record, NOW)


@pytest.mark.parametrize(
    ("words", "step"), [("I want to kill myself", "N3"), ("I am going to kill myself tonight", "N4")]
)
def test_a_step_from_help_on_raises_an_alert(shipped: Library, words: str, step: str) -> None:
    assert talk(shipped).say(words).alert == Alert(step, "suicide", NOW)


def test_a_direct_question_raises_none(shipped: Library) -> None:
    turn = talk(shipped).say("I wish I was dead")
    assert (turn.safety_step, turn.alert) == ("N2", None)


def test_a_direct_question_raises_one_where_the_clinic_wants_it(shipped: Library) -> None:
    turn = talk(shipped, replace(CLINIC, alert_from="N2")).say("I wish I was dead")
    assert turn.alert is not None
    assert turn.alert.step == "N2"


def test_an_answer_to_the_question_raises_one(shipped: Library) -> None:
    asked = talk(shipped)
    asked.say("I wish I was dead")
    turn = asked.tap("Yes, but not now")
    assert turn.alert is not None
    assert (turn.alert.step, turn.alert.category) == ("N3", "suicide")


def test_without_the_consent_there_is_none(shipped: Library) -> None:
    assert talk(shipped, on=False).say("I want to kill myself").alert is None


def test_without_a_clinic_there_is_none(shipped: Library) -> None:
    assert talk(shipped, clinic=None).say("I want to kill myself").alert is None


def test_a_consent_holds_for_the_clinic_that_was_named(shipped: Library) -> None:
    assert talk(shipped, replace(CLINIC, name="Hill Clinic")).say("I want to kill myself").alert is None


def test_an_ordinary_answer_raises_none(shipped: Library) -> None:
    assert talk(shipped).say("menu").alert is None


def test_an_alert_holds_no_words(shipped: Library) -> None:
    alert = talk(shipped).say("I want to kill myself, says the heron").alert
    assert b"heron" not in msgspec.json.encode(alert)


def test_a_consent_taken_back_takes_the_links_with_it(shipped: Library) -> None:
    leaving = talk(shipped)
    for step in ("settings", "What is saved", "What is saved", "Take my yes back", "Yes, take it back"):
        leaving.say(step)
    assert (leaving.record.consents["processing"].given, leaving.record.links) == (False, ())


@pytest.mark.parametrize(
    ("clinic", "record", "told"),
    [
        (None, person(), "none"),
        (CLINIC, person(), "off"),
        (CLINIC, agreed(person()), "none"),
        (CLINIC, replace(agreed(person()), safety=SafetyState(alerted_at=NOW)), "raised"),
        (CLINIC, replace(person(), safety=SafetyState(alerted_at=NOW)), "off"),
        (CLINIC, replace(agreed(person()), safety=SafetyState(alerted_at=NOW - dt.timedelta(minutes=31))), "none"),
    ],
)
def test_what_is_said_to_be_told_is_what_was_told(clinic: Clinic | None, record: Record, told: str) -> None:
    assert alert_told(clinic, record, NOW) == told


def test_the_news_are_said_beside_the_open_question(shipped: Library) -> None:
    waiting = talk(shipped)
    waiting.say("I want to kill myself")
    before = waiting.record.runs
    turn = news(waiting, "alert_seen")
    kinds = [reply.kind for reply in turn.replies]
    assert (kinds, waiting.record.runs, "at 09:05" in waiting.said[0]) == (["say"], before, True)


def test_a_press_on_the_open_question_still_answers_it(shipped: Library) -> None:
    waiting = talk(shipped)
    waiting.say("I want to kill myself")
    news(waiting, "alert_seen")
    assert waiting.tap("Yes, now").safety_step == "N4"


def test_the_news_come_when_nothing_is_open(shipped: Library) -> None:
    idle = talk(shipped)
    news(idle, "alert_seen")
    assert idle.said[0].startswith("Somebody at Riverside Clinic saw the alert at 09:05.")


def test_that_nobody_confirmed_is_said_with_the_numbers(shipped: Library) -> None:
    waiting = talk(shipped)
    news(waiting, "alert_unseen")
    assert ("Nobody at Riverside Clinic has confirmed" in waiting.said[0], "116 123" in waiting.said[0]) == (True, True)


@pytest.mark.parametrize("trigger", ["alert_seen", "alert_unseen"])
def test_after_violence_the_news_are_neutral(shipped: Library, trigger: str) -> None:
    afraid = talk(shipped)
    mark = SignalMark("urgent", "violence", ("r1",), NOW)
    afraid.record = replace(afraid.record, signals=(mark,))
    news(afraid, trigger)
    assert [word for word in ("Clinic", "alert", "violence") if word in " ".join(afraid.said)] == []


def test_while_somebody_is_afraid_of_another_the_news_are_neutral(shipped: Library) -> None:
    afraid = talk(shipped)
    afraid.record = replace(afraid.record, flags={"violence": True})
    news(afraid, "alert_seen")
    assert afraid.said == ["Your note was seen at 09:05. In danger, call 999."]


@pytest.mark.parametrize("trigger", ["alert_seen", "alert_unseen"])
def test_nothing_is_said_beside_the_neutral_screen(shipped: Library, trigger: str) -> None:
    hidden = talk(shipped)
    hidden.say("/hide")
    news(hidden, trigger)
    assert hidden.said == []


def news(talk: Talk, trigger: str) -> Turn:
    seen = NOW + dt.timedelta(minutes=5)
    utterance = msgspec.convert({"at": seen, "trigger": trigger, "subject": seen.isoformat()}, Utterance)
    return talk.heard(respond(talk.library, talk.record, utterance, seen, 1))


def test_the_name_for_the_team_is_always_the_same() -> None:
    assert alias_of("p1") == alias_of("p1") != alias_of("p2")


def test_the_names_are_as_many_as_is_said() -> None:
    assert (len(set(COLOURS)), len(set(BIRDS))) == (len(COLOURS), len(BIRDS)) == (64, 84)


def test_a_switch_turns_one_scope_and_leaves_the_others() -> None:
    record = replace(person(), links=(Link("c1", "Dr A", ("activity", "safety"), NOW, "en", "v1"),))
    link = switched(record, "c1", "Dr A", "v2", "safety", False, NOW)[0]
    assert (link.scopes, link.version) == (("activity",), "v2")


def test_what_was_agreed_with_one_does_not_pass_to_another() -> None:
    record = replace(person(), links=(Link("c1", "Dr A", SCOPES, NOW, "en", "v1"),))
    assert switched(record, "c1", "Dr B", "v2", "safety", True, NOW)[0].scopes == ("safety",)


def test_links_have_a_bound() -> None:
    links = tuple(Link(f"c{i}", "Dr A", SCOPES, NOW, "en", "v1") for i in range(LINKS))
    record = replace(person(), links=links)
    assert len(switched(record, ON_CALL, "R", "v1", "safety", True, NOW)) == LINKS


def test_switched_off_is_off() -> None:
    record = replace(person(), links=switched(agreed(person()), ON_CALL, CLINIC.name, "v1", "safety", False, NOW))
    assert (alerts_on(CLINIC, record), tells_on_call(record), len(record.links)) == (False, False, 1)
