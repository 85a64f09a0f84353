"""Health: which parts of the bot work, since when, for machines that watch it.

`Health` looks, `as_json` says it. Neither secrets nor anything people wrote are part of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.errors import BotError

EVERY_S = 15.0
WITHIN_S = 5.0
MAX_AGE_S = 2.0
MODEL_HOST, MODEL_HOSTS, DATABASE, LESSONS = "model_host", "model_hosts", "database", "lessons"
NOT_CONNECTED, TIMEOUT = "not_connected", "timeout"
log = structlog.get_logger(__name__)


class Readiness(Protocol):
    """Whether a platform is connected now; an `asyncio.Event` is one."""

    def is_set(self) -> bool:
        """Tell."""
        ...


@dataclass(frozen=True, slots=True)
class OpenTurns:
    """The turns nobody has answered yet, of all processes; `oldest_s` is the age of the oldest, 0 without one."""

    waiting: int
    running: int
    oldest_s: float


class HungCounts(Protocol):
    """How many turns stand still beyond their bounds, or did a moment ago, and how many were ended since the start."""

    @property
    def now(self) -> int:
        """Those of this moment."""
        ...

    @property
    def ended(self) -> int:
        """Those since the start."""
        ...


class HostHealth(Protocol):
    """How one of several model hosts fares: its address, and the key of its error, "" while it is there."""

    @property
    def host(self) -> str:
        """The address."""
        ...

    @property
    def error(self) -> str:
        """The key."""
        ...


Probe = Callable[[], Awaitable[object]]
Count = Callable[[], Awaitable[OpenTurns]]


@dataclass(frozen=True, slots=True)
class PartHealth:
    """How one part fares: the key of its error, "" while it is well, and since when that is so."""

    error: str
    since: datetime

    @property
    def is_well(self) -> bool:
        """Whether the part works."""
        return not self.error


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How everything fares. `turns` is None where nobody can count them now; `hosts` is empty where there is one.

    `lessons` says whether they could be taken in anew; None where they are not, by themselves.
    """

    adapters: dict[str, PartHealth]
    model_host: PartHealth
    database: PartHealth
    turns: OpenTurns | None = None
    hung: HungCounts | None = None
    hosts: Sequence[HostHealth] = ()
    lessons: PartHealth | None = None

    @property
    def is_hung(self) -> bool:
        """Whether a turn hangs, or did a moment ago."""
        return self.hung is not None and self.hung.now > 0

    @property
    def is_well(self) -> bool:
        """Whether every part works, each of the model hosts too, and no turn hangs."""
        parts = (*self.adapters.values(), self.model_host, self.database, *([self.lessons] if self.lessons else []))
        return not self.is_hung and all(each.is_well for each in parts) and not any(each.error for each in self.hosts)

    @property
    def is_ready(self) -> bool:
        """Whether messages are heard and kept: without a model host they are still answered, with a sentence."""
        return self.database.is_well and any(each.is_well for each in self.adapters.values())


