"""What is stored of one person, as it is handed to them: nothing of it is anybody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.assistant import RecordedAssistant, RecordedAssistantUse
from bot.domain.conversation import Address
from bot.domain.deeds import LoggedDeed
from bot.domain.place_courses import RecordedCourse


@dataclass(frozen=True, slots=True)
class RecordedMessage:
    """A message of the person, without what it quoted. `answer` is "" where there is none.

    `reasoning` is what it was reasoned with. `is_answer_left_out`: there is one, which may repeat what others said.
    """

    said_at: datetime
    address: Address
    message_id: str
    text: str
    answer: str = ""
    model: str = ""
    reasoning: str = ""
    is_answer_left_out: bool = False


@dataclass(frozen=True, slots=True)
class RecordedRating:
    """What the person thinks of an answer."""

    rated_at: datetime
    verdict: str
    reason: str
    model: str


@dataclass(frozen=True, slots=True)
class RecordedChoice:
    """A model that the person chose, for themselves or, where `level` says so, for others."""

    chosen_at: datetime
    level: str
    address: Address
    model: str
    think: str = ""


@dataclass(frozen=True, slots=True)
class RecordedSummary:
    """What a model summed up of a conversation in which the person spoke.

    `is_left_out`: it may repeat what others said, and `text` is "".
    """

    made_at: datetime | None
    address: Address
    model: str
    text: str = ""
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class RecordedVote:
    """What the person voted on two models: `outcome` is 1 where the first is better, 0 the second, 0.5 neither."""

    voted_at: datetime
    first: str
    second: str
    outcome: float
    reason: str


@dataclass(frozen=True, slots=True)
class RecordedWork:
    """What a model's answer to the person took: tokens read and written, seconds of its host."""

    ended_at: datetime
    workspace: str
    channel: str
    model: str
    prompt_tokens: int
    answer_tokens: int
    worked_s: float


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """All of it, oldest first. `quoted` are words of the person that others quoted; by whom is not theirs to read."""

    messages: tuple[RecordedMessage, ...] = ()
    quoted: tuple[str, ...] = ()
    ratings: tuple[RecordedRating, ...] = ()
    choices: tuple[RecordedChoice, ...] = ()
    summaries: tuple[RecordedSummary, ...] = ()
    votes: tuple[RecordedVote, ...] = ()
    assistants: tuple[RecordedAssistant, ...] = ()
    assistant_uses: tuple[RecordedAssistantUse, ...] = ()
    courses: tuple[RecordedCourse, ...] = ()
    work: tuple[RecordedWork, ...] = ()
    deeds: tuple[LoggedDeed, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored."""
        kept = (
            self.messages,
            self.quoted,
            self.ratings,
            self.choices,
            self.votes,
            self.assistants,
            self.assistant_uses,
            self.courses,
            self.work,
            self.deeds,
        )
        return not any(kept)
