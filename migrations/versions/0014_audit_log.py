"""Who did what, in a log that only grows; what is known of models, what changed of them and was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEPT = ("id", "done_at", "kind", "platform", "workspace", "level", "model", "other", "amount")
IS_FORGETTING = " AND ".join(
    [
        "OLD.person_id <> ''",
        "NEW.person_id = '(forgotten)'",
        "NEW.channel IN (OLD.channel, '')",
        "NEW.thread IN (OLD.thread, '')",
        *(f"NEW.{name} = OLD.{name}" for name in KEPT),
    ]
)
IS_OLD = "EXISTS (SELECT 1 FROM audit_bounds WHERE OLD.done_at < kept_from)"
SQLITE = (
    (
        f"CREATE TRIGGER audit_log_unchanged BEFORE UPDATE ON audit_log WHEN NOT ({IS_FORGETTING}) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
    ),
    (
        f"CREATE TRIGGER audit_log_undeleted BEFORE DELETE ON audit_log WHEN NOT {IS_OLD} "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
    ),
    (
        "CREATE TRIGGER audit_log_unreplaced BEFORE INSERT ON audit_log "
        "WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
    ),
)
POSTGRES = (
    (
        "CREATE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF {IS_FORGETTING} THEN RETURN NEW; END IF; END IF; "
        f"IF TG_OP = 'DELETE' THEN IF {IS_OLD} THEN RETURN OLD; END IF; END IF; "
        "RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    (
        "CREATE TRIGGER audit_log_unchanged BEFORE UPDATE OR DELETE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION audit_log_guard()"
    ),
    (
        "CREATE TRIGGER audit_log_untruncated BEFORE TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_guard()"
    ),
)


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_done_at", "audit_log", ["done_at"])
    op.create_index("ix_audit_log_person_id", "audit_log", ["person_id"])
    op.create_index("ix_audit_log_platform_workspace_id", "audit_log", ["platform", "workspace", "id"])
    op.create_table(
        "audit_bounds",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kept_from", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_audit_bounds"),
    )
    for statement in POSTGRES if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)

    _make_news()


def _make_news() -> None:
    op.create_table(
        "known_models",
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("missing_since", MOMENT),
        sa.PrimaryKeyConstraint("model", "host", name="pk_known_models"),
    )
    op.create_table(
        "model_news",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("now", sa.Text, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_news"),
        sa.UniqueConstraint("key", name="uq_model_news_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_model_news_noted_at", "model_news", ["noted_at"])
    op.create_table(
        "news_places",
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("up_to", sa.Integer, nullable=False),
        sa.Column("taken_to", sa.Integer, nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("taken_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_news_places"),
    )
    op.create_table(
        "replacements",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_replacements"),
        sqlite_autoincrement=True,
    )
    op.add_column("choices", sa.Column("moved_by", sa.Integer))
    op.add_column("choices", sa.Column("moved_from", sa.Text))
    op.create_index("ix_choices_moved_by", "choices", ["moved_by"])


def downgrade() -> None:
    op.drop_index("ix_choices_moved_by", "choices")
    op.drop_column("choices", "moved_from")
    op.drop_column("choices", "moved_by")
    for table in ("replacements", "news_places", "model_news", "known_models"):
        op.drop_table(table)
    op.drop_table("audit_log")
    op.drop_table("audit_bounds")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_log_guard()")
