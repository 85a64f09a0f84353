"""Taking lessons in anew by a schedule: what lies at an address, source by source, in one process at a time."""

from __future__ import annotations

import random
from contextlib import aclosing
from datetime import timedelta
from uuid import uuid4

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Notice
from bot.domain.place_courses import KnownSource
from bot.domain.schedules import Schedule
from bot.errors import BotError, Unavailable
from bot.ports import CourseRefresher, CourseSources, Refreshed

EVERY_S = 60.0
# A hold that is not made longer, as of a process that ended, is over after this.
HELD_S = 120.0
# Many bots that read one course at one hour are a crowd.
MOST_LATE = timedelta(minutes=10)
LATE_SHARE = 0.1
# What failed is tried again before its time.
AGAIN = timedelta(hours=1)
BUSY = "error.lessons_busy"
log = structlog.get_logger(__name__)


class RefreshSchedule:
    """Looks which sources are due. `late` is by how much of the most everything is late here, by chance."""

    def __init__(
        self,
        schedule: Schedule,
        *,
        sources: CourseSources,
        refresher: CourseRefresher,
        late: float | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._schedule = schedule
        self._sources = sources
        self._refresher = refresher
        self._worker = uuid4().hex
        share = random.random() if late is None else late  # noqa: S311 - keeps bots apart
        self._late = min(MOST_LATE, schedule.every * LATE_SHARE) * share
        self._clock = clock

    async def keep(self) -> None:
        """Look until cancelled. Trouble is logged and tried again."""
        while True:
            try:
                await self.look()
            except BotError as error:
                log.warning("lessons.not_looked_after", error=error.key)
            await self._clock.sleep(EVERY_S)

    async def look(self) -> None:
        """Take in anew what is due. Raises `Unavailable` where the store does not answer."""
        for source in await self._sources.known():
            if self._is_due(source):
                await self._refresh(source)

    async def check(self) -> None:
        """Raise `Unavailable` with the reason where the last try of a source failed: for whoever watches the bot."""
        for source in await self._sources.known():
            if source.is_elsewhere and source.failure:
                raise Unavailable(source.failure.key, **source.failure.parameters)

    async def _refresh(self, source: KnownSource) -> None:
        """Take a source in anew, where no other process does, or has done meanwhile."""
        if not await self._sources.hold(source.name, self._worker, for_s=HELD_S):
            return
        if not any(each.name == source.name and self._is_due(each) for each in await self._sources.known()):
            await self._sources.hold(source.name, self._worker, for_s=0)
            return
        failure: Notice | None = None
        async with aclosing(self._refresher.refresh(source.name, worker=self._worker)) as steps:
            async for step in steps:
                failure = step.failure if isinstance(step, Refreshed) else None
        if failure and failure.key != BUSY:
            # A process that was broken off has noted nothing, and would be begun anew each minute.
            await self._sources.failed(source.name, failure)

    def _is_due(self, source: KnownSource) -> bool:
        if not source.is_elsewhere:
            return False
        now = self._clock.utc()
        is_again = source.failure is not None and now - source.tried_at >= min(AGAIN, self._schedule.every)
        return is_again or self._schedule.is_due(source.tried_at, now, late=self._late)
