"""What follows an attempt to answer that failed: another one, or the error. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from bot.errors import BotError, HostLost, ModelMissing, ModelUnfit, PromptTooLong, QuestionTooLong, Transient

# Seconds before a host that failed is asked again, as long as no text came; then the person is told.
RETRY_WAITS_S = (0.5, 2.0)
# A model that is gone, or a prompt the host finds too long, is given way to this often before any text came.
MOST_FALLBACKS = 2


@dataclass(frozen=True, slots=True)
class Retry:
    """The same is asked again after a wait; `number` counts from 1."""

    number: int
    wait_s: float


class Fallback(Enum):
    """What is asked instead, at once."""

    ANOTHER_MODEL = auto()
    SHORTER_PROMPT = auto()


def next_attempt(
    error: BotError, *, retries: int, fallbacks: int, has_spoken: bool, may_shorten: bool = True
) -> Retry | Fallback | None:
    """Return what follows an error after so many retries and fall-backs; None: the person is told of it.

    `has_spoken`: words of the answer are shown, so it cannot begin anew, but where its host was lost. `may_shorten`:
    something can be left out of what the model was asked, and that may be why it was refused.
    """
    match error:
        case HostLost() if retries < len(RETRY_WAITS_S):
            return Retry(retries + 1, 0.0)
        case _ if has_spoken or isinstance(error, QuestionTooLong):
            # Of a question too long there is nothing left that could be dropped.
            return None
        case Transient() if retries < len(RETRY_WAITS_S):
            return Retry(retries + 1, RETRY_WAITS_S[retries])
        case ModelMissing() if fallbacks < MOST_FALLBACKS:
            return Fallback.ANOTHER_MODEL
        case PromptTooLong() | ModelUnfit() if fallbacks < MOST_FALLBACKS and may_shorten:
            return Fallback.SHORTER_PROMPT
        case _:
            return None
