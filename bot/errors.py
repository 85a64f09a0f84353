"""The errors people may meet.

Each carries the key of a sentence in the text catalogue and the values that fill it, never English. Library errors are
translated into these once, in the room that calls the library. docs/reference/errors.md lists those of model hosts.
"""

from __future__ import annotations

import asyncio


class BotError(Exception):
    """Something a person must be told: `key` names the sentence, `parameters` fill its placeholders."""

    def __init__(self, key: str, /, **parameters: object) -> None:
        super().__init__(key)
        self.key = key
        self.parameters = parameters


class UserError(BotError):
    """The person can mend it: another model, a shorter message, a right they need."""


class AnswerRunning(UserError):
    """A button's answer is being made at this moment."""

    def __init__(self) -> None:
        super().__init__("error.answer_running")


class FieldRefused(UserError):
    """What was put into one field of a form cannot be taken: `field` is its name."""

    def __init__(self, field: str, key: str, /, **parameters: object) -> None:
        super().__init__(key, **parameters)
        self.field = field


class OverLimit(UserError):
    """The person, or those they share a place with, have asked as much as they may for now."""


class Unavailable(BotError):
    """Nobody in the channel can mend it now; it may work later. The message is safe."""


class Transient(Unavailable):
    """It may pass within seconds, and nothing is lost by trying again at once: the engine does, a few times."""


class HostLost(Transient):
    """A host was lost in mid-answer, and another one has the model: what was said is taken back, and said anew."""

    def __init__(self, *, host: str, model: str) -> None:
        super().__init__("error.stream_broken", host=host, model=model)


class ModelMissing(UserError):
    """The model is not installed (any more): the engine falls back to the next choice, with a notice."""

    def __init__(self, model: str) -> None:
        super().__init__("error.model_missing", model=model)
        self.model = model


class ModelElsewhere(ModelMissing):
    """The model's host would pass the question on to a machine elsewhere, and nobody allowed that. Nothing was sent."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self.key = "error.model_elsewhere"


class ModelUnfit(UserError):
    """The model's host refused what was asked without saying why: older ones say no more of a prompt too long."""

    def __init__(self, model: str) -> None:
        super().__init__("error.model_unfit", model=model)


class PromptTooLong(UserError):
    """The prompt does not fit the context window. The engine drops old messages and asks again; then tells.

    Numbers that do not say so (0 where there are none) are told to nobody.
    """

    def __init__(self, *, prompt_tokens: int, context_tokens: int) -> None:
        super().__init__("error.prompt_too_long", prompt_tokens=prompt_tokens, context_tokens=context_tokens)
        self.prompt_tokens = prompt_tokens
        self.context_tokens = context_tokens
        if not self.is_counted:
            self.key, self.parameters = "error.prompt_too_long_uncounted", {}

    @property
    def is_counted(self) -> bool:
        """Whether the numbers say that it is too long."""
        return self.prompt_tokens > self.context_tokens > 0


class RequestTooLarge(PromptTooLong):
    """The request has more bytes than the host, or a proxy before it, takes; how many those are it does not say."""

    def __init__(self, *, host: str) -> None:
        super().__init__(prompt_tokens=0, context_tokens=0)
        self.key, self.parameters = "error.request_too_large", {"host": host}


class QuestionTooLong(PromptTooLong):
    """The question alone, with what must stand beside it, does not fit: dropping old messages is no help."""


class TakenOver(BotError):
    """Another process answers this turn by now: this one says nothing more."""

    def __init__(self) -> None:
        super().__init__("error.taken_over")


class Unshown(asyncio.CancelledError):
    """The platform did not take an answer, and may later: its turn is handed back, and answered again then."""


class ConfigurationError(BotError):
    """The operator must mend it: the start stops with exit code 2."""
