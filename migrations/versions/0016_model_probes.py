"""What models were measured to make of lessons, by language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COUNTS = ("asked", "open", "facts", "told", "refused", "wrong", "sentences", "removed", "tried", "knew")


def upgrade() -> None:
    op.create_table(
        "model_probes",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("server", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("probed_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("key", "server", "language", name="pk_model_probes"),
    )


def downgrade() -> None:
    op.drop_table("model_probes")
