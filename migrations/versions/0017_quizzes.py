"""Quiz questions that were written for a lesson, beside its chunks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TEXTS = ("question", "answer", "wrong", "proof")


def upgrade() -> None:
    op.create_table(
        "lesson_quizzes",
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
        sa.PrimaryKeyConstraint("document_id", "position", name="pk_lesson_quizzes"),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["lesson_documents.id"],
            name="fk_lesson_quizzes_document_id_lesson_documents",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table("lesson_quizzes")
