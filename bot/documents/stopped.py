"""Why a document is not read, as the reading process tells itself."""

from __future__ import annotations

from bot.domain.attachments import WhyUnread


class Stopped(Exception):
    """A document is not read; `why` says why."""

    def __init__(self, why: WhyUnread) -> None:
        super().__init__(why.value)
        self.why = why
