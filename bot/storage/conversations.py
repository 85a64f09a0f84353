"""Conversations: found by where they are held."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from bot.domain import Address
from bot.storage.database.sql_dialects import insert_or_nothing
from bot.storage.tables.chat_tables import CONVERSATIONS, ConversationRow

_SCOPE = ("platform", "workspace", "channel", "thread")
_HELD = (
    select(CONVERSATIONS.c.id)
    .where(*(CONVERSATIONS.c[part] == bindparam(part) for part in _SCOPE))
    .with_for_update(key_share=True)
)


def entered(session: Session, address: Address) -> int:
    """Return the id of the address's conversation, new when nothing was said there yet.

    It is held until the end: where writers are many, the turns of a conversation would else not become visible in the
    order of their ids.
    """
    scope = {part: getattr(address, part) for part in _SCOPE}
    known: int | None = session.scalar(_HELD, scope)
    if known is not None:
        return known
    # Somebody else may have made it a moment ago where writers are many; then theirs is found.
    insert_or_nothing(session, CONVERSATIONS, scope)
    return int(session.scalars(_HELD, scope).one())


def at(address: Address) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the conversation of this address."""
    return (
        ConversationRow.platform == address.platform,
        ConversationRow.workspace == address.workspace,
        ConversationRow.channel == address.channel,
        ConversationRow.thread == address.thread,
    )


def within(platform: str, workspace: str) -> Select[int]:
    """Select the ids of a platform's or workspace's conversations; "" means every one."""
    conditions = [ConversationRow.platform == platform] if platform else []
    conditions += [ConversationRow.workspace == workspace] if workspace else []
    return select(ConversationRow.id).where(*conditions)
