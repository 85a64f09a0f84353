"""Runs the scripts of `migrations/` over a connection. Alembic is imported only here, and only then."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.storage.database.revisions import HEAD, OLDEST_CODE, READERS

if TYPE_CHECKING:
    from alembic.config import Config


def run_scripts(connection: Connection, *, before: str, after: str) -> None:
    """Go from one revision to another, "" for no tables, inside the transaction that is open.

    Revisions are numbered, so the greater one is the newer one.
    """
    from alembic import command

    config = alembic_config(connection)
    if after > before:
        command.upgrade(config, after)
    else:
        command.downgrade(config, after or "base")
    _tell_readers(connection, after)
    _check_references(connection)


def alembic_config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration: there is no alembic.ini. `connection` reaches `migrations/env.py`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _scripts_folder().replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _scripts_folder() -> str:
    spec = find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the package `migrations` is not installed")
    return spec.submodule_search_locations[0]


def _tell_readers(connection: Connection, after: str) -> None:
    """Note which code works over the tables as they are now: at an older revision, that of the revision itself."""
    connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {READERS} (oldest VARCHAR(32) NOT NULL)")
    connection.exec_driver_sql(f"DELETE FROM {READERS}")  # noqa: S608 - a name of ours
    if after:
        oldest = OLDEST_CODE if after == HEAD else after
        connection.exec_driver_sql(f"INSERT INTO {READERS} VALUES ('{oldest}')")  # noqa: S608


def _check_references(connection: Connection) -> None:
    """References are not enforced while SQLite's tables are rebuilt, so they are checked before the commit."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"a migration left {len(broken)} rows that refer to nothing, first in {broken[0][0]}")
