"""Where each model's reading of a conversation begins, and the summary that stands for what is older."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "context_windows",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("from_turn", sa.Integer, nullable=False),
        sa.Column("dropped", sa.Integer, nullable=False),
        sa.Column("cut_at", MOMENT),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("summary_at", MOMENT),
        sa.Column("next_turn", sa.Integer, nullable=False),
        sa.Column("next_summary", sa.Text, nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("bytes_per_1000_tokens", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_context_windows"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_context_windows_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("conversation_id", "model", name="uq_context_windows_conversation_id_model"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("context_windows")
