"""The sources of an answer as a column holds them: JSON, None for none."""

from __future__ import annotations

import json
from collections.abc import Sequence

import structlog

from bot.domain import Source

log = structlog.get_logger(__name__)


def written_sources(sources: Sequence[Source]) -> str | None:
    """Return what is stored."""
    return (
        json.dumps([[each.title, each.url, each.is_stale] for each in sources], ensure_ascii=False) if sources else None
    )


def read_sources(stored: str | None) -> tuple[Source, ...]:
    """Return what was stored; none where it cannot be read, since the answer itself can."""
    try:
        rows = json.loads(stored) if stored else ()
        return tuple(Source(str(title), str(url), is_stale=bool(is_stale)) for title, url, is_stale in rows)
    except (ValueError, TypeError, RecursionError) as error:
        log.warning("storage.sources_damaged", error=type(error).__name__)
        return ()
