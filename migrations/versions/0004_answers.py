"""Answers made again, rated and shown to others, and where each one's words stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ABOUT = sa.text("about_turn IS NOT NULL")
NEW_IN_TURNS = ("lessons_only", "lesson", "answer_language", "about_turn", "continues", "published_at")
NEW_IN_MESSAGES = ("written_by", "sources")


def upgrade() -> None:
    op.add_column("turns", sa.Column("lessons_only", sa.Boolean))
    op.add_column("turns", sa.Column("lesson", sa.Text))
    op.add_column("turns", sa.Column("answer_language", sa.Text))
    op.add_column("turns", sa.Column("about_turn", sa.Integer))
    op.add_column("turns", sa.Column("continues", sa.Boolean))
    op.add_column("turns", sa.Column("published_at", MOMENT))
    op.add_column("messages", sa.Column("written_by", sa.Integer))
    op.add_column("messages", sa.Column("sources", sa.Text))
    op.create_index("ix_turns_about", "turns", ["about_turn"], sqlite_where=ABOUT, postgresql_where=ABOUT)
    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("turn_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("rated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_ratings_turn_id_turns", ondelete="CASCADE"),
        sa.UniqueConstraint("turn_id", "person_id", name="uq_ratings_turn_id_person_id"),
    )
    op.create_index("ix_ratings_person_id", "ratings", ["person_id"])


def downgrade() -> None:
    op.drop_table("ratings")
    op.drop_index("ix_turns_about", "turns")
    for name in NEW_IN_MESSAGES:
        op.drop_column("messages", name)
    for name in NEW_IN_TURNS:
        op.drop_column("turns", name)
