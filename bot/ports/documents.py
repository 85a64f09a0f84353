"""Documents: their text, read where a file that is made to do harm can do none."""

from __future__ import annotations

from typing import Protocol

from bot.domain import DocumentText, WhyUnread


class Documents(Protocol):
    """Reads PDF, Word and PowerPoint files."""

    async def read(self, content: bytes) -> DocumentText | WhyUnread:
        """Return the text of a document, its pages or slides marked, or why there is none. It takes bounded time."""
        ...
