"""Lanes: on which host and model a turn runs, and which host has read a conversation; people side by side."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RUNNING = sa.text("state = 'running'")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("host", sa.Text))
    op.add_column("conversations", sa.Column("hosted_at", sa.DateTime(timezone=True)))
    op.create_index("ix_conversations_hosted_at", "conversations", ["hosted_at"])
    op.add_column("turns", sa.Column("lane_host", sa.Text))
    op.add_column("turns", sa.Column("lane_model", sa.Text))
    op.create_index(
        "uq_turns_running_of_one",
        "turns",
        ["conversation_id", "person_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.drop_index("uq_turns_running", "turns")


def downgrade() -> None:
    # Of those that run side by side in a conversation, the versions before this one know but one.
    turns = sa.table("turns", sa.column("id"), sa.column("state"), sa.column("conversation_id"))
    first = sa.select(sa.func.min(turns.c.id)).where(RUNNING).group_by(turns.c.conversation_id)
    op.execute(sa.update(turns).where(RUNNING, turns.c.id.not_in(first)).values(state="accepted"))
    op.create_index(
        "uq_turns_running", "turns", ["conversation_id"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    op.drop_index("uq_turns_running_of_one", "turns")
    op.drop_column("turns", "lane_model")
    op.drop_column("turns", "lane_host")
    op.drop_index("ix_conversations_hosted_at", "conversations")
    op.drop_column("conversations", "hosted_at")
    op.drop_column("conversations", "host")
