"""Reading which assistants a person made and chose, for their record."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.domain import RecordedAssistant, RecordedAssistantUse
from bot.storage.assistant_uses import read_persona
from bot.storage.tables.assistant_tables import AssistantRow, AssistantUseRow


def assistants_of(session: Session, platform: str, person_id: str) -> list[RecordedAssistant]:
    """Read the assistants a person made, oldest first: their own, and those of places."""
    mine = (AssistantRow.platform == platform, AssistantRow.author_id == person_id)
    return [
        RecordedAssistant(row.made_at, row.home, row.workspace or row.made_in, row.channel, read_persona(row))
        for row in session.scalars(select(AssistantRow).where(*mine).order_by(AssistantRow.id))
    ]


def uses_of(session: Session, platform: str, person_id: str) -> list[RecordedAssistantUse]:
    """Read which assistants a person chose, oldest first."""
    mine = (AssistantUseRow.platform == platform, AssistantUseRow.chosen_by == person_id)
    rows = session.scalars(select(AssistantUseRow).where(*mine).order_by(AssistantUseRow.chosen_at, AssistantUseRow.id))
    return [
        RecordedAssistantUse(row.chosen_at, row.level, row.workspace, row.channel, row.thread, row.name) for row in rows
    ]
