"""Documents and recordings: what is in them, read where a file that is made to do harm can do none."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain import DocumentText, LessonParts, SoundPieces, WhyUnread


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


class PartsReader(Protocol):
    """Reads lessons' files one after the other."""

    async def read(self, content: bytes, *, suffix: str) -> LessonParts | WhyUnread:
        """Return the parts of a file with this suffix (".pdf"), or why there are none. It takes bounded time."""
        ...


class LessonDocuments(Protocol):
    """Reads lessons that are no plain text: PDF, PowerPoint, Word and reStructuredText."""

    def reading(self) -> AbstractAsyncContextManager[PartsReader]:
        """Return what reads files, while it is open; whatever it has started has ended after that."""
        ...
