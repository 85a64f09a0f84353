"""How much was asked on a day, for quotas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage",
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("questions", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "subject", name="pk_usage"),
    )


def downgrade() -> None:
    op.drop_table("usage")
