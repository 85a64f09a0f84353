"""Closes turns in the store; what a store in trouble did not take is kept, within bounds, and stored later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import structlog

from bot.clock import Clock, either
from bot.domain import StoredAnswer
from bot.engine.run import Phase, Run
from bot.errors import BotError, Unavailable
from bot.ports import NO_METER, Meter, Turns

# A store that has not closed a turn by then is asked again later, and the turn's place is given up.
CLOSING_S = 30.0
# Trouble that passes within this is waited out in line; then those who wait are told.
PATIENCE_S = 10.0
# What the log says of a turn that is not over.
LEFT = {Phase.HANDED_BACK: "handed_back", Phase.LOST: "taken_over"}
log = structlog.get_logger(__name__)

T = TypeVar("T")


class TurnCloser:
    """Closes the turns of one worker. `on_hung` is told of a run that the store did not close in time.

    An answer that is owed to the store still holds its place there, so there are at most `places` of them.
    """

    def __init__(
        self,
        *,
        turns: Turns,
        worker: str,
        places: int,
        on_hung: Callable[[Run], None],
        meter: Meter = NO_METER,
        clock: Clock,
    ) -> None:
        self._turns = turns
        self._worker = worker
        self._places = places
        self._on_hung = on_hung
        self._meter = meter
        self._clock = clock
        self._owed: dict[int, StoredAnswer] = {}
        self._full_at: float | None = None

    @property
    def owed(self) -> frozenset[int]:
        """The turns whose end the store was not told yet."""
        return frozenset(self._owed)

    @property
    def is_full(self) -> bool:
        """Whether nobody else can be answered before the store takes what is owed, and has had its time for that."""
        return self._full_at is not None and self._clock.now() - self._full_at >= PATIENCE_S

    async def close(self, run: Run) -> None:
        """Store the outcome; a store that fails costs the memory of this answer, never the answer.

        Where it fails as no store should, the words are stored without what came with them, which may be to blame.
        """
        outcome = run.outcome()
        seconds = self._clock.now() - run.started_at
        _log_turn(run, outcome, seconds=seconds)
        self._meter.turn_ended(
            platform=run.turn.message.address.platform,
            state=_state(run, outcome),
            error=outcome.error_key,
            waited_s=seconds,
        )
        is_settled = False
        try:
            await self._put_down(run, outcome)
            is_settled = True
        except BotError as error:
            is_settled = True
            log.error("turn.not_stored", turn=run.turn.id, error=error.key)  # noqa: TRY400 - told, not a traceback
            if run.phase is not Phase.HANDED_BACK and not run.is_refused:
                self._owed[run.turn.id] = outcome
                if self._full_at is None and len(self._owed) >= self._places:
                    self._full_at = self._clock.now()
        finally:
            if not is_settled:
                await self._put_down(run, StoredAnswer(outcome.state, outcome.text, error_key=outcome.error_key))

    async def settle(self) -> None:
        """Close the turns whose answer was given while the store was in trouble, so that nobody gives it again.

        Raises:
            Unavailable: the trouble lasts.
        """
        for turn_id, answer in list(self._owed.items()):
            is_owed = False
            try:
                await self._in_time(self._turns.finish(turn_id, answer, worker=self._worker))
            except (BotError, asyncio.CancelledError):
                is_owed = True
                raise
            finally:
                # One that fails as none should is not tried for ever: its turn is found as one that runs nowhere.
                # Each platform's look for orphans comes by here: another one may have closed it meanwhile.
                if not is_owed:
                    self._owed.pop(turn_id, None)
                    self._full_at = None

    def drop_words(self, turn_id: int) -> None:
        """Keep no words for a turn whose question was withdrawn."""
        if turn_id in self._owed:
            self._owed[turn_id] = replace(self._owed[turn_id], text="", sources=())

    async def _put_down(self, run: Run, outcome: StoredAnswer) -> None:
        if run.is_lost:
            return
        try:
            if run.phase is Phase.HANDED_BACK or run.is_refused:
                await self._in_time(self._turns.release(run.turn.id, worker=self._worker))
            elif not await self._in_time(self._turns.finish(run.turn.id, outcome, worker=self._worker)):
                log.warning("turn.not_ours", turn=run.turn.id)
        except _StoreHangs:
            self._on_hung(run)
            raise

    async def _in_time(self, call: Coroutine[Any, Any, T]) -> T:
        """Wait for a call of the store, within bounds: it is the last thing that a turn waits for."""
        storing = asyncio.ensure_future(call)
        await either(storing, within_s=CLOSING_S, clock=self._clock)
        if storing.done():
            return storing.result()
        storing.cancel()
        storing.add_done_callback(lambda late: late.cancelled() or late.exception())
        raise _StoreHangs


class _StoreHangs(Unavailable):
    """The store says nothing."""

    def __init__(self) -> None:
        super().__init__("error.storage_busy")


def _state(run: Run, outcome: StoredAnswer) -> str:
    return LEFT.get(run.phase, outcome.state.value)


def _log_turn(run: Run, outcome: StoredAnswer, *, seconds: float) -> None:
    log.info(
        "turn",
        turn=run.turn.id,
        conversation=run.turn.conversation_id,
        platform=run.turn.message.address.platform,
        attempt=run.turn.attempt,
        model=outcome.model,
        state=_state(run, outcome),
        error=outcome.error_key,
        prompt_tokens=outcome.prompt_tokens,
        answer_tokens=outcome.answer_tokens,
        seconds=round(seconds, 3),
    )
