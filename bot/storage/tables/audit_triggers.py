"""The triggers that let the audit log only grow, in the words of each database."""

from __future__ import annotations

KEPT = ("id", "done_at", "kind", "platform", "workspace", "level", "model", "other", "amount")
_IS_FORGETTING = " AND ".join(
    [
        "OLD.person_id <> ''",
        "NEW.person_id = '(forgotten)'",
        "NEW.channel IN (OLD.channel, '')",
        "NEW.thread IN (OLD.thread, '')",
        *(f"NEW.{name} = OLD.{name}" for name in KEPT),
    ]
)
_IS_OLD = "EXISTS (SELECT 1 FROM audit_bounds WHERE OLD.done_at < kept_from)"

SQLITE = (
    (
        f"CREATE TRIGGER audit_log_unchanged BEFORE UPDATE ON audit_log WHEN NOT ({_IS_FORGETTING}) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
    ),
    (
        f"CREATE TRIGGER audit_log_undeleted BEFORE DELETE ON audit_log WHEN NOT {_IS_OLD} "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
    ),
    # INSERT OR REPLACE deletes what it replaces without asking the trigger above.
    (
        "CREATE TRIGGER audit_log_unreplaced BEFORE INSERT ON audit_log "
        "WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
    ),
)

POSTGRES = (
    (
        "CREATE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF {_IS_FORGETTING} THEN RETURN NEW; END IF; END IF; "
        f"IF TG_OP = 'DELETE' THEN IF {_IS_OLD} THEN RETURN OLD; END IF; END IF; "
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
