"""What an operator may set, read once at the start: environment, `.env` in the current folder, secrets directory.

The only file that reads the environment. Every name has the prefix WILLOW_. Secrets are wrapped: no print and no log
shows them. All mistakes are told at once, each as one sentence that names its setting and never repeats the value.
"""

from __future__ import annotations

import difflib
import hashlib
import hmac
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "WILLOW_"
ENV_FILE = ".env"
SECRETS = ("/run/secrets",)  # Docker and Podman; systemd names its own folder in CREDENTIALS_DIRECTORY
WEBHOOK_LISTEN = "127.0.0.1:8080"
MASTER_KEY_FILE = "master.key"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class WrongSettings(Exception):
    """Some settings are wrong; every argument is one sentence that names the setting and the cure."""

    def __str__(self) -> str:
        return "\n".join(str(sentence) for sentence in self.args)


def _token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{10,}", value.get_secret_value()):
        raise ValueError("must look like 123456:ABC..., as BotFather writes it")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
        raise ValueError("must have 16 to 256 letters, digits, _ or -")
    return value


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise ValueError("must be host:port, for example 127.0.0.1:8080")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == "https" and parts.hostname:
        return value
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return value
    raise ValueError("must be a full address that begins with https://")


def _database(value: str) -> str:
    if "://" not in value:
        raise ValueError("must be a database address, for example sqlite:////srv/willow/willow.db")
    return value


def _folder(value: Path) -> Path:
    return value.expanduser().resolve()


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Folder = Annotated[Path, AfterValidator(_folder)]
Listen = Annotated[str, AfterValidator(_host_and_port)]
Address = Annotated[str, AfterValidator(_web_address)]


def default_content() -> Path:
    """The checkout's content/ if it lies beside the package, else the copy that the wheel carries inside."""
    package = Path(__file__).resolve().parent
    beside = package.parent / "content"
    return beside if beside.is_dir() else package / "content"


class Settings(BaseSettings):
    """Every setting, frozen. Empty means not set; OPERATING.md says what each is for."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, hide_input_in_errors=True, extra="ignore", frozen=True
    )

    home: Folder = Field(default=Path("~/.willow"), validate_default=True)
    database: Annotated[str, AfterValidator(_database)] | None = None
    master_key: SecretStr | None = None
    master_key_file: Folder | None = None
    telegram_token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    telegram_api: Address = "https://api.telegram.org/bot"
    telegram_files: Address = "https://api.telegram.org/file/bot"
    webhook_url: Address | None = None
    webhook_listen: Listen = WEBHOOK_LISTEN
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    web_listen: Listen | None = None
    content: Folder = Field(default_factory=default_content)
    pace: float = Field(default=1.0, ge=0, le=5)
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address: DATABASE, or SQLite in HOME."""
        return self.database or f"sqlite:///{self.home / 'willow.db'}"

    @property
    def key_file(self) -> Path:
        """Where the master key lies when MASTER_KEY does not hold it."""
        return self.master_key_file or self.home / MASTER_KEY_FILE

    @property
    def token(self) -> str:
        """The bot token in the clear; empty when not set. Never print it."""
        return self.telegram_token.get_secret_value() if self.telegram_token else ""

    @property
    def secret(self) -> str:
        """The webhook secret: WEBHOOK_SECRET, or made from the token so that several workers agree on it."""
        if self.webhook_secret:
            return self.webhook_secret.get_secret_value()
        return hmac.new(self.token.encode(), b"willow webhook", hashlib.sha256).hexdigest()


def read_settings(**given: Any) -> Settings:
    """Read them from the environment, `.env` and the secrets directories; what is given by hand wins.

    Raises WrongSettings with one sentence per mistake.
    """
    try:
        return Settings(_env_file=ENV_FILE, _secrets_dir=_secret_folders(), **given)
    except ValidationError as mistakes:
        raise WrongSettings(*_sentences(mistakes)) from None


def unknown_settings() -> tuple[str, ...]:
    """A sentence for each WILLOW_ name in the environment that is none of ours: most likely a slip of the pen."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    strangers = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    return tuple(_stranger(name, known) for name in strangers)


def host_and_port(listen: str) -> tuple[str, int]:
    """`host:port` taken apart; an IPv6 host loses its brackets."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)


def _secret_folders() -> list[str] | None:
    folders = [*SECRETS, os.environ.get("CREDENTIALS_DIRECTORY", "")]
    return [folder for folder in folders if folder and Path(folder).is_dir()] or None


def _sentences(mistakes: ValidationError) -> list[str]:
    return [_sentence(mistake["loc"], mistake["msg"]) for mistake in mistakes.errors(include_input=False)]


def _sentence(where: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + str(where[0]).upper() if where else "The settings"
    return f"{name}: {message.removeprefix('Value error, ')}."


def _stranger(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{name} is not a setting of Willow and has no effect.{hint}"
