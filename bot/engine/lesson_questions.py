"""Questions to the lessons outside any conversation: a turn of their own each, with a history in memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.domain import (
    Address,
    ChatMessage,
    ContextWindow,
    LessonQuestion,
    Notice,
    Passage,
    Person,
    PromptMessage,
    Source,
    StoredMessage,
    Turn,
)
from bot.engine.answer_record import AnswerRecord
from bot.engine.catalog import Catalog
from bot.engine.generation import Writing
from bot.engine.personas import ChosenAssistant
from bot.engine.selection import Selection
from bot.engine.stored_text import as_stored
from bot.engine.turn_answers import TurnAnswerer
from bot.errors import UserError
from bot.ports import Retriever

NOWHERE = Address("nowhere", "", "questions")
NOBODY = Person("nobody", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideQuestion:
    """A question, and what was said before it, oldest first.

    `lesson` is the one lesson to look in as the person named it, "" for all; `language` that of the answer, "" for the
    question's own.
    """

    text: str
    history: tuple[PromptMessage, ...] = ()
    lesson: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideAnswer:
    """What was answered, and the passages that were found; `text` is "" where the lessons do not answer."""

    text: str
    sources: tuple[Source, ...]
    notices: tuple[Notice, ...]
    found: tuple[Passage, ...]


class MemoryHistory:
    """See `ports.RecentHistory`: one conversation after another, held while it is asked in."""

    def __init__(self) -> None:
        self._messages: Sequence[StoredMessage] = ()

    def hold(self, messages: Sequence[PromptMessage]) -> None:
        """Have these been said, oldest first, and nothing else."""
        self._messages = [
            StoredMessage(number, message.role, message.content) for number, message in enumerate(messages, start=1)
        ]

    async def recent(self, conversation_id: int, *, before_turn: int, from_turn: int = 0) -> Sequence[StoredMessage]:
        """See `ports.RecentHistory.recent`."""
        del conversation_id, before_turn, from_turn  # there is one
        return self._messages

    async def window(self, conversation_id: int, *, model: str) -> ContextWindow:
        """See `ports.RecentHistory.window`: nothing was left out before."""
        del conversation_id, model
        return ContextWindow()

    async def cut(self, conversation_id: int, *, model: str, from_turn: int, dropped: int) -> None:
        """See `ports.RecentHistory.cut`: nothing is asked after this question."""

    async def plan_cut(
        self,
        conversation_id: int,
        *,
        model: str,
        from_turn: int,
        summary: str,
        rests_on: Sequence[StoredMessage],
        upon: str = "",
    ) -> bool:
        """See `ports.RecentHistory.plan_cut`: nothing is kept."""
        del conversation_id, model, from_turn, summary, rests_on, upon
        return False

    async def calibrate(self, conversation_id: int, *, model: str, bytes_per_token: float) -> None:
        """See `ports.RecentHistory.calibrate`: nothing is kept."""


class NamedModel:
    """See `ModelSelector`: the model that was named answers, or nobody."""

    def __init__(self, name: str, *, catalog: Catalog) -> None:
        self._name = name
        self._catalog = catalog

    async def select(self, address: Address, person_id: str, chosen: ChosenAssistant | None = None) -> Selection:
        """See `ModelSelector.select`."""
        del address, person_id, chosen  # it is the same for everybody
        card = await self._catalog.find(self._name)
        if card is None:
            raise UserError("error.ask_model", model=self._name)
        return Selection(card, None)

    async def refresh(self) -> None:
        """See `ModelSelector.refresh`."""
        await self._catalog.refresh()


class RecordingRetriever:
    """See `ports.Retriever`: keeps what was found last."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self.found: tuple[Passage, ...] = ()

    async def find(self, question: LessonQuestion, *, count: int = 8, by_words: bool = False) -> Sequence[Passage]:
        """See `ports.Retriever.find`."""
        self.found = tuple(await self._retriever.find(question, count=count, by_words=by_words))
        return self.found


class LessonQuestions:
    """Asks the lessons one question after another, of the answerer that channels get."""

    def __init__(self, *, answerer: TurnAnswerer, history: MemoryHistory, retriever: RecordingRetriever) -> None:
        self._answerer = answerer
        self._history = history
        self._retriever = retriever
        self._asked = 0

    async def ask(self, question: OutsideQuestion) -> OutsideAnswer:
        """Answer one question. Raises `BotError` where a channel would be told of one."""
        self._history.hold(question.history)
        record = AnswerRecord()
        async with aclosing(self._answerer.parts(self._turn(question), Writing())) as parts:
            async for part in parts:
                record.take(part)
        return OutsideAnswer(
            text=record.text.strip(),
            sources=record.sources,
            notices=tuple(record.notices),
            found=self._retriever.found,
        )

    def _turn(self, question: OutsideQuestion) -> Turn:
        self._asked += 1
        message = ChatMessage(
            event_id=f"{self._asked}",
            message_id=f"{self._asked}",
            address=NOWHERE,
            person=NOBODY,
            text=question.text,
            direct=True,
            lessons_only=True,
            lesson=question.lesson,
            answer_language=question.language,
        )
        return Turn(self._asked, self._asked, as_stored(message))
