"""Probes put together: the questions, who asks them, and the watch that does so while nobody waits."""

from __future__ import annotations

from functools import partial

from bot.clock import SYSTEM_CLOCK, Clock
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.engine.probe_book import ProbeBook
from bot.engine.probe_watch import ProbeWatch
from bot.engine.probing import ProbeQuestions, Probing
from bot.lessons.answers.probe_questions import probe_questions
from bot.observe.health import Count
from bot.ports import Embedder, ModelBackend, ProbeLog, Retriever
from bot.runtime.lesson_index import teacher_of


def probe_book_of(log: ProbeLog) -> ProbeBook:
    """Return the results of the questions as they are now."""
    return ProbeBook(log, edition=probe_questions()[0])


def probing_of(
    backend: ModelBackend,
    answer_policy: AnswerPolicy,
    retriever: Retriever,
    embedder: Embedder | None,
    clock: Clock = SYSTEM_CLOCK,
) -> Probing:
    """Return what asks models: as channels ask them, of passages that come with the questions."""
    return Probing(
        ProbeQuestions(*probe_questions()),
        backend=backend,
        answer_policy=answer_policy,
        teacher=teacher_of(retriever, embedder=embedder),
        clock=clock,
    )


def probe_watch_of(probing: Probing, book: ProbeBook, engine: Engine, census: Count, clock: Clock) -> ProbeWatch:
    """Return the watch over an engine; only the process that looks after the models probes them."""
    upkeep = engine.upkeep
    return ProbeWatch(
        probing,
        book=book,
        catalog=engine.catalog,
        is_busy=partial(_is_busy, census),
        is_ours=lambda: upkeep is not None and upkeep.watch.is_ours,
        clock=clock,
    )


async def _is_busy(census: Count) -> bool:
    """Whether a turn is open in any process."""
    turns = await census()
    return turns.waiting + turns.running > 0
