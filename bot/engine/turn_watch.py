"""Watches the turns at work: one that stands still for longer than its bounds allow is ended, step by step.

First it is asked to end, with a sentence to the person; then whoever drives it is cancelled; at last it is closed
without being waited for. What counts as going on is anything at all that the turn has done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.engine.run import Phase, Run
from bot.errors import Unavailable

LOOK_EVERY_S = 2.0
# Between the three steps: a sentence must still be shown.
GRACE_S = 15.0
# Health tells of a turn that hung for so long after it was ended: somebody may look once in a minute.
REMEMBERED_S = 300.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many seconds a turn may stand still: in line, between two events of its model, being shown, being stopped.

    `job_s` is for work on a host's models, which may check what it has fetched for long, without a word.

    What a host is waited for is bounded where it is asked; this is for what no bound of theirs ended.
    """

    waiting_s: float = 1800.0
    answering_s: float = 420.0
    delivering_s: float = 300.0
    stopping_s: float = 15.0
    job_s: float = 3600.0

    def of(self, run: Run) -> float:
        """Return what holds for a run as it is now."""
        if run.phase in (Phase.WAITING, Phase.ANSWERING) and run.is_stopping:
            return self.stopping_s
        match run.phase:
            case Phase.WAITING:
                return self.waiting_s
            case Phase.ANSWERING:
                return self.job_s if run.turn.message.job else self.answering_s
            case _:
                return self.delivering_s


@dataclass(frozen=True, slots=True)
class HungTurns:
    """How many turns stand still beyond their bounds, or did a moment ago, and how many were ended since the start."""

    now: int = 0
    ended: int = 0


@dataclass(slots=True)
class _Sighting:
    """How far a run was seen to be, since when, and how often it was told to end since then."""

    progress: object
    since: float
    told: int = 0


class TurnWatch:
    """Looks at the runs while there are any. `close` closes a run that nothing ends; `look_after` looks at the line."""

    def __init__(
        self,
        *,
        runs: Mapping[int, Run],
        close: Callable[[Run], None],
        look_after: Callable[[], None],
        bounds: Bounds | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._runs = runs
        self._close = close
        self._look_after = look_after
        self._bounds = bounds or Bounds()
        self._clock = clock
        self._sightings: dict[int, _Sighting] = {}
        self._looking: asyncio.Task[None] | None = None
        self._ended = 0
        self._last_hung_at = -float("inf")

    @property
    def hung(self) -> HungTurns:
        """What there is to tell of turns that hung."""
        now = sum(seen.told > 0 for seen in self._sightings.values())
        was_lately = self._clock.now() - self._last_hung_at < REMEMBERED_S
        return HungTurns(max(now, int(was_lately)), self._ended)

    def begin(self) -> None:
        """Look from now on, as long as there are runs."""
        if self._runs and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look_on(), name="turn watch")
            self._looking.add_done_callback(self._ended_looking)

    def note(self, run: Run, *, phase: str) -> None:
        """Count a run that hung; one is counted once."""
        if not run.has_hung:
            run.has_hung = True
            self._ended += 1
            log.error("turn.hung", turn=run.turn.id, conversation=run.turn.conversation_id, phase=phase)
        self._last_hung_at = self._clock.now()

    def _ended_looking(self, looking: asyncio.Task[None]) -> None:
        """Begin again after a failure nobody foresaw."""
        if not looking.cancelled() and (error := looking.exception()):
            log.error("turn_watch.failed", error=type(error).__name__, exc_info=error)
            asyncio.get_running_loop().call_later(LOOK_EVERY_S, self.begin)

    async def _look_on(self) -> None:
        while self._runs:
            await self._clock.sleep(LOOK_EVERY_S)
            self._look()
            self._look_after()
        self._sightings.clear()

    def _look(self) -> None:
        now = self._clock.now()
        for turn_id in self._sightings.keys() - self._runs.keys():
            del self._sightings[turn_id]
        for turn_id, run in list(self._runs.items()):
            seen = self._sightings.get(turn_id)
            if seen is None or (not seen.told and seen.progress != run.progress):
                self._sightings[turn_id] = _Sighting(run.progress, now)
            elif now - seen.since >= (GRACE_S if seen.told else self._bounds.of(run)):
                self._tell(run, seen)
                seen.since, seen.told = now, seen.told + 1

    def _tell(self, run: Run, seen: _Sighting) -> None:
        self.note(run, phase=run.phase.name.lower())
        match seen.told:
            case 0:
                run.give_up(Unavailable("error.turn_hung"))
            case 1:
                run.call_off()
            case _:
                self._close(run)
