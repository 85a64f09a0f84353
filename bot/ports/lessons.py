"""What the engine asks of the lessons. Whoever implements one says "See `ports.X.y`"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.domain import Cited, Finding, LessonQuestion, Passage, QuizItem


class Proof(Protocol):
    """Checks an answer, as it is written, against the passages it cites. Used by one answer."""

    async def feed(self, text: str) -> Cited:
        """Take the next piece of a model's answer; return what is checked by now: whole sentences that hold."""
        ...

    async def finish(self) -> Cited:
        """Check what is left. Afterwards `removed` counts the sentences that did not hold."""
        ...

    @property
    def removed(self) -> int:
        """How many sentences were left out because no passage supports them."""
        ...

    @property
    def is_refusal(self) -> bool:
        """Whether the model said that the lessons do not answer the question."""
        ...


class LanguageTeller(Protocol):
    """Tells languages apart."""

    def language_of(self, text: str) -> str:
        """Return the tag of the language a text is surely in; "" where too little tells."""
        ...


class Teacher(LanguageTeller, Protocol):
    """Answers from the lessons: finds, quotes, briefs a model and checks what it writes."""

    async def look(self, question: LessonQuestion, *, by_words: bool = False) -> Finding:
        """Find the passages for a question and judge whether they answer it; `by_words` in some milliseconds.

        Raises:
            Unavailable: the index does not answer.
        """
        ...

    def quote(self, finding: Finding) -> Cited:
        """Return the sentences that answer best, as quotes with numbers, and the passages they are from."""
        ...

    def brief(self, finding: Finding, *, budget_tokens: int) -> str:
        """Return what a model reads before the question: how to answer, and the numbered passages, as data."""
        ...

    def proof(self, finding: Finding) -> Proof:
        """Begin checking an answer that was made with `brief`."""
        ...

    def summary(self, passages: Sequence[Passage]) -> str:
        """Return what a document says of itself at its beginning, in a few of its own sentences; "" where nothing."""
        ...

    def quiz(self, passages: Sequence[Passage]) -> Sequence[QuizItem]:
        """Return every quiz question a document gives, in reading order; `passages` are all of its chunks."""
        ...
