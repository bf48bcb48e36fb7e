"""`willow alerts` from the command line, clinic.yaml at the start, and what the doctor says of both."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.channels import Outcome
from bot.clinic_sample import SAMPLE
from bot.clinic_yaml import read_clinic_yaml, write_sample
from bot.doctor import examine
from bot.refusals import Refusal
from bot.settings import Settings
from bot.store import alert_lines, alerts, on_call, people
from bot.store.master_key import make_master_key, read_master_key
from bot.store.store import Store
from bot.store.vault import Vault
from flows import begin
from flows.alias import alias_of
from flows.clinic_file import read_clinic
from flows.turn import Alert

NOW = dt.datetime.now(dt.UTC)
SUBCOMMANDS = ("register", "chats", "remove", "ack", "resolve")
Call = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "clinic.yaml").write_text(SAMPLE, encoding="utf-8")
    make_master_key(home / "master.key")
    return home


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{home / 'willow.db'}", Vault(read_master_key(home / "master.key")))
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def call(home: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run `willow` here; what it printed. Its refusals are raised."""
    monkeypatch.setenv("WILLOW_HOME", str(home))

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, list(words))
        if isinstance(done.exception, Refusal):
            raise done.exception
        return done.output

    return run


@pytest.fixture
def raised(store: Store) -> str:
    """An alert that was raised 20 minutes ago; its id."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=20)
    with store.transaction() as connection:
        (person,) = people.meet(connection, store.vault, [("telegram", "1")], lambda who, _: begin(who, "en", at), at)
        alerts.raise_(connection, store.vault, [(person, Alert("N3", "self_harm", at))], at)
        found: str = connection.exec_driver_sql("SELECT id FROM alerts").scalar_one()
    return found


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.transaction() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    shown = CliRunner().invoke(app, ["alerts", name, "--help"])
    assert re.search(rf"Example: willow alerts {name}", shown.output)


def test_without_an_alert_it_says_so(call: Call) -> None:
    assert call("alerts") == "No alert is open.\n"


def test_an_open_alert_is_listed_by_its_name_for_the_team(call: Call, raised: str, store: Store) -> None:
    name = alias_of(rows(store, "SELECT participant FROM alerts")[0][0])
    assert call("alerts") == f"{raised}    20 min  {name}  N3  self-harm  raised\n"


def test_what_was_dealt_with_is_listed_only_when_all_are_wanted(call: Call, raised: str) -> None:
    call("alerts", "resolve", raised, "--reason", "talked on the phone")
    assert (call("alerts"), "resolved by the desk" in call("alerts", "--all")) == ("No alert is open.\n", True)


def test_one_that_was_confirmed_by_hand_is_told_to_the_person(call: Call, raised: str, store: Store) -> None:
    assert call("alerts", "ack", raised.lower(), "--name", "duty desk") == "It is confirmed, and the person is told.\n"
    assert rows(store, "SELECT status, who, tell FROM alerts") == [("acknowledged", "duty desk", "seen")]


def test_confirming_twice_changes_nothing(call: Call, raised: str, store: Store) -> None:
    call("alerts", "ack", raised, "--name", "duty desk")
    assert call("alerts", "ack", raised, "--name", "ward") == "It was confirmed before.\n"
    assert rows(store, "SELECT who FROM alerts") == [("duty desk",)]


def test_a_reason_is_kept_with_the_act(call: Call, raised: str, store: Store) -> None:
    call("alerts", "resolve", raised, "--reason", "talked on the phone")
    assert rows(store, "SELECT who FROM alert_acts WHERE what = 'resolved'") == [("the desk: talked on the phone",)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["ack", "NONE", "--name", "a"], "There is no alert NONE. Look at: willow alerts --all"),
        (["resolve", "NONE", "--reason", "a"], "There is no alert NONE. Look at: willow alerts --all"),
        (["resolve", "NONE", "--reason", " "], "--reason takes one line of at most 60 characters."),
        (["ack", "NONE", "--name", "a\nb"], "--name takes one line of at most 40 characters."),
        (["remove", "ward"], "No chat is registered as “ward”. Look at: willow alerts chats"),
        (["register", "wart"], "“wart” is not under on_call in clinic.yaml. There are: duty desk, ward, leads."),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(words: list[str], sentence: str, call: Call, store: Store) -> None:
    with pytest.raises(Refusal) as refusal:
        call("alerts", *words)
    assert str(refusal.value) == sentence


def test_without_a_clinic_nothing_can_be_registered(call: Call, home: Path) -> None:
    (home / "clinic.yaml").unlink()
    with pytest.raises(Refusal, match="so nobody gets alerts"):
        call("alerts", "register", "ward")


def test_a_code_registers_and_the_chats_are_listed(call: Call, store: Store) -> None:
    code = call("alerts", "register", "ward").split()[-1]
    name = store.now(lambda connection: on_call.register(connection, store.vault, code, "telegram", "-5", NOW))
    listed = call("alerts", "chats").splitlines()
    assert (name, listed[0], "second  ward: registered on" in listed[1]) == (
        "ward",
        "first   duty desk: not registered",
        True,
    )


def test_a_removed_chat_is_not_registered_any_more(call: Call, store: Store) -> None:
    code = call("alerts", "register", "ward").split()[-1]
    store.now(lambda connection: on_call.register(connection, store.vault, code, "telegram", "-5", NOW))
    assert call("alerts", "remove", "ward") == "“ward” gets no more alerts.\n"
    assert "ward: not registered" in call("alerts", "chats")


# clinic.yaml at the start


def test_the_sample_is_a_whole_clinic_without_a_mistake() -> None:
    clinic, problems = read_clinic(SAMPLE, "clinic.sample.yaml")
    assert (problems, clinic is not None) == ([], True)


def test_the_sample_is_written_once_and_never_read(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    write_sample(settings)
    (tmp_path / "clinic.sample.yaml").write_text("mine: now", encoding="utf-8")
    write_sample(settings)
    said = (tmp_path / "clinic.sample.yaml").read_text(encoding="utf-8")
    assert (said, read_clinic_yaml(settings)) == ("mine: now", None)


def test_a_wrong_clinic_is_refused_with_its_line(home: Path) -> None:
    (home / "clinic.yaml").write_text(SAMPLE.replace("order: first", "order: fist"), encoding="utf-8")
    line = 1 + SAMPLE[: SAMPLE.index("order: first")].count("\n")
    with pytest.raises(Refusal) as refusal:
        read_clinic_yaml(Settings(home=home))
    sentence = (
        f"{home}/clinic.yaml:{line} W953 stop 'order' has a value that cannot be used. Write first, second, admin."
    )
    assert str(refusal.value) == sentence


def test_more_than_one_mistake_is_counted(home: Path) -> None:
    (home / "clinic.yaml").write_text("name: Riverside Clinic\n", encoding="utf-8")
    with pytest.raises(Refusal, match=r"There are 3 more: willow check --clinic"):
        read_clinic_yaml(Settings(home=home))


def test_a_clinic_that_cannot_be_read_is_told(home: Path) -> None:
    (home / "clinic.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(Refusal, match="cannot be read"):
        read_clinic_yaml(Settings(home=home))


def test_serve_refuses_a_wrong_clinic(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "clinic.yaml").write_text("nmae: x\n", encoding="utf-8")
    monkeypatch.setenv("WILLOW_HOME", str(home))
    monkeypatch.setenv("WILLOW_TELEGRAM_TOKEN", "123456:abcdefghijklmnopqrstuvwxyz")
    done = CliRunner().invoke(app, ["serve"])
    assert (type(done.exception), "clinic.yaml:1 W951" in str(done.exception)) == (Refusal, True)


def test_check_tells_the_mistakes_of_a_clinic(call: Call, home: Path) -> None:
    (home / "clinic.yaml").write_text("nmae: x\n", encoding="utf-8")
    assert "clinic.yaml:1 W951 stop 'nmae' is not known" in call("check", "--clinic", str(home / "clinic.yaml"))


# the doctor


def findings(home: Path) -> dict[str, str]:
    """What the doctor says, by its words."""
    return {finding.words: finding.level for finding in examine(lambda: Settings(home=home))}


def level(home: Path, begins: str) -> str:
    return next((level for words, level in findings(home).items() if words.startswith(begins)), "")


def test_the_doctor_says_that_nobody_is_linked(home: Path, store: Store) -> None:
    (home / "clinic.yaml").unlink()
    assert level(home, f"There is no {home}/clinic.yaml: nobody is linked") == "well"


def test_the_doctor_tells_a_wrong_clinic(home: Path) -> None:
    (home / "clinic.yaml").write_text("nmae: x\n", encoding="utf-8")
    assert level(home, f"{home}/clinic.yaml:1 W951") == "wrong"


def test_the_doctor_tells_that_alerts_reach_nobody(home: Path, store: Store) -> None:
    assert level(home, "No on-call chat is registered, so alerts reach nobody.") == "wrong"


def test_the_doctor_tells_which_chats_are_missing_and_in_trouble(home: Path, store: Store, call: Call) -> None:
    code = call("alerts", "register", "ward").split()[-1]
    store.now(lambda connection: on_call.register(connection, store.vault, code, "telegram", "-5", NOW))
    store.now(lambda connection: on_call.note_trouble(connection, "ward", "forbidden"))
    assert (
        level(home, "Not registered yet: duty desk, leads."),
        level(home, "The last alert did not reach “ward”: forbidden."),
    ) == ("look", "wrong")


def test_the_doctor_tells_of_alerts_that_nobody_confirmed_in_time(home: Path, raised: str) -> None:
    assert level(home, "1 alerts were not confirmed in time.") == "wrong"


def test_the_doctor_says_when_the_last_alert_arrived(home: Path, store: Store, raised: str, call: Call) -> None:
    code = call("alerts", "register", "duty desk").split()[-1]
    with store.transaction() as connection:
        on_call.register(connection, store.vault, code, "telegram", "-5", NOW)
        alerts.advance(connection, [{"duty desk"}, set(), set()], 15, NOW)
        (line,) = alert_lines.claim(connection, store.vault, NOW)
        alert_lines.settle(connection, line, Outcome("sent", reference="8"), NOW)
    assert level(home, f"The last alert arrived on {NOW:%d %b %Y at %H:%M} UTC.") == "well"


def test_the_doctor_counts_participants_against_the_cap(home: Path, store: Store, raised: str) -> None:
    text = SAMPLE.replace("participants: 200", "participants: 1")
    (home / "clinic.yaml").write_text(text, encoding="utf-8")
    with store.transaction() as connection:
        people.meet(connection, store.vault, [("telegram", "2")], lambda who, _: begin(who, "en", NOW), NOW)
    assert level(home, "There are 2 participants; clinic.yaml counts on at most 1.") == "look"


# rows


def claimed(store: Store, at: dt.datetime) -> list[alert_lines.Line]:
    return store.now(lambda connection: alert_lines.claim(connection, store.vault, at))


def told_first(store: Store, call: Call) -> None:
    """The first chat is registered and has a line to be sent."""
    code = call("alerts", "register", "duty desk").split()[-1]
    with store.transaction() as connection:
        on_call.register(connection, store.vault, code, "telegram", "-5", NOW)
        alerts.advance(connection, [{"duty desk"}, {"ward"}, set()], 15, NOW)


def test_a_claimed_line_is_nobody_elses_for_half_a_minute(store: Store, raised: str, call: Call) -> None:
    told_first(store, call)
    moments = (NOW, NOW + dt.timedelta(seconds=29), NOW + dt.timedelta(seconds=30))
    assert [len(claimed(store, at)) for at in moments] == [1, 0, 1]


def test_a_line_with_an_unknown_outcome_is_sent_once_more_and_then_given_up(
    store: Store, raised: str, call: Call
) -> None:
    told_first(store, call)
    lost = []
    for attempt in range(2):
        at = NOW + dt.timedelta(minutes=attempt)
        with store.transaction() as connection:
            (line,) = alert_lines.claim(connection, store.vault, at)
            lost.append(alert_lines.settle(connection, line, Outcome("unknown"), at))
    assert (lost, rows(store, "SELECT status FROM alert_lines")) == ([False, True], [("failed",)])


def test_a_line_that_must_wait_waits(store: Store, raised: str, call: Call) -> None:
    told_first(store, call)
    (line,) = claimed(store, NOW)
    store.now(lambda connection: alert_lines.settle(connection, line, Outcome("wait", seconds=60), NOW))
    assert [len(claimed(store, NOW + dt.timedelta(seconds=each))) for each in (59, 60)] == [0, 1]


def test_a_line_that_cannot_arrive_hurries_the_next(store: Store, raised: str, call: Call) -> None:
    told_first(store, call)
    (line,) = claimed(store, NOW)
    store.now(lambda connection: alert_lines.settle(connection, line, Outcome("refused"), NOW))
    assert store.now(alerts.next_due) == NOW


def test_an_edit_that_cannot_be_made_is_left(store: Store, raised: str, call: Call) -> None:
    told_first(store, call)
    (line,) = claimed(store, NOW)
    with store.transaction() as connection:
        alert_lines.settle(connection, line, Outcome("sent", reference="8"), NOW)
        alerts.acknowledge(connection, raised, "duty desk", NOW)
        (edit,) = alert_lines.claim(connection, store.vault, NOW)
        alert_lines.settle(connection, edit, Outcome("unreachable"), NOW)
    assert (edit.reference, claimed(store, NOW + dt.timedelta(hours=1))) == ("8", [])


def test_a_change_during_a_send_is_shown_afterwards(store: Store, raised: str, call: Call) -> None:
    told_first(store, call)
    (line,) = claimed(store, NOW)
    with store.transaction() as connection:
        alerts.acknowledge(connection, raised, "the desk", NOW)
        alert_lines.settle(connection, line, Outcome("sent", reference="8"), NOW)
        (edit,) = alert_lines.claim(connection, store.vault, NOW)
    assert (edit.reference, edit.status) == ("8", "acknowledged")


def test_what_became_of_it_is_told_once_in_a_cycle(store: Store, raised: str) -> None:
    with store.transaction() as connection:
        alerts.acknowledge(connection, raised, "duty desk", NOW)
        (standing,) = alerts.to_tell(connection)
        alerts.resolve(connection, raised, "duty desk", "", NOW)  # meanwhile
        alerts.told(connection, standing, NOW)
        assert alerts.to_tell(connection) == []


def test_an_alert_of_more_than_a_day_ago_does_not_take_a_new_one_in(store: Store, raised: str) -> None:
    later = NOW + dt.timedelta(hours=25)
    with store.transaction() as connection:
        (person,) = people.meet(connection, store.vault, [("telegram", "1")], lambda who, _: begin(who, "en", NOW), NOW)
        alerts.raise_(connection, store.vault, [(person, Alert("N3", "", later))], later)
    assert len(rows(store, "SELECT id FROM alerts")) == 2


def test_a_lower_step_is_an_act_of_the_higher_alert(store: Store, raised: str) -> None:
    with store.transaction() as connection:
        (person,) = people.meet(connection, store.vault, [("telegram", "1")], lambda who, _: begin(who, "en", NOW), NOW)
        alerts.raise_(connection, store.vault, [(person, Alert("N2", "", NOW))], NOW)
    assert rows(store, "SELECT what, who FROM alert_acts ORDER BY number") == [("raised", "N3"), ("again", "N2")]
