"""What is to be answered, as a value: who answers it need not know why it is put that way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain import ChatMessage, Completion, Delta, PromptMessage, ReplyPart
from bot.engine.prompt import as_question, going_on, last_words
from bot.reasoning import broken

# The share of the window that what was begun, or what is to be read first, may take: the rest is for the conversation.
BEGUN_SHARE = 0.5
BRIEF_SHARE = 0.6

Brief = Callable[[int], str]
"""Makes what a model reads before the question, in at most so many tokens."""

Then = Callable[[Completion], "AnswerRequest | Sequence[ReplyPart]"]
"""Returns what follows a model's words, by their end: something else to ask, or the last parts of the answer."""


class TextFilter(Protocol):
    """Stands between a model's words and whoever reads them: lets text through, or checks it sentence by sentence."""

    def begin(self) -> None:
        """Take what comes now for the beginning of a text; what came before is void."""
        ...

    async def feed(self, text: str) -> Sequence[ReplyPart]:
        """Take the next piece of the text; return what is shown by now."""
        ...

    async def finish(self) -> Sequence[ReplyPart]:
        """Return what is shown of the rest: the text has ended."""
        ...


class PlainText:
    """See `TextFilter`: everything is shown as it comes."""

    def begin(self) -> None:
        """See `TextFilter.begin`."""

    async def feed(self, text: str) -> Sequence[ReplyPart]:
        """See `TextFilter.feed`."""
        return [Delta(text)] if text else []

    async def finish(self) -> Sequence[ReplyPart]:
        """See `TextFilter.finish`."""
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """A message to be answered by a model.

    `so_far` is the answer it is to go on with, "" for a new one. `brief` makes what is read before the question, None
    where the question stands for itself; `text` filters what the model says. `then` says what follows when the model
    has ended, and need not have said anything; None where its words are all there is to the answer.
    """

    message: ChatMessage
    so_far: str = ""
    brief: Brief | None = None
    text: TextFilter = field(default_factory=PlainText)
    then: Then | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the model reads the message as it is."""
        return not self.so_far and self.brief is None

    def messages(self, *, budget_tokens: int, bytes_per_token: float) -> tuple[Sequence[PromptMessage], PromptMessage]:
        """Return what the model is asked, and, before it, what it is to have read right before."""
        if self.so_far:
            most_bytes = int(budget_tokens * bytes_per_token * BEGUN_SHARE)
            return going_on(self.message, last_words(self.so_far, most_bytes=most_bytes))
        question = as_question(self.message)
        if self.brief is None:
            return (), question
        brief = self.brief(int(budget_tokens * BRIEF_SHARE))
        return (), PromptMessage(question.role, f"{broken(brief)}\n\n{question.content}")
