"""Whose words are quoted in front of a question, and what of a message nobody has read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quotes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("chars", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quotes"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_quotes_message_id_messages", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_quotes_message_id", "quotes", ["message_id"])
    op.create_index("ix_quotes_person_id", "quotes", ["person_id"])
    op.add_column("turns", sa.Column("unseen", sa.Text))
    op.add_column("turns", sa.Column("hint", sa.Text))


def downgrade() -> None:
    op.drop_column("turns", "hint")
    op.drop_column("turns", "unseen")
    op.drop_table("quotes")
