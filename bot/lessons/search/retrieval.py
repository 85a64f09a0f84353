"""Finding passages: `ports.Retriever` over the index of the lessons, by words and by meaning.

What is searched with numpy is imported and loaded at the first question, so that a bot nobody asks stays small.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import structlog

from bot.domain import LessonQuestion, Passage
from bot.errors import BotError
from bot.lessons.search.certainty import CLEAR, certainty, nearness
from bot.lessons.search.query import asked
from bot.lessons.search.reranking import READ, reranked, worth_reading
from bot.ports import Embedder, Lessons

if TYPE_CHECKING:
    from bot.lessons.search.index_cache import IndexCache
    from bot.lessons.search.ranking import Ranked

MEANING_WITHIN_S = 5.0
"""How long a question waits for its vector; a host may have to load its model first, and words are enough till then."""

LOOKS = 3
"""So often is searched while lessons are being replaced between finding passages and reading them."""

log = structlog.get_logger(__name__)


class HybridRetriever:
    """See `ports.Retriever`. Without an embedder it finds by words alone. For one event loop."""

    def __init__(self, *, lessons: Lessons, embedder: Embedder | None = None) -> None:
        self._lessons = lessons
        self._embedder = embedder
        self._model = embedder.name if embedder else ""
        self._indexes: IndexCache | None = None

    async def find(self, question: LessonQuestion, *, count: int = 8, by_words: bool = False) -> Sequence[Passage]:
        """See `ports.Retriever.find`.

        A passage is a part of a section, of up to 1,900 characters, once even where several languages have it; its `id`
        is its first chunk's.
        """
        for _ in range(LOOKS):
            found, is_whole = await self._found(question, count=count, by_words=by_words)
            if is_whole:
                return found
        # They are replaced faster than they are read: all that is asked of one moment is read at that moment.
        return (await self._found(question, count=count, by_words=by_words, held={}))[0]

    async def _found(
        self, question: LessonQuestion, *, count: int, by_words: bool, held: dict[int, Passage] | None = None
    ) -> tuple[Sequence[Passage], bool]:
        """Return what is found now, and whether all of it was still there when it was read.

        Into `held`, where it is given, the languages are read anew with all their passages, and found there.
        """
        generations = await self._lessons.generations()
        if not generations:
            return (), True
        most = max(count, READ)
        seek = partial(self._ranked, question, generations, count=most, by_words=by_words, held=held)
        found = await seek(leans=None)
        if question.previous and self._surest(found) < CLEAR:
            # Neither did it say that it goes on from the question before, nor does it lead anywhere by itself.
            found = max(found, await seek(leans=True), key=self._surest)
        passages, is_whole = await self._passages(worth_reading(found, count), held)
        return reranked(question.text, passages)[:count], is_whole

    async def _ranked(
        self,
        question: LessonQuestion,
        generations: Mapping[str, int],
        *,
        count: int,
        by_words: bool,
        leans: bool | None,
        held: dict[int, Passage] | None,
    ) -> Sequence[Ranked]:
        wanted = asked(question, generations, leans=leans)
        library = await (await self._ready()).library(wanted.languages, generations, held=held)
        means = not by_words and library.has_vectors
        meaning = await self._embedded(wanted.embedded) if means else None
        looks_in = question.looks_in if question.is_bounded else None
        return await asyncio.to_thread(library.ranked, wanted, meaning=meaning, looks_in=looks_in, count=count)

    async def _ready(self) -> IndexCache:
        if self._indexes is None:
            await asyncio.to_thread(import_module, "bot.lessons.search.index_cache")
            from bot.lessons.search.index_cache import IndexCache

            self._indexes = self._indexes or IndexCache(self._lessons, model=self._model)
        return self._indexes

    async def _embedded(self, text: str) -> Sequence[float] | None:
        if self._embedder is None:
            return None
        try:
            async with asyncio.timeout(MEANING_WITHIN_S):
                return (await self._embedder.questions([text]))[0]
        except (BotError, TimeoutError) as error:
            log.warning("lessons.by_words_alone", error=error.key if isinstance(error, BotError) else "timeout")
            return None

    async def _passages(
        self, found: Sequence[Ranked], held: dict[int, Passage] | None
    ) -> tuple[Sequence[Passage], bool]:
        """Read what was found, without what was taken away meanwhile; say whether nothing was."""
        ids = [id_ for one in found for id_ in one.ids]
        known = {passage.id: passage for passage in await self._lessons.passages(ids)}
        if held:
            known = {id_: held.get(id_) or known[id_] for id_ in ids if id_ in held or id_ in known}
        parts = [[known[id_] for id_ in one.ids if id_ in known] for one in found]
        passages = [_joined(part, one, model=self._model) for part, one in zip(parts, found, strict=True) if part]
        return passages, len(known) == len(set(ids))

    def _surest(self, found: Sequence[Ranked]) -> float:
        return max((certainty(one.evidence, model=self._model) for one in found), default=0.0)


def _joined(part: Sequence[Passage], one: Ranked, *, model: str) -> Passage:
    """Return neighbouring chunks of one section as one passage."""
    text = "\n\n".join(passage.chunk.text for passage in part)
    return replace(
        part[0],
        chunk=replace(part[0].chunk, text=text),
        score=one.score,
        certainty=certainty(one.evidence, model=model),
        near=nearness(one.evidence, model=model),
        ahead=one.evidence.ahead,
    )
