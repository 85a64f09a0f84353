"""Alembic's entry: runs the scripts over the connection of `migration_scripts`, within its transaction."""

from __future__ import annotations

from alembic import context

from bot.storage.tables.chat_tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite alters most things by rebuilding the table; Alembic does that for operations in a batch.
    render_as_batch=True,
)
context.run_migrations()
