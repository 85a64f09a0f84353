"""Reads documents, each in a process of its own."""

from __future__ import annotations

from importlib.util import find_spec

from bot.documents.children import Children
from bot.documents.document_kinds import LOCKED_MARK, PACKAGES, document_kind
from bot.domain import DocumentText, WhyUnread


class DocumentReader:
    """See `ports.Documents`."""

    def __init__(self, *, children: Children | None = None) -> None:
        self._children = children or Children()

    async def read(self, content: bytes) -> DocumentText | WhyUnread:
        """See `ports.Documents.read`."""
        kind = document_kind(content)
        if kind is None:
            return WhyUnread.LOCKED if content.startswith(LOCKED_MARK) else WhyUnread.DAMAGED
        if find_spec(PACKAGES[kind]) is None:
            return WhyUnread.NO_READER
        read = await self._children.read(content, kind.value)
        if isinstance(read, WhyUnread):
            return read
        try:
            return DocumentText(str(read["text"]), bool(read["is_cut"]))
        except KeyError:
            return WhyUnread.DAMAGED
