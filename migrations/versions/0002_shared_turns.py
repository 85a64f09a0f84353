"""Turns that processes share: who owns one, until when, and what any process needs to answer it."""

from __future__ import annotations

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("state IN ('accepted', 'running')")
RUNNING = sa.text("state = 'running'")
NEW_IN_TURNS = (
    ("worker", sa.Text),
    ("lease_until", MOMENT),
    ("stop_requested_at", MOMENT),
    ("event_id", sa.Text),
    ("platform_message_id", sa.Text),
    ("reply_to", sa.Text),
    ("is_direct", sa.Boolean),
    ("person_id", sa.Text),
    ("person_name", sa.Text),
    ("person_is_admin", sa.Boolean),
    ("person_locale", sa.Text),
)


def upgrade() -> None:
    _close_open_turns()
    with _rebuilt("conversations"):
        pass  # Only to be given ids that are never used twice.
    with _rebuilt("turns") as turns:
        turns.add_column(sa.Column("attempt", sa.Integer, server_default="0", nullable=False))
        for name, kind in NEW_IN_TURNS:
            turns.add_column(sa.Column(name, kind))
    op.create_index("ix_turns_open", "turns", ["conversation_id", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(
        "uq_turns_running", "turns", ["conversation_id"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    _create_posts()


def downgrade() -> None:
    op.drop_table("posts")
    op.drop_index("uq_turns_running", "turns")
    op.drop_index("ix_turns_open", "turns")
    for name in ("attempt", *(name for name, _ in NEW_IN_TURNS)):
        op.drop_column("turns", name)


def _close_open_turns() -> None:
    """Nothing is known of who asked them and where the answer belongs, so nobody could answer them."""
    turns = sa.table("turns", sa.column("state"), sa.column("error_key"), sa.column("finished_at", MOMENT))
    closed = sa.update(turns).where(OPEN)
    op.execute(closed.values(state="failed", error_key="error.internal", finished_at=sa.func.current_timestamp()))


def _rebuilt(table: str) -> AbstractContextManager[BatchOperations]:
    """Change a table; SQLite takes most changes only with a new one in its place."""
    if op.get_context().dialect.name != "sqlite":
        return op.batch_alter_table(table)
    return op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True})


def _create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("turn_id", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("platform_message_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_posts_turn_id_turns", ondelete="CASCADE"),
        sa.UniqueConstraint("turn_id", "key", name="uq_posts_turn_id_key"),
        sqlite_autoincrement=True,
    )
