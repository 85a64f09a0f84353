"""The book of what models do: each completion is noted as it ends, however it ends, and stored soon after.

What is noted is stored beside the answers and not with them: nobody waits for it, and a store in trouble loses at most
figures. A process that is killed loses those of its last seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TypeAlias

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    Account,
    ChatRequest,
    Completion,
    Delta,
    ModelCard,
    ModelEvent,
    ModelWork,
    SpeechRequest,
    Thought,
)
from bot.errors import BotError
from bot.ports import NO_METER, Meter, Notes, WorkLog

STORE_EVERY_S = 2.0
# Work that the store did not take is kept so far; the oldest is lost first.
MOST_PENDING = 10_000
Asked: TypeAlias = ChatRequest | SpeechRequest
LONG_AGO = datetime.min.replace(tzinfo=UTC)
log = structlog.get_logger(__name__)


class WorkBook:
    """Notes what completions take, and has it counted by a meter. Without `work_log` nothing is kept.

    `hosts` are the addresses of all hosts: where there is one, it is whose work it is where a completion names none.
    """

    def __init__(
        self,
        *,
        work_log: WorkLog | None = None,
        notes: Notes | None = None,
        hosts: Sequence[str] = (),
        meter: Meter = NO_METER,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._work_log = work_log
        self._notes = notes
        self._hosts = tuple(hosts)
        self._host = self._hosts[0] if len(self._hosts) == 1 else ""
        self._meter = meter
        self._clock = clock
        self._pending: list[ModelWork] = []
        self._is_open = False
        # So that whoever reads has what another task is just storing.
        self._storing = asyncio.Lock()

    async def metered(
        self, events: AsyncGenerator[ModelEvent, None], asked: Asked, *, card: ModelCard, account: Account
    ) -> AsyncGenerator[ModelEvent, None]:
        """Yield a completion's events as they are, and note at their end what it took of its host.

        One that is ended from outside counts with the time it was waited for; one that its host refused before the
        first event took nothing.
        """
        sight = _Sight(self._clock)
        try:
            async with aclosing(events):
                async for event in events:
                    sight.see(event)
                    yield event
        except BotError:
            sight.is_refused = not sight.has_begun
            raise
        finally:
            if not sight.is_refused:
                work = _work(sight, asked, card, account, host=asked.host or self._host)
                self._meter.model_worked(work, first_word_s=sight.first_word_s)
                self._note(work)

    async def open(self) -> None:
        """Note from when on work is counted, and each host's. Raises `Unavailable`."""
        for host in ("", *self._hosts):
            if self._notes and await self._notes.read(_since_note(host)) is None:
                await self._notes.write(_since_note(host), self._clock.utc().isoformat())
        self._is_open = True

    async def open_if_possible(self) -> None:
        """Open it; a store in trouble stops no start, and is tried again while the bot runs."""
        try:
            await self.open()
        except BotError as error:
            log.warning("work.not_opened", error=error.key)

    async def since(self, host: str = "") -> datetime:
        """Return from when on work is counted, or a host's; long ago where nobody noted it. Raises `Unavailable`."""
        noted = await self._notes.read(_since_note(host)) if self._notes else None
        return moment_in(noted or "") or LONG_AGO

    async def store(self) -> None:
        """Store what was noted. Raises `Unavailable`; it is kept for later then."""
        if self._work_log is None:
            return
        async with self._storing:
            works, self._pending = self._pending, []
            if not works:
                return
            try:
                await self._work_log.keep(works)
            except BotError:
                self._pending = [*works, *self._pending][-MOST_PENDING:]
                raise

    async def keep_storing(self) -> None:
        """Store what is noted every now and then, until cancelled."""
        while True:
            await self._clock.sleep(STORE_EVERY_S)
            if not self._is_open:
                await self.open_if_possible()
            # A cancellation must not leave it open whether these are stored.
            await asyncio.shield(self.store_if_possible())

    async def store_if_possible(self) -> None:
        """Store what was noted; trouble is logged, and waited out."""
        try:
            await self.store()
        except BotError as error:
            log.warning("work.not_stored", works=len(self._pending), error=error.key)

    def _note(self, work: ModelWork) -> None:
        if self._work_log is not None:
            self._pending = [*self._pending[-MOST_PENDING + 1 :], work]


def _since_note(host: str) -> str:
    return f"work.since {host}".strip()


def moment_in(text: str) -> datetime | None:
    """Return the moment a text tells; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


class _Sight:
    """What is seen of one completion: its end, once it is there, and when that was."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun_at = clock.now()
        self.end: Completion | None = None
        self.has_begun = self.is_refused = False
        self.first_word_s: float | None = None
        self._ended: tuple[datetime, float] | None = None

    def see(self, event: ModelEvent) -> None:
        """Take in the next event. What comes behind the end is no work of the model."""
        self.has_begun = True
        if self.first_word_s is None and isinstance(event, Delta | Thought):
            self.first_word_s = self._clock.now() - self._begun_at
        if isinstance(event, Completion):
            self.end, self._ended = event, self.ended

    @property
    def ended(self) -> tuple[datetime, float]:
        """When it ended, which is now where it did not come to its end, and for how long it was waited for."""
        return self._ended or (self._clock.utc(), self._clock.now() - self._begun_at)


def _work(sight: _Sight, asked: Asked, card: ModelCard, account: Account, *, host: str) -> ModelWork:
    """Return what a completion took: as its host tells, which was not longer at it than it was waited for."""
    end, (ended_at, waited_s) = sight.end, sight.ended
    told_s = end.worked_s if end else 0.0
    return ModelWork(
        ended_at=ended_at,
        worked_s=min(told_s, waited_s) if told_s else waited_s,
        model=asked.model,
        digest=card.digest,
        host=(end.host if end else "") or host,
        prompt_tokens=end.prompt_tokens if end else 0,
        answer_tokens=end.answer_tokens if end else 0,
        is_counted=bool(end and end.prompt_tokens and end.answer_tokens and not end.is_part_counted),
        is_measured=not told_s,
        is_remote=card.is_remote or bool(end and end.is_remote),
        account=account,
    )
