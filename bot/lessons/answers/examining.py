"""Questions answered from the lessons outside any conversation, for `lyceum ask` and `lyceum evaluate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypedDict

from bot.domain import ChatRequest, Cited, Delta, Finding, LessonQuestion, Passage, PromptMessage, Role
from bot.ports import ModelBackend, Teacher
from bot.reasoning import without_reasoning

CONTEXT_TOKENS = 8192
ANSWER_TOKENS = 512
BRIEF_TOKENS = 5000


class Retrieved(TypedDict):
    """A passage that was found, best first in its list."""

    lesson: str
    heading: str
    text: str
    lang: str


class Prediction(TypedDict):
    """What was answered to one question of a question set; citations are canonical URLs."""

    id: str
    retrieved: list[Retrieved]
    answer: str
    citations: list[str]
    refused: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """An answer outside a conversation. `is_quoted`: no model worded it; `text` is "" where the lessons refuse."""

    finding: Finding
    text: str = ""
    cited: Sequence[Passage] = ()
    is_quoted: bool = False


class Examiner:
    """Answers questions one by one: with the model that is named, in quotes without one."""

    def __init__(self, *, teacher: Teacher, backend: ModelBackend | None = None, model: str = "") -> None:
        self._teacher = teacher
        self._backend = backend
        self._model = model

    async def examine(self, question: LessonQuestion) -> Examined:
        """Answer one question. Raises `BotError` where the index or the model host does not answer."""
        finding = await self._teacher.look(question)
        if not finding.is_covered:
            return Examined(finding)
        if self._backend and self._model:
            worded, is_refusal = await self._worded(self._backend, finding)
            if worded.text.strip() or is_refusal:
                return Examined(finding, worded.text.strip(), worded.passages)
        quoted = self._teacher.quote(finding)
        return Examined(finding, quoted.text, quoted.passages, is_quoted=True)

    async def _worded(self, backend: ModelBackend, finding: Finding) -> tuple[Cited, bool]:
        proof = self._teacher.proof(finding)
        brief = self._teacher.brief(finding, budget_tokens=BRIEF_TOKENS)
        prompt = (PromptMessage(Role.USER, f"{brief}\n\n{finding.question.text}"),)
        request = ChatRequest(
            model=self._model, prompt=prompt, context_tokens=CONTEXT_TOKENS, answer_tokens=ANSWER_TOKENS, think=None
        )
        async with aclosing(backend.chat(request)) as events:
            written = "".join([event.text async for event in events if isinstance(event, Delta)])
        parts = [await proof.feed(without_reasoning(written)), await proof.finish()]
        cited = [passage for part in parts for passage in part.passages]
        return Cited("".join(part.text for part in parts), tuple(cited)), proof.is_refusal


def prediction(question_id: str, examined: Examined) -> Prediction:
    """Return an answer as a line of a predictions file says it."""
    return Prediction(
        id=question_id,
        retrieved=[_retrieved(passage) for passage in examined.finding.passages],
        answer=examined.text,
        citations=[passage.url for passage in examined.cited],
        refused=not examined.text,
    )


def to_question(row: Mapping[str, object]) -> LessonQuestion:
    """Read a line of a question set: `question`, and `history` as the chat messages before it.

    Raises:
        ValueError: it is no such line.
    """
    text, history = row.get("question"), row.get("history") or []
    if not isinstance(text, str) or not isinstance(history, list):
        raise ValueError("a question set's line needs a question, and its history is a list of messages")  # noqa: TRY004
    said = [one.get("content", "") for one in history if isinstance(one, dict) and one.get("role") == "user"]
    return LessonQuestion(text=text, previous=str(said[-1]) if said else "")


def _retrieved(passage: Passage) -> Retrieved:
    return Retrieved(
        lesson=passage.document.key,
        heading=passage.chunk.heading,
        text=passage.chunk.text,
        lang=passage.document.language,
    )
