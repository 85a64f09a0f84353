"""Conversations with their events, turns and messages; choices of models; notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_conversations()
    _create_events()
    _create_turns()
    _create_messages()
    _create_choices()
    _create_notes()


def downgrade() -> None:
    for table in ("notes", "choices", "messages", "turns", "events", "conversations"):
        op.drop_table(table)


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("context_turn", sa.Integer, nullable=False),
        sa.Column("context_from", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint(
            "platform", "workspace", "channel", "thread", name="uq_conversations_platform_workspace_channel_thread"
        ),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text),
        sa.Column("platform_message_id", sa.Text),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.UniqueConstraint("platform", "workspace", "event_id", name="uq_events_platform_workspace_event_id"),
        sa.UniqueConstraint(
            "platform",
            "workspace",
            "channel",
            "platform_message_id",
            name="uq_events_platform_workspace_channel_platform_message_id",
        ),
    )
    op.create_index("ix_events_received_at", "events", ["received_at"])


def _create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("error_key", sa.Text, nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("answer_tokens", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_turns_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turns_conversation_id", "turns", ["conversation_id"])


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("turn_id", sa.Integer, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("platform_message_id", sa.Text),
        sa.Column("person_id", sa.Text),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_messages_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_messages_turn_id_turns", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "conversation_id", "platform_message_id", name="uq_messages_conversation_id_platform_message_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_conversation_id_turn_id", "messages", ["conversation_id", "turn_id"])
    op.create_index("ix_messages_turn_id", "messages", ["turn_id"])
    op.create_index("ix_messages_person_id", "messages", ["person_id"])


def _create_choices() -> None:
    op.create_table(
        "choices",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("chosen_by", sa.Text, nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_choices"),
        sa.UniqueConstraint(
            "platform",
            "workspace",
            "channel",
            "thread",
            "level",
            "person_id",
            name="uq_choices_platform_workspace_channel_thread_level_person_id",
        ),
    )
    op.create_index("ix_choices_person_id", "choices", ["person_id"])
    op.create_index("ix_choices_chosen_by", "choices", ["chosen_by"])


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_notes"),
    )
