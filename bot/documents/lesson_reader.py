"""Reads lessons that are no plain text, in a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.util import find_spec

from bot.documents.document_kinds import LOCKED_MARK, PACKAGES, DocumentKind, document_kind
from bot.documents.steady_child import SteadyChild
from bot.domain import LessonPart, LessonParts, PartKind, WhyUnread
from bot.ports import PartsReader

RST, RST_SUFFIXES = "rst", frozenset({".rst", ".rest"})
RST_PACKAGE = "docutils"


class LessonReader:
    """See `ports.LessonDocuments`."""

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[PartsReader]:
        """See `ports.LessonDocuments.reading`."""
        child = SteadyChild()
        try:
            yield ChildReader(child)
        finally:
            await child.close()


class ChildReader:
    """See `ports.PartsReader`."""

    def __init__(self, child: SteadyChild) -> None:
        self._child = child

    async def read(self, content: bytes, *, suffix: str) -> LessonParts | WhyUnread:
        """See `ports.PartsReader.read`. What a file is, its first bytes tell, but for reStructuredText."""
        kind = RST if suffix in RST_SUFFIXES else document_kind(content)
        if kind is None:
            return WhyUnread.LOCKED if content.startswith(LOCKED_MARK) else WhyUnread.DAMAGED
        if find_spec(PACKAGES[kind] if isinstance(kind, DocumentKind) else RST_PACKAGE) is None:
            return WhyUnread.NO_READER
        read = await self._child.read(content, kind)
        return read if isinstance(read, WhyUnread) else parts_told(read)


def parts_told(told: Mapping[str, object]) -> LessonParts | WhyUnread:
    """Return the parts that the process tells of."""
    parts = told.get("parts")
    try:
        read = tuple(_part(each) for each in parts) if isinstance(parts, list) else None
    except (KeyError, TypeError, ValueError):
        read = None
    if read is None:
        return WhyUnread.DAMAGED
    return LessonParts(read, _clean(str(told.get("title", ""))), bool(told.get("is_cut")))


def _part(told: Mapping[str, object]) -> LessonPart:
    kind, number = PartKind(str(told["kind"])), int(str(told["number"]))
    return LessonPart(kind, _clean(str(told["text"])), number, _clean(str(told["title"])))


def _clean(text: str) -> str:
    """Return text without halves of characters, which no database takes."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
