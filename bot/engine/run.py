"""The record of one turn at work: what was written so far, and how to stop it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain import (
    Completion,
    Failed,
    Finding,
    FinishReason,
    Notice,
    Passage,
    ReplyPart,
    Source,
    Sources,
    StoredAnswer,
    Turn,
    TurnState,
)
from bot.engine.generation import Generation
from bot.engine.queue import Place
from bot.errors import BotError
from bot.ports import Proof


@dataclass(slots=True)
class Lesson:
    """What of a run is about the lessons: what was found, and the check of what the model makes of it."""

    finding: Finding
    proof: Proof
    cited: list[Passage] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """One run of one turn. Whatever ends it, `outcome` says what reached the person."""

    turn: Turn
    place: Place
    model: str = ""
    pieces: list[str] = field(default_factory=list)
    generation: Generation | None = None
    completion: Completion | None = None
    error: BotError | None = None
    lesson: Lesson | None = None
    sources: tuple[Source, ...] = ()
    is_stopped: bool = False
    is_lost: bool = False
    is_handed_back: bool = False
    is_said: bool = False
    is_shown: bool = False

    def lose(self) -> None:
        """End the run without a word: another process answers."""
        self.is_lost = True
        self.place.lose()
        if self.generation:
            self.generation.stop()

    def stop(self) -> None:
        """End the run, wherever it is; what was written stays."""
        self.is_stopped = True
        self.place.stop()
        if self.generation:
            self.generation.stop()

    def stopped(self) -> Completion:
        """Return the end of an answer that a person stopped."""
        return Completion(reason=FinishReason.STOPPED, model=self.model)

    def note(self, part: ReplyPart) -> None:
        """Keep what is stored with the answer."""
        if isinstance(part, Sources):
            self.sources = part.sources

    def ending(self) -> Completion | Failed:
        """Return the last part of the reply."""
        if self.error:
            return Failed(Notice(self.error.key, self.error.parameters))
        return self.completion or self.stopped()

    @property
    def state(self) -> TurnState:
        """How the turn ended."""
        if self.completion is None or self.error:
            return TurnState.FAILED
        return TurnState.STOPPED if self.completion.reason is FinishReason.STOPPED else TurnState.ANSWERED

    def outcome(self) -> StoredAnswer:
        """Return what is to be stored. A run that ended without an error or a completion was cancelled."""
        return StoredAnswer(
            state=self.state,
            text="".join(self.pieces),
            model=self.model,
            prompt_tokens=self.completion.prompt_tokens if self.completion else 0,
            answer_tokens=self.completion.answer_tokens if self.completion else 0,
            error_key=self.error.key if self.error else "" if self.completion else "cancelled",
            sources=self.sources,
        )
