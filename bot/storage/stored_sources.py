"""The sources of an answer as a column holds them: JSON, None for none."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.domain import Source


def written_sources(sources: Sequence[Source]) -> str | None:
    """Return what is stored."""
    return (
        json.dumps([[each.title, each.url, each.is_stale] for each in sources], ensure_ascii=False) if sources else None
    )


def read_sources(stored: str | None) -> tuple[Source, ...]:
    """Return what was stored."""
    rows = json.loads(stored) if stored else ()
    return tuple(Source(str(title), str(url), is_stale=bool(is_stale)) for title, url, is_stale in rows)
