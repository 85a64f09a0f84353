"""The record of one turn at work: how far it is, what of its answer reached the person, and how to stop it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import Enum, auto

from bot.domain import (
    Completion,
    Failed,
    FinishReason,
    Notice,
    ReplyPart,
    StoredAnswer,
    Turn,
    TurnState,
)
from bot.engine.answer_record import AnswerRecord
from bot.engine.generation import Writing
from bot.engine.queue import QueuePosition
from bot.engine.turn_context import TurnContext
from bot.errors import BotError

# A turn that outlived so many processes, restarts included, is given up: it may be what ends them.
MOST_ATTEMPTS = 5
# What is fetched for hours outlives many restarts, and goes on where it was.
MOST_ATTEMPTS_AT_A_JOB = 100


class Phase(Enum):
    """How far a run is. One that ends before its answer is said is closed with what there is of it."""

    WAITING = auto()
    ANSWERING = auto()
    SAID = auto()  # all of the answer was handed out
    SHOWN = auto()  # whoever shows it asked for more: all of it is shown
    HANDED_BACK = auto()  # this process gives the turn up
    LOST = auto()  # another process answers


@dataclass(slots=True)
class Run:
    """One run of one turn. Whatever ends it, `outcome` says what reached the person."""

    turn: Turn
    place: QueuePosition
    context: TurnContext
    started_at: float = 0.0
    writing: Writing = field(default_factory=Writing)
    phase: Phase = Phase.WAITING
    answer: AnswerRecord = field(default_factory=AnswerRecord)
    error: BotError | None = None
    # Whoever asks for the parts, as far as is known.
    driver: asyncio.Task[object] | None = None
    steps: int = 0
    is_called_off: bool = False
    has_hung: bool = False
    is_closed: bool = False
    is_refused: bool = False

    @property
    def progress(self) -> object:
        """How far the run is: it is another value whenever anything went on."""
        return self.phase, self.steps, self.writing.heard, self.place.moves, self.is_stopping

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked for its end."""
        return self.writing.is_stopped

    @property
    def is_lost(self) -> bool:
        """Whether another process answers."""
        return self.phase is Phase.LOST

    def enter(self, phase: Phase) -> None:
        """Come to a phase; what is lost stays lost."""
        if not self.is_lost:
            self.phase = phase
            self.steps += 1

    def lose(self) -> None:
        """End the run without a word: another process answers."""
        self.phase = Phase.LOST
        self.place.lose()
        self.writing.stop()

    def stop(self) -> None:
        """End the run, wherever it is; what was written stays."""
        self.place.stop()
        self.writing.stop()

    def give_up(self, error: BotError) -> None:
        """End the run, and wait for no host: the person is told the error, unless they wanted no answer any more."""
        if not self.is_stopping:
            self.error = error
        self.place.stop()
        self.writing.abandon()

    def call_off(self) -> None:
        """Cancel whoever drives the run, wherever that waits."""
        if self.driver and not self.driver.done():
            self.is_called_off = True
            self.driver.cancel()

    def fail(self, error: BaseException) -> None:
        """Keep why the run ends; a cancellation that is not `call_off`'s goes on."""
        if isinstance(error, BotError):
            self.error = self.error or error
        elif not isinstance(error, asyncio.CancelledError) or not self._was_called_off():
            raise error

    def _was_called_off(self) -> bool:
        """Whether nobody else wants the end of whoever drives the run."""
        if not self.is_called_off or self.driver is None:
            return False
        self.is_called_off = False
        return self.driver.uncancel() == 0

    def leave(self, *, is_cancelled: bool) -> None:
        """End the run early: it is cancelled, or whoever shows the answer goes away.

        An answer that was begun is closed as it is; one whose end was not shown is given again, unless it hung.
        """
        if (is_cancelled or self.phase is Phase.SAID) and not self.has_hung:
            self.enter(Phase.HANDED_BACK)

    def take(self, part: ReplyPart) -> bool:
        """Keep what is stored of a part; return whether it is shown now: its end follows behind the buttons."""
        if self.is_lost:
            return False
        self.steps += 1
        self.answer.take(part)
        return not isinstance(part, Completion)

    def ending(self) -> Completion | Failed:
        """Return the last part of the reply."""
        if self.error:
            return Failed(Notice(self.error.key, self.error.parameters))
        return self.answer.completion or self.writing.stopped()

    @property
    def state(self) -> TurnState:
        """How the turn ended."""
        if self.answer.completion is None or self.error:
            return TurnState.FAILED
        return TurnState.STOPPED if self.answer.completion.reason is FinishReason.STOPPED else TurnState.ANSWERED

    def outcome(self) -> StoredAnswer:
        """Return what is to be stored. A run that ended without an error or a completion was cancelled."""
        return StoredAnswer(
            state=self.state,
            text=self.answer.text,
            model=self.answer.completion.model if self.answer.completion else self.writing.model,
            prompt_tokens=self.answer.completion.prompt_tokens if self.answer.completion else 0,
            answer_tokens=self.answer.completion.answer_tokens if self.answer.completion else 0,
            error_key=self.error.key if self.error else "" if self.answer.completion else "cancelled",
            sources=self.answer.sources,
            host=self.answer.completion.host if self.answer.completion else self.writing.host,
            reasoning=self.writing.reasoning if self.answer.text else "",
        )


def most_attempts(turn: Turn) -> int:
    """Return how many processes may have ended over a turn before it is given up."""
    return MOST_ATTEMPTS_AT_A_JOB if turn.message.job else MOST_ATTEMPTS
