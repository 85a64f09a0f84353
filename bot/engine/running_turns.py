"""Turns at work in this process: each waits for its place, runs, can be stopped, and is closed in the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import structlog

from bot import ports
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Doing, Notice, ReplyPart, State, StoredAnswer, Turn, TurnState
from bot.engine.answer_buttons import answer_buttons
from bot.engine.queue import TurnQueue
from bot.engine.run import Phase, Run
from bot.engine.stored_text import may_quote
from bot.engine.turn_answers import TurnAnswerer
from bot.errors import BotError, TakenOver, Unavailable, UserError

# A turn that outlived so many processes, restarts included, is given up: it may be what ends them.
MOST_ATTEMPTS = 5
# What the log says of a turn that is not over.
LEFT = {Phase.HANDED_BACK: "handed_back", Phase.LOST: "taken_over"}
log = structlog.get_logger(__name__)


class RunningTurns:
    """Runs the turns this process owns, as their claims come."""

    def __init__(
        self,
        *,
        turns: ports.Turns,
        answerer: TurnAnswerer,
        worker: str,
        parallel: int,
        most_waiting: int,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._turns = turns
        self._answerer = answerer
        self._worker = worker
        self._most_waiting = most_waiting
        self._clock = clock
        self._runs: dict[int, Run] = {}
        self._unstored: dict[int, StoredAnswer] = {}
        self._line = TurnQueue(
            turns=turns, worker=worker, parallel=parallel, on_stop=self.stop, on_lost=self._lose, clock=clock
        )

    async def run(self, turn: Turn) -> AsyncGenerator[ReplyPart, None]:
        """Answer the turn. Whatever ends it, the store keeps the text that reached the person.

        The last part is a `Completion` or a `Failed`, behind the buttons that belong to it; the turn is closed when
        the next one is asked for, since only then the person has read it all. A run that is cancelled before gives its
        turn back, for another process or a later start, and so does one whose end was not shown; one whose consumer
        goes away earlier is closed.

        Raises:
            BotError: why there is no answer, or not all of it; the turn is closed by then.
            TakenOver: another process answers this turn.
        """
        run = self._runs[turn.id] = Run(turn=turn, place=self._line.join(turn))
        started_at = self._clock.now()
        try:
            try:
                for stream in (self._waited(run), self._answered(run)):
                    async with aclosing(stream) as parts:
                        async for part in parts:
                            if run.take(part):
                                yield part
            except BotError as error:
                run.error = error
            if run.is_lost:
                run.error = TakenOver()
            else:
                for part in answer_buttons(run):
                    yield part
                run.enter(Phase.SAID)
                yield run.ending()
                run.enter(Phase.SHOWN)
        except (asyncio.CancelledError, GeneratorExit) as left:
            run.leave(is_cancelled=isinstance(left, asyncio.CancelledError))
            raise
        finally:
            del self._runs[turn.id]
            await asyncio.shield(self._close(run, started_at))
        if run.error:
            raise run.error

    async def refuse(self, turn: Turn, error: BotError) -> None:
        """Close a turn that is not answered, with the error the person is told."""
        answer = StoredAnswer(state=TurnState.FAILED, text="", error_key=error.key)
        await self._turns.finish(turn.id, answer, worker=self._worker)

    def at_work(self, turn_id: int) -> Turn | None:
        """Return a turn that waits or runs here; None when it is over, elsewhere or unknown."""
        run = self._runs.get(turn_id)
        return run.turn if run else None

    def stop(self, turn_id: int) -> None:
        """End a turn that waits or runs here; what was written so far stays."""
        if run := self._runs.get(turn_id):
            run.stop()

    async def settle(self) -> None:
        """Close the turns whose answer was given while the store was in trouble, so that nobody gives it again.

        Raises:
            Unavailable: the trouble lasts.
        """
        for turn_id, answer in list(self._unstored.items()):
            is_owed = False
            try:
                await self._turns.finish(turn_id, answer, worker=self._worker)
            except (BotError, asyncio.CancelledError):
                is_owed = True
                raise
            finally:
                # One that fails as none should is not tried for ever: its turn is found as one that runs nowhere.
                # Each platform's look for orphans comes by here: another one may have closed it meanwhile.
                if not is_owed:
                    self._unstored.pop(turn_id, None)

    async def strays(self) -> list[int]:
        """Return the ids of open turns of this worker whose reply runs nowhere."""
        outlook = await self._turns.look(self._worker)
        elsewhere = outlook.owned - self._unstored.keys()
        return [turn_id for turn_id in sorted(elsewhere) if not self._line.is_here(turn_id)]

    def _lose(self, turn_id: int) -> None:
        if run := self._runs.get(turn_id):
            run.lose()

    async def _waited(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Yield what a person reads while the turn waits, until it may run or is to end."""
        if run.turn.attempt > MOST_ATTEMPTS:
            raise Unavailable("error.gave_up", attempts=run.turn.attempt)
        if run.turn.attempt:
            yield Notice("notice.continued")
        async for position, total in run.place.positions():
            if position > self._most_waiting:
                raise Unavailable("error.queue_full", waiting=self._most_waiting)
            yield State(Doing.QUEUED, {"position": position, "total": total})
        run.enter(Phase.ANSWERING)

    async def _answered(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Yield the parts of the answer, to the question as it stands now: what it quotes may have been erased."""
        turn = run.turn
        if may_quote(turn.message.text) and (stored := await self._turns.find(turn.id)):
            if not stored.message.text:
                raise UserError("error.answer_gone")
            turn = replace(turn, message=replace(turn.message, text=stored.message.text))
        async with aclosing(self._answerer.parts(turn, run.writing)) as parts:
            async for part in parts:
                yield part

    async def _close(self, run: Run, started_at: float) -> None:
        """Store the outcome and give up the place, whatever the store makes of it."""
        try:
            outcome = run.outcome()
            _log_turn(run, outcome, seconds=self._clock.now() - started_at)
            await self._store(run, outcome)
        finally:
            self._line.leave(run.place)

    async def _store(self, run: Run, outcome: StoredAnswer) -> None:
        """Store the outcome; a store that fails costs the memory of this answer, never the answer.

        Where it fails as no store should, the words are stored without what came with them, which may be to blame.
        """
        is_settled = False
        try:
            await self._put_down(run, outcome)
            is_settled = True
        except BotError as error:
            is_settled = True
            log.error("turn.not_stored", turn=run.turn.id, error=error.key)  # noqa: TRY400 - told, not a traceback
            if run.phase is not Phase.HANDED_BACK:
                self._unstored[run.turn.id] = outcome
        finally:
            if not is_settled:
                await self._put_down(run, StoredAnswer(outcome.state, outcome.text, error_key=outcome.error_key))

    async def _put_down(self, run: Run, outcome: StoredAnswer) -> None:
        if run.is_lost:
            return
        if run.phase is Phase.HANDED_BACK:
            await self._turns.release(run.turn.id, worker=self._worker)
        elif not await self._turns.finish(run.turn.id, outcome, worker=self._worker):
            log.warning("turn.not_ours", turn=run.turn.id)


def _log_turn(run: Run, outcome: StoredAnswer, *, seconds: float) -> None:
    log.info(
        "turn",
        turn=run.turn.id,
        conversation=run.turn.conversation_id,
        platform=run.turn.message.address.platform,
        attempt=run.turn.attempt,
        model=outcome.model,
        state=LEFT.get(run.phase, outcome.state.value),
        error=outcome.error_key,
        prompt_tokens=outcome.prompt_tokens,
        answer_tokens=outcome.answer_tokens,
        seconds=round(seconds, 3),
    )
