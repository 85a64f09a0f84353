"""Which models a turn compares, whose each compared answer is, and what people vote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("turns", sa.Column("compares", sa.Text))
    op.create_table(
        "compared_answers",
        sa.Column("turn_id", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("chars", sa.Integer, nullable=False),
        sa.Column("first_s", sa.Double, nullable=False),
        sa.Column("answer_s", sa.Double, nullable=False),
        sa.Column("answer_tokens", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", "label", name="pk_compared_answers"),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name="fk_compared_answers_turn_id_turns", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("turn_id", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("first", sa.Text, nullable=False),
        sa.Column("first_digest", sa.Text, nullable=False),
        sa.Column("first_chars", sa.Integer, nullable=False),
        sa.Column("second", sa.Text, nullable=False),
        sa.Column("second_digest", sa.Text, nullable=False),
        sa.Column("second_chars", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("voted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_votes"),
        sa.UniqueConstraint("turn_id", "person_id", "first", "second", name="uq_votes_turn_id_person_id_first_second"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_votes_person_id", "votes", ["person_id"])
    op.create_index("ix_votes_platform_workspace", "votes", ["platform", "workspace"])


def downgrade() -> None:
    op.drop_table("votes")
    op.drop_table("compared_answers")
    op.drop_column("turns", "compares")
