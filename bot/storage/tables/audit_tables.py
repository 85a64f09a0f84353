"""The audit log. The database itself refuses what would change it: see the triggers below."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, Index, event
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.audit_triggers import POSTGRES, SQLITE
from bot.storage.tables.columns import Base


class DeedRow(Base):
    """One deed. Rows are only added, but for two ways out that the triggers leave open.

    A person who is forgotten becomes a tombstone, and with that alone may the place go. Rows older than the bound that
    `AuditBoundRow` states may be deleted.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index(None, "platform", "workspace", "id"),
        Index(None, "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    done_at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str]
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str]
    level: Mapped[str]
    person_id: Mapped[str]
    model: Mapped[str]
    other: Mapped[str]
    amount: Mapped[int]


class AuditBoundRow(Base):
    """From when on deeds are kept: the one row that retention moves before it deletes what is older."""

    __tablename__ = "audit_bounds"

    name: Mapped[str] = mapped_column(primary_key=True)
    kept_from: Mapped[datetime]


for _dialect, _statements in (("sqlite", SQLITE), ("postgresql", POSTGRES)):
    for _statement in _statements:
        _made = DDL(_statement)  # type: ignore[no-untyped-call] # SQLAlchemy's is untyped
        event.listen(DeedRow.__table__, "after_create", _made.execute_if(dialect=_dialect))
