"""Telling the channels that the operator named what changed among the models, while a platform is connected."""

from __future__ import annotations

from functools import partial

import structlog

from adapters.base import Adapter, Announcement
from bot.clock import Clock
from bot.domain.model_news import NewsBatch
from bot.engine.announcements import Announcements
from bot.errors import BotError

EVERY_S = 30.0
log = structlog.get_logger(__name__)


async def announce_news(adapter: Adapter, announcements: Announcements, *, language: str, clock: Clock) -> None:
    """Say what is due, again and again, until cancelled. What could not be said is tried again."""
    while True:
        await adapter.ready.wait()
        await announce_due(adapter, announcements, language=language)
        await clock.sleep(EVERY_S)


async def announce_due(adapter: Adapter, announcements: Announcements, *, language: str) -> None:
    """Say in each channel what is due there."""
    for channel in announcements.channels_of(adapter.platform):
        try:
            if batch := await announcements.due(adapter.platform, channel):
                await _announce(adapter, announcements, batch, channel, language)
        except BotError as error:
            log.warning("news.not_announced", platform=adapter.platform, channel=channel, error=error.key)


async def _announce(
    adapter: Adapter, announcements: Announcements, batch: NewsBatch, channel: str, language: str
) -> None:
    announcement = Announcement(
        key=f"news-{batch.up_to}",
        channel=channel,
        begun_at=batch.taken_at,
        is_again=batch.is_again,
        language=language,
        mark=announcements.mark(batch),
        parts=partial(announcements.parts, batch),
    )
    if await adapter.announce(announcement):
        await announcements.told(batch)
        log.info("news.announced", platform=adapter.platform, channel=channel, up_to=batch.up_to)
    else:
        log.warning("news.not_announced", platform=adapter.platform, channel=channel)
