"""What completions took of their hosts: tokens and seconds, for what a token costs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "model_work",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("worked_s", sa.Double, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("answer_tokens", sa.Integer, nullable=False),
        sa.Column("is_counted", sa.Boolean, nullable=False),
        sa.Column("is_measured", sa.Boolean, nullable=False),
        sa.Column("is_remote", sa.Boolean, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("turn_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_work"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_model_work_ended_at", "model_work", ["ended_at"])
    op.create_index("ix_model_work_person_id_platform", "model_work", ["person_id", "platform"])
    op.create_index("ix_model_work_turn_id", "model_work", ["turn_id"])


def downgrade() -> None:
    op.drop_table("model_work")
