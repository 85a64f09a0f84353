"""Probing: a model is asked about passages as channels ask it, and what it makes of them is counted."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    ChatMessage,
    Completion,
    Delta,
    Finding,
    LessonQuestion,
    ModelCard,
    ReplyPart,
    Turn,
)
from bot.domain.probes import ProbeQuestion, ProbeResult, ProbeTally, summed
from bot.engine.answer import Answerer
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.answer_request import AnswerRequest
from bot.engine.generation import Writing
from bot.engine.lesson_answers import CheckedText
from bot.engine.lesson_questions import NOBODY, NOWHERE, MemoryHistory
from bot.engine.personas import ChosenAssistant
from bot.engine.probe_book import key_of
from bot.engine.selection import Selection
from bot.engine.stored_text import as_stored
from bot.engine.turn_context import TurnContext
from bot.ports import ModelBackend, Teacher

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ProbeQuestions:
    """The questions, and which edition of them they are."""

    edition: int
    questions: Sequence[ProbeQuestion]


class _One:
    """See `ModelSelector`: this model answers."""

    def __init__(self, card: ModelCard) -> None:
        self._card = card

    async def select(self, address: object, person_id: str, chosen: ChosenAssistant | None = None) -> Selection:
        """See `ModelSelector.select`."""
        del address, person_id, chosen  # it is the same for everybody
        return Selection(self._card, None)

    async def refresh(self) -> None:
        """See `ModelSelector.refresh`: nothing else may answer."""


class HeardText:
    """See `TextFilter`: checks a text as channels do, and remembers what was written."""

    def __init__(self, checked: CheckedText) -> None:
        self.checked = checked
        self.written = ""

    def begin(self) -> None:
        """See `TextFilter.begin`."""
        self.written = ""
        self.checked.begin()

    async def feed(self, text: str) -> Sequence[ReplyPart]:
        """See `TextFilter.feed`."""
        self.written += text
        return await self.checked.feed(text)

    async def finish(self) -> Sequence[ReplyPart]:
        """See `TextFilter.finish`."""
        return await self.checked.finish()


class Probing:
    """Asks a model one question after another. What was asked is kept, so that a probe that was ended goes on."""

    def __init__(
        self,
        questions: ProbeQuestions,
        *,
        backend: ModelBackend,
        answer_policy: AnswerPolicy,
        teacher: Teacher,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.asked = questions
        self._teacher = teacher
        self._clock = clock
        self._answerer = Answerer(backend=backend, answer_policy=answer_policy, languages=None, clock=clock)
        self._done: dict[tuple[str, str], dict[int, ProbeTally]] = {}

    def done(self, card: ModelCard) -> int:
        """Return how many questions a model was asked."""
        return len(self._done.get((key_of(card), card.server), {}))

    async def probe(self, card: ModelCard, writing: Writing) -> AsyncGenerator[int, None]:
        """Ask a model what it was not asked yet; yield how many are done after each. Ends early where it is stopped.

        Raises:
            BotError: the model's host does not answer.
        """
        done = self._done.setdefault((key_of(card), card.server), {})
        for question in self.asked.questions:
            if question.id in done:
                continue
            tally = await self._asked(card, question, writing)
            if writing.is_stopped:
                return
            done[question.id] = tally
            yield len(done)

    def result(self, card: ModelCard) -> ProbeResult | None:
        """Return what all answers of a model come to; None as long as questions are left."""
        done = self._done.get((key_of(card), card.server), {})
        if len(done) < len(self.asked.questions):
            return None
        return ProbeResult(
            model=card.name,
            key=key_of(card),
            server=card.server,
            edition=self.asked.edition,
            probed_at=self._clock.utc(),
            tallies=self._by_language(done),
        )

    def _by_language(self, done: Mapping[int, ProbeTally]) -> Mapping[str, ProbeTally]:
        languages = dict.fromkeys(question.language for question in self.asked.questions)
        return {
            language: summed(done[each.id] for each in self.asked.questions if each.language == language)
            for language in languages
        }

    async def _asked(self, card: ModelCard, question: ProbeQuestion, writing: Writing) -> ProbeTally:
        finding = Finding(
            question=LessonQuestion(text=question.text), passages=tuple(question.passages), is_covered=True
        )
        text = HeardText(CheckedText(self._teacher, finding))
        request = AnswerRequest(
            message=_message(question),
            brief=lambda budget_tokens: self._teacher.brief(finding, budget_tokens=budget_tokens),
            text=text,
            then=lambda ended: [ended],
        )
        turn = Turn(question.id, question.id, as_stored(request.message))
        context = TurnContext(turn, history=MemoryHistory(), selector=_One(card))
        said = ""
        async with aclosing(self._answerer.parts(request, context, writing)) as parts:
            async for part in parts:
                said += part.text if isinstance(part, Delta) else ""
                if isinstance(part, Completion):
                    break
        return tally_of(question, text, said)


def tally_of(question: ProbeQuestion, text: HeardText, said: str) -> ProbeTally:
    """Count one answer: what its reader sees, and what the model wrote."""
    removed, is_open = text.checked.removed, not question.tells
    is_wrong = any(_has(said, each) for each in question.forbids)
    written = ProbeTally(sentences=removed + text.checked.kept, removed=removed, wrong=int(is_wrong))
    if is_open:
        return written + ProbeTally(open=1, wrong=int(bool(said.strip()) and not is_wrong))
    told = sum(_tells(said, ways) for ways in question.tells)
    is_tried = bool(text.written.strip()) and not text.checked.is_refusal
    knew = is_tried and any(_tells(text.written, ways) for ways in question.tells)
    return written + ProbeTally(
        asked=1,
        facts=len(question.tells),
        told=told,
        refused=int(not said.strip()),
        tried=int(is_tried),
        knew=int(knew),
    )


def _tells(text: str, ways: Sequence[str]) -> bool:
    return any(_has(text, way) for way in ways)


def _has(text: str, words: str) -> bool:
    """Whether a text says something; a figure counts as a whole."""
    return words in _DIGITS.findall(text) if words.isdigit() else words.casefold() in text.casefold()


def _message(question: ProbeQuestion) -> ChatMessage:
    return ChatMessage(
        event_id=f"probe {question.id}",
        message_id=f"probe {question.id}",
        address=NOWHERE,
        person=NOBODY,
        text=question.text,
        direct=True,
        lessons_only=True,
    )
