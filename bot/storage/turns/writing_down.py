"""Writing down: what was said in a recording becomes part of the question that it came with."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from bot.domain import QuotedMessage, Role, with_quotes_behind
from bot.storage.tables.chat_tables import MESSAGES, QUOTES, TURNS
from bot.storage.turns.open_turns import IS_OPEN

_QUESTION = (
    select(MESSAGES.c.id, MESSAGES.c.text)
    .join(TURNS, TURNS.c.id == MESSAGES.c.turn_id)
    .where(
        TURNS.c.id == bindparam("turn"),
        TURNS.c.worker == bindparam("owner"),
        IS_OPEN,
        MESSAGES.c.role == Role.USER.value,
    )
    .with_for_update(of=MESSAGES)
)
_QUOTED = select(func.coalesce(func.sum(QUOTES.c.chars), 0)).where(QUOTES.c.message_id == bindparam("message"))
# Whoever had theirs erased since the question came is none of them any more.
_AUTHORS = select(QUOTES.c.person_id).where(QUOTES.c.message_id == bindparam("message"))
_REWRITE = update(MESSAGES).where(MESSAGES.c.id == bindparam("message")).values(text=bindparam("written"))


def write_down(
    session: Session, turn_id: int, *, worker: str, note: str, words: str, quotes: Sequence[QuotedMessage]
) -> str | None:
    """See `ports.Turns.write_down`."""
    found = session.execute(_QUESTION, {"turn": turn_id, "owner": worker}).one_or_none()
    if found is None:
        return None
    before = session.execute(_QUOTED, {"message": found.id}).scalar_one()
    theirs = set(session.scalars(_AUTHORS, {"message": found.id}))
    quotes = [each for each in quotes if each.author_id in theirs]
    quoted, own = found.text[:before], found.text[before:]
    text = with_quotes_behind(quoted + own.replace(note, words, 1), before, quotes)
    session.execute(_REWRITE, {"message": found.id, "written": text})
    if quotes:
        rows = [{"message_id": found.id, "person_id": each.author_id, "chars": len(each.text)} for each in quotes]
        session.execute(insert(QUOTES), rows)
    return text
