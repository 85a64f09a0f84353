"""Turns at work in this process: each waits for its place, runs, can be stopped, and is closed in the store."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

import structlog

from bot import ports
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Doing, HostRoom, Notice, Post, ReplyPart, State, StoredAnswer, Turn, TurnState
from bot.engine.answer_buttons import answer_buttons
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.lane_leaving import LaneLeaving
from bot.engine.model_wishes import ModelWishes
from bot.engine.openings import Openings
from bot.engine.queue import TurnQueue
from bot.engine.quotas import AskingLimits
from bot.engine.run import Phase, Run, most_attempts
from bot.engine.stored_text import may_quote
from bot.engine.turn_answers import TurnAnswerer
from bot.engine.turn_closer import TurnCloser
from bot.engine.turn_watch import Bounds, HungTurns, TurnWatch
from bot.errors import BotError, OverLimit, TakenOver, Unavailable, Unshown, UserError

# Of so many turns it is remembered that the platform did not take their answers.
MOST_UNSHOWN = 1_000
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
        of_one_waiting: int,
        bounds: Bounds | None = None,
        rooms: Callable[[], Sequence[HostRoom]] = tuple,
        meter: ports.Meter = ports.NO_METER,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.openings = Openings(clock=clock)
        self._turns = turns
        self._answerer = answerer
        self._worker = worker
        self._most_waiting = most_waiting
        self._of_one_waiting = of_one_waiting
        self._clock = clock
        self._runs: dict[int, Run] = {}
        self._strays: dict[str, set[int]] = {}
        self._unshown: deque[int] = deque(maxlen=MOST_UNSHOWN)
        self._line = TurnQueue(
            turns=turns,
            worker=worker,
            parallel=parallel,
            of_one=of_one_waiting,
            on_stop=self.stop,
            on_lost=self._lose,
            openings=self.openings,
            rooms=rooms,
            clock=clock,
        )
        self._wishes = ModelWishes(line=self._line)
        self._lanes = LaneLeaving(turns=turns, worker=worker, clock=clock)
        self._closer = TurnCloser(
            turns=turns, worker=worker, places=parallel, on_hung=self._closes_late, meter=meter, clock=clock
        )
        self._closing: set[asyncio.Task[None]] = set()
        self._watch = TurnWatch(
            runs=self._runs,
            close=self._close_unasked,
            look_after=self._look_after,
            bounds=bounds,
            clock=clock,
        )

    @property
    def hung(self) -> HungTurns:
        """What there is to tell of turns that hung."""
        return self._watch.hung

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
        run = self._begun(turn)
        self._wishes.choose(run, is_needed=self._answerer.needs_a_model(turn))
        try:
            try:
                for stream in (self._waited(run), self._answered(run)):
                    async with aclosing(stream) as parts:
                        async for part in parts:
                            if run.take(part):
                                yield part
            except (BotError, asyncio.CancelledError) as error:
                run.fail(error)
            if run.is_lost:
                run.error = TakenOver()
            else:
                for part in answer_buttons(run):
                    yield part
                run.enter(Phase.SAID)
                with self._lanes.soon(turn.id):
                    yield run.ending()
                run.enter(Phase.SHOWN)
        except (asyncio.CancelledError, GeneratorExit) as left:
            run.leave(is_cancelled=isinstance(left, asyncio.CancelledError))
            if isinstance(left, Unshown):
                self._unshown.append(turn.id)
            run.fail(left)
        finally:
            self._runs.pop(turn.id, None)
            self._wishes.drop(run)
            await asyncio.shield(self._close(run))
        if run.error:
            raise run.error

    async def refuse(self, turn: Turn, error: BotError) -> None:
        """Close a turn that is not answered, with the error the person is told."""
        self.openings.leave(turn.id)
        answer = StoredAnswer(state=TurnState.FAILED, text="", error_key=error.key)
        await self._turns.finish(turn.id, answer, worker=self._worker)

    @property
    def is_idle(self) -> bool:
        """Whether no turn that wants an answer waits or runs here."""
        return all(run.turn.message.job for run in self._runs.values())

    def at_work(self, turn_id: int) -> Turn | None:
        """Return a turn that waits or runs here; None when it is over, elsewhere or unknown."""
        run = self._runs.get(turn_id)
        return run.turn if run else None

    async def note_post(self, turn_id: int, post: Post) -> None:
        """See `Engine.note_post`. Something of the answer was shown: the turn does not hang."""
        if run := self._runs.get(turn_id):
            run.steps += 1
        try:
            await self._turns.note_post(turn_id, post)
        except BotError as error:
            log.warning("post.not_noted", turn=turn_id, error=error.key)
        self.openings.note(turn_id, post)

    def stop(self, turn_id: int) -> None:
        """End a turn that waits or runs here; what was written so far stays."""
        if run := self._runs.get(turn_id):
            run.stop()

    async def settle(self) -> None:
        """See `TurnCloser.settle`."""
        await self._closer.settle()

    async def settle_at_last(self) -> None:
        """See `Engine.settle`."""
        try:
            await self.settle()
        except BotError as error:
            log.error("turns.not_settled", error=error.key)  # noqa: TRY400 - the trouble was told where it began

    def drop_words(self, turn_id: int) -> None:
        """See `TurnCloser.drop_words`."""
        self._closer.drop_words(turn_id)

    async def strays(self) -> list[int]:
        """Return the ids of open turns of this worker whose reply runs nowhere."""
        outlook = await self._turns.look(self._worker)
        elsewhere = outlook.owned - self._closer.owed
        return [turn_id for turn_id in sorted(elsewhere) if not self._line.is_here(turn_id)]

    async def adopt(self, platform: str) -> Sequence[Turn]:
        """See `Engine.adopt`."""
        await self.settle()
        strays = set(await self.strays())
        # Between two looks of one platform lies time enough for a reply to begin; those of two may be a moment apart.
        for turn_id in strays & self._strays.get(platform, set()):
            await self._turns.release(turn_id, worker=self._worker)
        self._strays[platform] = strays
        return await self._turns.adopt(self._worker, platform=platform)

    def _begun(self, turn: Turn) -> Run:
        run = self._runs[turn.id] = Run(
            turn=turn,
            place=self._line.join(turn),
            context=self._answerer.context(turn),
            started_at=self._clock.now(),
            driver=asyncio.current_task(),
        )
        self._watch.begin()
        return run

    def _lose(self, turn_id: int) -> None:
        if run := self._runs.get(turn_id):
            run.lose()

    async def _waited(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Yield what a person reads while the turn waits, until it may run or is to end."""
        if run.turn.attempt > most_attempts(run.turn):
            raise Unavailable("error.gave_up", attempts=run.turn.attempt)
        if run.turn.attempt and run.turn.message.job is None:
            yield Notice("notice.unshown" if run.turn.id in self._unshown else "notice.continued")
        if self._closer.is_full:
            run.place.stop()
        async for position, total in run.place.positions():
            if position > self._most_waiting:
                raise Unavailable("error.queue_full", waiting=self._most_waiting)
            yield State(Doing.QUEUED, {"position": position, "total": total})
        if run.place.is_refused:
            raise OverLimit("error.person_queue_full", waiting=self._of_one_waiting)
        if self._closer.is_full:
            # Answers that cannot be remembered would be given again.
            run.is_refused = True
            raise Unavailable("error.answers_owed")
        run.writing.host = run.place.host
        run.enter(Phase.ANSWERING)

    async def _answered(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Yield the parts of the answer, to the question as it stands now: what it quotes may have been erased."""
        turn = run.turn
        if may_quote(turn.message.text) and (stored := await self._turns.find(turn.id)):
            if not stored.message.text:
                raise UserError("error.answer_gone")
            turn = replace(turn, message=replace(turn.message, text=stored.message.text))
        run.context.turn = turn
        async with aclosing(self._answerer.parts(turn, run.writing, run.context)) as parts:
            async for part in parts:
                yield part

    async def _close(self, run: Run) -> None:
        """Store the outcome and give up the place, once, whatever the store makes of it."""
        if run.is_closed:
            return
        run.is_closed = True
        try:
            await self._closer.close(run)
        finally:
            self._line.leave(run.place)

    def _closes_late(self, run: Run) -> None:
        self._watch.note(run, phase="closing")

    def _look_after(self) -> None:
        """See to it that the line goes on, and that nobody waits for a place that the store does not give back."""
        self._line.look_after()
        for run in self._runs.values() if self._closer.is_full else ():
            if run.phase is Phase.WAITING:
                run.place.stop()

    def _close_unasked(self, run: Run) -> None:
        """Close a run that nothing ends. What it may still say is not heard any more."""
        self._runs.pop(run.turn.id, None)
        closing = asyncio.create_task(self._close(run), name=f"close {run.turn.id}")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        closing.add_done_callback(lambda _: run.lose())


def running_turns(
    turns: ports.Turns,
    answerer: TurnAnswerer,
    answer_policy: AnswerPolicy,
    limits: AskingLimits,
    bounds: Bounds | None,
    rooms: Callable[[], Sequence[HostRoom]],
    worker: str,
    meter: ports.Meter,
    clock: Clock,
) -> RunningTurns:
    """Return the turns of one worker, within what the policy and the limits allow."""
    return RunningTurns(
        turns=turns,
        answerer=answerer,
        worker=worker,
        parallel=answer_policy.parallel,
        most_waiting=answer_policy.waiting,
        of_one_waiting=limits.waiting_below(answer_policy.waiting),
        bounds=bounds,
        rooms=rooms,
        meter=meter,
        clock=clock,
    )
