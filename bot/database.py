"""The database as an operator meets it: opened behind its vault, brought up to this version, and looked at."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.refusals import Refusal
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.store.store import Store


def make_home(settings: Settings) -> None:
    """The folder HOME, for its owner alone, if it is not there yet."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or "refused"
        raise Refusal(f"WILLOW_HOME: {settings.home} cannot be made ({why}). Set it to a folder of your own.") from None


def open_store(settings: Settings) -> Store:
    """The database behind its vault, at this version. Makes HOME and the master key if they are not there."""
    from bot.store.master_key import make_master_key, read_master_key
    from bot.store.people import recognise
    from bot.store.store import Store
    from bot.store.vault import Vault

    make_home(settings)
    if settings.master_key:
        key = read_master_key(settings.master_key.get_secret_value())
    elif settings.master_key_file or settings.key_file.exists():
        key = read_master_key(settings.key_file)
    else:
        key = make_master_key(settings.key_file)
    with _understood():
        store = Store(settings.database_url, Vault(key))
    store.migrate()
    with store.transaction() as connection:
        recognise(connection, store.vault)  # else a known person would be taken for a stranger
    return store


@contextlib.contextmanager
def _understood() -> Iterator[None]:
    """A database address that SQLAlchemy cannot read, or whose driver is missing, is a wrong setting."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise Refusal(
            f"WILLOW_DATABASE: this kind of database needs the package {missing.name}; "
            "for PostgreSQL install Willow with its extra `postgres`."
        ) from None
    except Exception as error:
        if type(error).__module__.startswith("sqlalchemy"):
            raise Refusal("WILLOW_DATABASE: this address cannot be understood. Leave it out to use SQLite.") from None
        raise


def migrate(settings: Settings) -> str:
    """Bring the database up to this version, and say so."""
    open_store(settings).close()
    return f"The database is at this version of Willow: {_shown(settings)}."


def look_at_database(settings: Settings) -> str:
    """How the database is; makes none if there is none yet, brings up an older one. Raises what is wrong with it."""
    if not settings.database and not (settings.home / "willow.db").exists():
        return "There is no database yet; the first start makes it."
    store = open_store(settings)
    try:
        if not store.is_there():
            raise Refusal("WILLOW_DATABASE: the database takes no writes. Look at its disk and its rights.")
    finally:
        store.close()
    return f"The database answers and is at this version of Willow: {_shown(settings)}."


def _shown(settings: Settings) -> str:
    """The database address without its password."""
    return re.sub(r"//([^:@/]*):[^@/]*@", r"//\1:...@", settings.database_url)
