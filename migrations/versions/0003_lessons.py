"""Lessons: documents, the chunks they are quoted in, and how often each language has changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DOCUMENT_TEXTS = ("source", "path", "course", "lesson", "number", "title", "language", "url", "content_hash", "model")


def upgrade() -> None:
    op.create_table(
        "lesson_documents",
        sa.Column("id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in DOCUMENT_TEXTS),
        sa.Column("is_stale", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_documents"),
        sa.UniqueConstraint("source", "path", name="uq_lesson_documents_source_path"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lesson_documents_language", "lesson_documents", ["language"])
    op.create_table(
        "lesson_chunks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("section", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("heading_path", "anchor", "text", "language")),
        sa.Column("vector", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_chunks"),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["lesson_documents.id"],
            name="fk_lesson_chunks_document_id_lesson_documents",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("document_id", "position", name="uq_lesson_chunks_document_id_position"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "lesson_languages",
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("language", name="pk_lesson_languages"),
    )


def downgrade() -> None:
    op.drop_table("lesson_languages")
    op.drop_table("lesson_chunks")
    op.drop_index("ix_lesson_documents_language", "lesson_documents")
    op.drop_table("lesson_documents")
