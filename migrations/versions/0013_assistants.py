"""Assistants, where they are used, and which conversations they have greeted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "assistants",
        sa.Column("id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("platform", "workspace", "channel", "home")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("owner_id", "name", "name_key", "prompt", "model")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("lessons", "greeting", "author_id", "made_in")),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assistants"),
        sa.UniqueConstraint(
            *("platform", "workspace", "channel", "home", "owner_id", "name_key"),
            name="uq_assistants_home_name",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assistants_author_id", "assistants", ["author_id"])
    op.create_index("ix_assistants_source_id", "assistants", ["source_id"])
    op.create_table(
        "assistant_uses",
        sa.Column("id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("platform", "workspace", "channel", "thread")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("level", "person_id")),
        sa.Column("assistant_id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "chosen_by")),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.Column("told_turn", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_assistant_uses"),
        sa.UniqueConstraint(
            *("platform", "workspace", "channel", "thread", "level", "person_id"),
            name="uq_assistant_uses_scope",
        ),
        sqlite_autoincrement=True,
    )
    for name in ("person_id", "assistant_id", "chosen_by"):
        op.create_index(f"ix_assistant_uses_{name}", "assistant_uses", [name])
    op.create_table(
        "assistant_greetings",
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("assistant_id", sa.Integer, nullable=False),
        sa.Column("turn_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "assistant_id", name="pk_assistant_greetings"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_assistant_greetings_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table("assistant_greetings")
    op.drop_table("assistant_uses")
    op.drop_table("assistants")
