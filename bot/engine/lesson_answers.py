"""Answers from the lessons: whether a turn is one, who words it, and what is said where the lessons have no answer."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

import structlog

from bot.domain import (
    Completion,
    Delta,
    Document,
    Doing,
    Finding,
    FinishReason,
    LessonQuestion,
    ModelCard,
    Notice,
    Passage,
    ReplyPart,
    Role,
    Source,
    Sources,
    State,
    Turn,
)
from bot.engine.answer_policy import Manners
from bot.engine.run import Lesson, Run
from bot.engine.selection import Selector
from bot.errors import BotError
from bot.ports import History, Teacher

# Models with fewer parameters, in billions, reword passages wrongly more often than not: they are left to chat.
CAPABLE_BILLIONS = 2.5
# What comes closest is named where nothing answers: so many places at most.
CLOSEST = 3
# A passage less certain than this was found by chance.
CLOSE = 0.05
# A mention of fewer words is small talk, or a follow-up that only the conversation explains.
FEWEST_WORDS = 3
_BILLIONS = re.compile(r"(\d+(?:\.\d+)?)\s*B", re.IGNORECASE)
log = structlog.get_logger(__name__)


class Answering(Protocol):
    """Who answers a turn in words of a model."""

    def parts(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Yield the answer's parts; `run` keeps what was written."""
        ...


class LessonByName(Protocol):
    """Who knows the lessons by what people call them."""

    async def lesson(self, name: str) -> Sequence[Document]:
        """Return the editions of the one lesson meant. Raises `UserError` where there is none, or more than one."""
        ...


