"""The tables come up by themselves, go back, and are what `tables.py` says."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from bot.store import migrations
from bot.store.failures import StoreNewer
from bot.store.store import Store
from bot.store.tables import metadata
from bot.store.vault import Vault


def tables(store: Store) -> set[str]:
    with store.transaction() as connection:
        return set(inspect(connection).get_table_names())


def test_a_new_database_gets_every_table(store: Store) -> None:
    assert tables(store) == {*metadata.tables, "alembic_version"}


def test_the_migrations_make_exactly_what_the_tables_say(store: Store) -> None:
    with store.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_way_back_leaves_nothing_and_the_way_up_again_everything(store: Store) -> None:
    with store.transaction() as connection:
        migrations.downgrade(connection)
    below = tables(store)
    store.migrate()
    assert (below, tables(store)) == ({"alembic_version"}, {*metadata.tables, "alembic_version"})


def test_a_database_of_before_the_alerts_gets_their_tables_and_keeps_what_it_holds(store: Store) -> None:
    with store.transaction() as connection:
        migrations.downgrade(connection, "0001")
        row = "INSERT INTO participants (id, created, reachable) VALUES ('p1', '2026-11-25T07:00:00.000000+00:00', 1)"
        connection.exec_driver_sql(row)
    below = tables(store)
    store.migrate()
    with store.transaction() as connection:
        kept = connection.exec_driver_sql("SELECT id FROM participants").scalars().all()
    added = {"alerts", "alert_acts", "alert_lines", "on_call_chats", "on_call_codes", "safety_answers", "screened"}
    assert (tables(store) - below, kept) == (added, ["p1"])


def test_decisions_of_before_the_audit_are_kept_without_what_was_not_known(store: Store) -> None:
    with store.transaction() as connection:
        migrations.downgrade(connection, "0002")
        at = "2026-11-25T07:00:00.000000+00:00"
        connection.exec_driver_sql(f"INSERT INTO participants (id, created, reachable) VALUES ('p1', '{at}', 1)")
        columns = "participant, turn, at, tier, step, sealed"
        connection.exec_driver_sql(f"INSERT INTO safety ({columns}) VALUES ('p1', 3, '{at}', 'watch', 'N2', x'00')")
    store.migrate()
    with store.transaction() as connection:
        kept = connection.exec_driver_sql("SELECT turn, step, ruleset, latency, failed FROM safety").all()
    assert [tuple(row) for row in kept] == [(3, "N2", "", 0, "")]


def test_migrating_twice_changes_nothing(store: Store) -> None:
    store.migrate()
    with store.transaction() as connection:
        assert migrations.at_head(connection)


def test_a_database_of_a_newer_version_is_refused_untouched(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreNewer, match="newer version of Willow"):
        store.migrate()


def test_a_migration_that_fails_leaves_the_old_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(f"sqlite:///{tmp_path / 'willow.db'}", Vault(bytes(32)))
    honest = migrations.upgrade

    def killed(connection: object) -> None:
        honest(connection)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "upgrade", killed)
    with pytest.raises(KeyboardInterrupt):
        store.migrate()
    assert tables(store) == set()
    store.close()
