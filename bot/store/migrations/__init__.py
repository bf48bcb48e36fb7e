"""How the tables came to be: Alembic migrations inside the package, without any ini file.

Called with an open connection; SQLite and PostgreSQL both make tables within the transaction, so that a kill leaves the
old tables or the new ones, never something between.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.failures import StoreNewer


def upgrade(connection: Connection) -> None:
    """To the newest version. Raises StoreNewer if the database knows a version that we do not."""
    config = _config(connection)
    current, known = _versions(connection, config)
    if not current <= known:
        raise StoreNewer
    command.upgrade(config, "head")


def downgrade(connection: Connection, version: str = "base") -> None:
    """Back to an earlier version, by default to no tables at all."""
    command.downgrade(_config(connection), version)


def at_head(connection: Connection) -> bool:
    """True if no migration is missing."""
    script = ScriptDirectory.from_config(_config(connection))
    return set(MigrationContext.configure(connection).get_current_heads()) == set(script.get_heads())


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _versions(connection: Connection, config: Config) -> tuple[set[str], set[str]]:
    current = set(MigrationContext.configure(connection).get_current_heads())
    return current, {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
