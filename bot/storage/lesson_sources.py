"""Which sources the index of lessons is made of, and which models made their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.storage.database.database import Database
from bot.storage.tables.chat_tables import LESSON_DOCUMENTS as DOCUMENTS


@dataclass(frozen=True, slots=True)
class IndexedSource:
    """A source, the model that made its vectors ("" for none), and how many documents are so."""

    name: str
    model: str
    documents: int


async def indexed_sources(database: Database) -> Sequence[IndexedSource]:
    """Count the documents by source and model.

    Raises:
        Unavailable: the database is locked, away or broken.
    """
    return await database.read(_counted)


def _counted(session: Session) -> Sequence[IndexedSource]:
    by = (DOCUMENTS.c.source, DOCUMENTS.c.model)
    rows = session.execute(select(*by, func.count()).group_by(*by).order_by(*by))
    return [IndexedSource(*row) for row in rows]


async def cited_addresses(database: Database, *, without: str) -> Sequence[str]:
    """Return the address of each document, "" for one that has none; those of the source `without` are left out.

    Raises:
        Unavailable: the database is locked, away or broken.
    """
    return await database.read(lambda session: _addresses(session, without))


def _addresses(session: Session, without: str) -> Sequence[str]:
    return list(session.scalars(select(DOCUMENTS.c.url).where(DOCUMENTS.c.source != without)))
