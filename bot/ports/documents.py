"""Documents and recordings: what is in them, read where a file that is made to do harm can do none."""

from __future__ import annotations

from typing import Protocol

from bot.domain import DocumentText, SoundPieces, WhyUnread


class Documents(Protocol):
    """Reads PDF, Word and PowerPoint files."""

    async def read(self, content: bytes) -> DocumentText | WhyUnread:
        """Return the text of a document, its pages or slides marked, or why there is none. It takes bounded time."""
        ...


class Sounds(Protocol):
    """Reads recordings: voice messages, and other files of sound."""

    async def read(self, content: bytes, *, most_s: float) -> SoundPieces | WhyUnread:
        """Return what is heard in a recording of at most so many seconds, or why nothing is. It takes bounded time."""
        ...