class Health:
    """Looks at every part: adapters by their events, the model host and the database by asking them.

    `model_host` and `database` are asked something small, and raise a `BotError` when they do not work. A report is
    at most `max_age_s` old, however often somebody asks for one. `hosts` are the model hosts, as they were last seen.
    """

    def __init__(
        self,
        *,
        model_host: Probe,
        database: Probe,
        lessons: Probe | None = None,
        turns: Count | None = None,
        hung: Callable[[], HungCounts] | None = None,
        hosts: Callable[[], Sequence[HostHealth]] = tuple,
        clock: Clock = SYSTEM_CLOCK,
        within_s: float = WITHIN_S,
        max_age_s: float = MAX_AGE_S,
    ) -> None:
        self._probes = {MODEL_HOST: model_host, DATABASE: database, **({LESSONS: lessons} if lessons else {})}
        self._turns = turns
        self._hung = hung
        self._hosts = hosts
        self._clock = clock
        self._within_s = within_s
        self._max_age_s = max_age_s
        self._adapters: dict[str, Readiness] = {}
        self._standings: dict[str, PartHealth] = {}
        self._told: dict[str, str] = {}
        self._report: HealthReport | None = None
        self._looked_at = -float("inf")
        self._looking = asyncio.Lock()

    def watch(self, name: str, ready: Readiness) -> None:
        """Take an adapter in; again with the same name, it takes the other one's place."""
        self._adapters[name] = ready
        self._note(name, "" if ready.is_set() else NOT_CONNECTED)

    async def look(self) -> HealthReport:
        """Look at everything, or return what was seen a moment ago; a change is logged once, in one line."""
        async with self._looking:
            if self._report is None or self._clock.now() - self._looked_at >= self._max_age_s:
                self._report = await self._look()
                self._looked_at = self._clock.now()
                self._tell(self._report)
            return self._report

    async def keep_watch(self, *, every_s: float = EVERY_S) -> None:
        """Look again and again, so that changes are logged when nobody asks; until cancelled.

        The first look comes after a while: at the start nothing is connected yet, and that is no news.
        """
        while True:
            await self._clock.sleep(every_s)
            await self.look()

    async def _look(self) -> HealthReport:
        errors = await asyncio.gather(*(self._asked(question) for question in self._probes.values()))
        asked = {name: self._note(name, error) for name, error in zip(self._probes, errors, strict=True)}
        adapters = {
            name: self._note(name, "" if ready.is_set() else NOT_CONNECTED) for name, ready in self._adapters.items()
        }
        hung = self._hung() if self._hung else None
        hosts = self._hosts()
        return HealthReport(
            adapters,
            asked[MODEL_HOST],
            asked[DATABASE],
            await self._counted(),
            hung,
            hosts if len(hosts) > 1 else (),
            asked.get(LESSONS),
        )

    async def _asked(self, question: Probe) -> str:
        try:
            async with asyncio.timeout(self._within_s):
                await question()
        except BotError as error:
            return error.key
        except TimeoutError:
            return TIMEOUT
        return ""

    async def _counted(self) -> OpenTurns | None:
        if self._turns is None:
            return None
        try:
            async with asyncio.timeout(self._within_s):
                return await self._turns()
        except (BotError, TimeoutError):
            return None

    def _note(self, name: str, error: str) -> PartHealth:
        """Remember how a part fares; it has fared so since the first time it did."""
        before = self._standings.get(name)
        if before is None or before.error != error:
            before = self._standings[name] = PartHealth(error, self._clock.utc())
        return before

    def _tell(self, report: HealthReport) -> None:
        parts = {**report.adapters, MODEL_HOST: report.model_host, DATABASE: report.database}
        now = {name: standing.error or "ok" for name, standing in parts.items()}
        now |= {LESSONS: report.lessons.error or "ok"} if report.lessons else {}
        now |= {"turns": "hung"} if report.is_hung else {}
        now |= {each.host: each.error or "ok" for each in report.hosts}
        if now != self._told:
            self._told = now
            (log.info if report.is_well else log.warning)("health", well=report.is_well, ready=report.is_ready, **now)


def as_json(report: HealthReport) -> dict[str, object]:
    """Return the report as `GET /health` gives it."""
    turns, hung = report.turns, report.hung
    return {
        "well": report.is_well,
        "ready": report.is_ready,
        "adapters": {
            name: {"connected": each.is_well, "since": _time(each.since)} for name, each in report.adapters.items()
        },
        MODEL_HOST: _part(report.model_host),
        **({MODEL_HOSTS: {each.host: each.error or None for each in report.hosts}} if report.hosts else {}),
        DATABASE: _part(report.database),
        **({LESSONS: _part(report.lessons)} if report.lessons else {}),
        "turns": turns and {"waiting": turns.waiting, "running": turns.running, "oldest_s": round(turns.oldest_s, 1)},
        **({"hung_turns": {"now": hung.now, "ended": hung.ended}} if hung and (hung.now or hung.ended) else {}),
    }


def _part(standing: PartHealth) -> dict[str, object]:
    return {"ok": standing.is_well, "error": standing.error or None, "since": _time(standing.since)}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
