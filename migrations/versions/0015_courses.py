"""Which course a place goes by; how the sources of the lessons were asked for, and how their last try went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "course_choices",
        sa.Column("id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("platform", "workspace", "channel", "course")),
        sa.Column("chosen_by", sa.Text, nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course_choices"),
        sa.UniqueConstraint("platform", "workspace", "channel", name="uq_course_choices_platform_workspace_channel"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_course_choices_chosen_by", "course_choices", ["chosen_by"])
    op.create_table(
        "lesson_sources",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("source", "asked", "courses", "origin")),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("failure", "worker")),
        sa.Column("held_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_lesson_sources"),
    )


def downgrade() -> None:
    op.drop_table("lesson_sources")
    op.drop_index("ix_course_choices_chosen_by", "course_choices")
    op.drop_table("course_choices")