class LessonAnswerer:
    """Answers what the lessons answer; everything else goes to `chat`."""

    def __init__(
        self,
        *,
        chat: Answering,
        teacher: Teacher,
        lessons: LessonByName,
        history: History,
        selector: Selector,
        manners: Manners,
    ) -> None:
        self._lessons = lessons
        self._chat = chat
        self._teacher = teacher
        self._history = history
        self._selector = selector
        self._manners = manners

    async def parts(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Yield the answer's parts; see `Answerer.parts`.

        Raises:
            BotError: no answer, or not all of it.
        """
        is_asked = run.turn.message.lessons_only
        if is_asked:
            yield State(Doing.READING)
        finding = await self._finding(run.turn)
        if finding is None:
            chosen = self._chat.parts(run)
        elif not finding.is_covered and not finding.is_sure:
            chosen = self._refused(run, finding)
        elif await self._is_capable(run.turn):
            chosen = self._worded(run, finding)
        else:
            chosen = self._quoted(run, finding)
        async with aclosing(chosen) as parts:
            async for part in parts:
                yield part

    async def _finding(self, turn: Turn) -> Finding | None:
        """Return what the lessons have; None where they are not asked, or, unasked, cannot be read or leave it be."""
        if turn.continues:
            return None
        if turn.message.lessons_only:
            return await self._teacher.look(await self._question(turn))
        if not self._manners.lessons_unasked:
            return None
        try:
            return await self._unasked(turn)
        except BotError as error:
            log.warning("lessons.not_read", error=error.key)
            return None

    async def _unasked(self, turn: Turn) -> Finding | None:
        """Return what the lessons answer though nobody asked them: surely, or better than a demonstration would."""
        question = await self._question(turn)
        has_words = len(question.text.split()) >= FEWEST_WORDS
        if has_words and (await self._teacher.look(question, by_words=True)).is_sure:
            finding = await self._teacher.look(question)
            if finding.is_sure:
                return finding
        card = await self._card(turn)
        if card is None or not card.is_demonstration:
            return None
        # With the question before, whatever is said next would be taken for a part of that one.
        finding = await self._teacher.look(replace(question, previous=""))
        return finding if finding.is_covered and not finding.is_vague else None

    async def _question(self, turn: Turn) -> LessonQuestion:
        message = turn.message
        history = await self._history.recent(turn.conversation_id, before_turn=turn.question_turn)
        return LessonQuestion(
            text=message.text,
            previous=next((said.text for said in reversed(history) if said.role is Role.USER), ""),
            lesson=await self._scope(message.lesson),
            language=message.answer_language,
        )

    async def _scope(self, name: str) -> str:
        """Return the key of the lesson a person named. Raises `UserError` where it cannot be told."""
        return (await self._lessons.lesson(name))[0].key if name else ""

    async def _is_capable(self, turn: Turn) -> bool:
        """Whether a model may word the answer here. Where none can be chosen, the lessons still answer, in quotes."""
        if self._manners.lesson_answers != "auto":
            return self._manners.lesson_answers == "model"
        card = await self._card(turn)
        return card is not None and is_capable(card)

    async def _card(self, turn: Turn) -> ModelCard | None:
        """Return the model that answers here; None where none can be chosen."""
        try:
            selection = await self._selector.select(turn.message.address, turn.message.person.id)
        except BotError:
            return None
        return selection.card

    async def _worded(self, run: Run, finding: Finding) -> AsyncGenerator[ReplyPart, None]:
        """Let the model word the answer; what does not hold is left out, and quotes stand in where nothing does."""
        run.lesson = Lesson(finding=finding, proof=self._teacher.proof(finding))
        async with aclosing(self._chat.parts(run)) as parts:
            async for part in parts:
                yield part
        proof = run.lesson.proof
        if not run.pieces and not run.is_stopped and not run.is_lost:
            async with aclosing(self._instead(run, finding)) as parts:
                async for part in parts:
                    yield part
        elif proof.removed:
            yield Notice("lessons.removed", {"count": proof.removed})

    def _instead(self, run: Run, finding: Finding) -> AsyncGenerator[ReplyPart, None]:
        """Say something else than a model that had nothing to say of the lessons, or nothing that holds."""
        if not run.turn.message.lessons_only:
            # Nobody asked the lessons: they turned out to be beside the point.
            run.lesson = run.completion = None
            return self._chat.parts(run)
        is_refusal = run.lesson is not None and run.lesson.proof.is_refusal
        return self._refused(run, finding) if is_refusal else self._quoted(run, finding)

    async def _quoted(self, run: Run, finding: Finding) -> AsyncGenerator[ReplyPart, None]:
        quoted = self._teacher.quote(finding)
        if not quoted.text:
            # Passages of nothing but pictures have no sentence to quote.
            async with aclosing(self._refused(run, finding)) as parts:
                async for part in parts:
                    yield part
            return
        # Nothing of what a model may have written before is in it.
        run.model, run.completion = "", Completion(reason=FinishReason.STOP, model="")
        run.pieces.append(quoted.text)
        yield Delta(quoted.text)
        yield sources(quoted.passages)
        yield Notice("lessons.quotes")

    async def _refused(self, run: Run, finding: Finding) -> AsyncGenerator[ReplyPart, None]:
        run.completion = run.completion or Completion(reason=FinishReason.STOP, model="")
        for notice in refusal(finding, is_of_one=bool(run.turn.message.lesson)):
            yield notice


def refusal(finding: Finding, *, is_of_one: bool = False) -> list[Notice]:
    """Return what is said where the lessons, or the one that was asked, have no answer: so, and what comes closest."""
    if not finding.passages:
        return [Notice("lessons.none")]
    refused = Notice("lessons.refused_by_one" if is_of_one else "lessons.refused")
    return [refused, *closest(finding.passages)]


def closest(passages: Sequence[Passage]) -> list[Notice]:
    """Name the places, one of each lesson, that come closest to a question; nothing where none is close."""
    places: dict[str, str] = {}
    for passage in passages:
        if passage.certainty >= CLOSE:
            places.setdefault(passage.document.key, placed(passage))
    return [Notice("lessons.closest", {"places": ", ".join([*places.values()][:CLOSEST])})] if places else []


def sources(passages: Sequence[Passage]) -> Sources:
    """Return passages as the sources of an answer, in their order."""
    return Sources(
        tuple(Source(title_of(passage), passage.url, is_stale=passage.document.is_stale) for passage in passages)
    )


def title_of(passage: Passage) -> str:
    """Return what a passage's place is called: the lesson's title and the section's heading."""
    title, heading = passage.document.title, passage.chunk.heading
    return f"{title} › {heading}" if heading and heading != title else title


def is_capable(card: ModelCard) -> bool:
    """Whether a model is large enough to word what lessons say; one that does not tell its size is taken to be."""
    if card.is_demonstration:
        return False
    size = _BILLIONS.search(card.parameters)
    if size:
        return float(size[1]) >= CAPABLE_BILLIONS
    return not re.search(r"\d\s*M", card.parameters, re.IGNORECASE)


def placed(passage: Passage) -> str:
    """Return a passage's place by its title, as a link where it has an address."""
    title = title_of(passage)
    return f"[{title}]({passage.url})" if passage.url else title
