"""Settings: where they come from, what they default to, and how a wrong one is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import settings
from bot.settings import PREFIX, Settings, WrongSettings, host_and_port, read_settings, unknown_settings

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the person who runs the tests, and an empty folder to stand in."""
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def complaints(**given: object) -> list[str]:
    with pytest.raises(WrongSettings) as wrong:
        read_settings(**given)
    return str(wrong.value).splitlines()


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    found = read_settings()
    assert found.database_url == f"sqlite:///{tmp_path}/home/.willow/willow.db"
    assert found.pace == 1.0


def test_the_content_of_a_checkout_is_the_folder_itself(root: Path) -> None:
    assert read_settings().content == root / "content"


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WILLOW_TELEGRAM_TOKEN", TOKEN)
    assert read_settings().token == TOKEN


def test_a_dot_env_file_is_read_and_strangers_in_it_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WILLOW_PACE=0\nOTHER_THING=1\n", encoding="utf-8")
    assert read_settings().pace == 0


def test_the_environment_wins_over_dot_env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("WILLOW_PACE=0\n", encoding="utf-8")
    monkeypatch.setenv("WILLOW_PACE", "2")
    assert read_settings().pace == 2


def test_a_secrets_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "willow_telegram_token").write_text(TOKEN + "\n", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read_settings().token == TOKEN


def test_every_mistake_is_told_at_once_and_names_its_setting() -> None:
    wrong = complaints(web_listen="8080", pace="fast", webhook_url="http://example.org/x", log_level="loud")
    assert [line.split(":")[0] for line in wrong] == [
        "WILLOW_WEBHOOK_URL",
        "WILLOW_WEB_LISTEN",
        "WILLOW_PACE",
        "WILLOW_LOG_LEVEL",
    ]


def test_a_rejected_secret_is_not_repeated() -> None:
    told = complaints(telegram_token="canary-that-is-no-token", webhook_secret="canary!")
    assert "canary" not in "".join(told)


def test_no_secret_is_printed_with_the_settings() -> None:
    found = read_settings(telegram_token=TOKEN, master_key="canary", webhook_secret="canary-canary-canary")
    assert re.search("abcdef|canary", repr(found)) is None


def test_the_webhook_may_be_plain_http_only_on_this_machine() -> None:
    assert read_settings(webhook_url="http://127.0.0.1:9000/hook").webhook_url == "http://127.0.0.1:9000/hook"


def test_workers_with_one_token_agree_on_a_webhook_secret_that_is_not_the_token() -> None:
    first, second = read_settings(telegram_token=TOKEN).secret, read_settings(telegram_token=TOKEN).secret
    assert first == second
    assert re.fullmatch("[0-9a-f]{64}", first)


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().pace = 3


def test_a_slip_of_the_pen_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WILLOW_TELEGRAM_TOKN", TOKEN)
    assert unknown_settings() == (
        "WILLOW_TELEGRAM_TOKN is not a setting of Willow and has no effect. Did you mean WILLOW_TELEGRAM_TOKEN?",
    )


def test_a_listen_address_is_taken_apart() -> None:
    assert host_and_port("[::1]:80") == ("::1", 80)


def test_the_content_of_a_wheel_lies_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "__file__", str(tmp_path / "bot" / "settings.py"))
    assert settings.default_content() == tmp_path / "bot" / "content"
