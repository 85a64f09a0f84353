"""How much a chosen model is to think, and what an answer was reasoned with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("choices", sa.Column("think", sa.Text))
    op.add_column("messages", sa.Column("reasoning", sa.Text))


def downgrade() -> None:
    op.drop_column("messages", "reasoning")
    op.drop_column("choices", "think")
