"""Which assistant answers where, whose being gone was told, and which conversations were greeted: units of work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from bot.domain import Address, Assistant, AssistantInUse, Level, Persona
from bot.storage.choice_store import KEY, exists, scope_of
from bot.storage.database.sql_dialects import insert_or_nothing, insert_or_replace
from bot.storage.tables.assistant_tables import AssistantGreetingRow, AssistantRow, AssistantUseRow
from bot.storage.tables.chat_tables import ASSISTANT_GREETINGS, ASSISTANT_USES, CONVERSATIONS

_SCOPE = tuple_(*(getattr(AssistantUseRow, name) for name in KEY))


def use(
    session: Session, level: Level, address: Address, person_id: str, *, assistant: Assistant, now: datetime
) -> bool:
    """Insert or replace what was chosen at a level, while the assistant is there."""
    held = select(AssistantRow.id).where(AssistantRow.id == assistant.id).with_for_update(key_share=True)
    if session.scalar(held) is None:
        return False
    at = dict(zip(KEY, scope_of(level, address, person_id), strict=True))
    chosen = {
        "assistant_id": assistant.id,
        "name": assistant.name,
        "chosen_by": person_id,
        "chosen_at": now,
        "told_turn": None,
    }
    insert_or_replace(session, ASSISTANT_USES, at=at, values=chosen)
    return True


def leave(session: Session, level: Level, address: Address, person_id: str) -> bool:
    """Delete what was chosen at a level; a level that does not exist here has nothing."""
    if not exists(level, address):
        return False
    chosen = delete(AssistantUseRow).where(_SCOPE.in_([scope_of(level, address, person_id)]))
    return session.scalar(chosen.returning(AssistantUseRow.id)) is not None


def in_use(session: Session, address: Address, person_id: str) -> list[AssistantInUse]:
    """Read what was chosen at all levels in one statement, nearest first."""
    scopes = [scope_of(level, address, person_id) for level in Level if exists(level, address)]
    rows = session.execute(
        select(AssistantUseRow, AssistantRow)
        .outerjoin(AssistantRow, AssistantRow.id == AssistantUseRow.assistant_id)
        .where(_SCOPE.in_(scopes))
    )
    found = {
        used.level: AssistantInUse(
            id=used.id,
            level=Level(used.level),
            name=row.name if row else used.name,
            chosen_by=used.chosen_by,
            assistant=read_assistant(row) if row else None,
            told_in=used.told_turn or 0,
        )
        for used, row in rows
    }
    return [found[level.value] for level in Level if level.value in found]


def tell_gone(session: Session, use_id: int, *, turn_id: int) -> bool:
    """Note the turn that tells, where none has; whether it is this one that does."""
    here = AssistantUseRow.id == use_id
    session.execute(update(AssistantUseRow).where(here, AssistantUseRow.told_turn.is_(None)).values(told_turn=turn_id))
    return session.scalar(select(AssistantUseRow.told_turn).where(here)) == turn_id


def greet(session: Session, conversation_id: int, assistant_id: int, *, turn_id: int) -> bool:
    """Note the turn that greets, where none has; whether it is this one that does."""
    held = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == conversation_id).with_for_update(key_share=True)
    if session.scalar(held) is None:
        return False
    key = {"conversation_id": conversation_id, "assistant_id": assistant_id}
    insert_or_nothing(session, ASSISTANT_GREETINGS, {**key, "turn_id": turn_id})
    greeted = select(AssistantGreetingRow.turn_id).where(
        AssistantGreetingRow.conversation_id == conversation_id, AssistantGreetingRow.assistant_id == assistant_id
    )
    return session.scalar(greeted) == turn_id


def read_assistant(row: AssistantRow) -> Assistant:
    """Return the assistant of a row."""
    return Assistant(
        id=row.id,
        home=Level(row.home),
        persona=read_persona(row),
        author_id=row.author_id,
        version=row.version,
        source=row.source_id,
    )


def read_persona(row: AssistantRow) -> Persona:
    """Return what people said of it."""
    return Persona(
        name=row.name,
        key=row.name_key,
        prompt=row.prompt,
        model=row.model,
        lessons=row.lessons,
        greeting=row.greeting,
    )
