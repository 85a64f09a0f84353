"""The languages of the index that are held in memory: loaded when first asked in, and again when they have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain import Passage
from bot.lessons.language.stop_words import ENGLISH
from bot.lessons.search.dictionary import Dictionary, Vocabulary, vocabulary
from bot.lessons.search.index import LanguageIndex, indexed
from bot.lessons.search.query import Asked
from bot.lessons.search.ranking import LooksIn, Ranked, ranked
from bot.ports import Lessons

KEPT = 6
"""So many languages are held at a time; the one asked in longest ago makes room."""


@dataclass(frozen=True, slots=True)
class SearchableLanguages:
    """The indexes of some languages at one moment, and the dictionaries from each to English."""

    indexes: Mapping[str, LanguageIndex]
    dictionaries: Mapping[str, Dictionary]

    @property
    def has_vectors(self) -> bool:
        """Whether anything here can be found by its meaning."""
        return any(language_index.has_vectors for language_index in self.indexes.values())

    def ranked(
        self, asked: Asked, *, meaning: Sequence[float] | None, looks_in: LooksIn | None, count: int
    ) -> list[Ranked]:
        """Return the best parts of the lessons, best first; `looks_in` says by its key which lesson counts."""
        near = None if meaning is None else np.asarray(meaning, np.float32)
        return ranked(asked, self.indexes, self.dictionaries, meaning=near, looks_in=looks_in)[:count]


class IndexCache:
    """The indexes of the languages last asked in. For one event loop; what takes long is done in a thread."""

    def __init__(self, lessons: Lessons, *, model: str) -> None:
        self._lessons = lessons
        self._model = model
        self._indexes: dict[str, LanguageIndex] = {}
        self._dictionaries: dict[str, Dictionary] = {}
        self._vocabulary: Vocabulary | None = None
        self._loading = asyncio.Lock()

    async def library(
        self, languages: Sequence[str], generations: Mapping[str, int], *, held: dict[int, Passage] | None = None
    ) -> SearchableLanguages:
        """Return these languages in the given generation, or a later one; with their passages in `held`, if given.

        Raises:
            Unavailable: the index does not answer.
        """
        async with self._loading:
            for language in sorted(languages, key=lambda language: language != ENGLISH):
                known = self._indexes.pop(language, None)
                is_current = known is not None and known.generation >= generations[language]
                is_kept = known and is_current and held is None
                self._indexes[language] = known if known and is_kept else await self._load(language, held)
            self._make_room()
            indexes = {language: self._indexes[language] for language in languages}
            told = {language: self._dictionaries[language] for language in languages if language in self._dictionaries}
            return SearchableLanguages(indexes, told)

    async def _load(self, language: str, held: dict[int, Passage] | None = None) -> LanguageIndex:
        language_index = await self._lessons.language_index(language, model=self._model)
        if held is not None:
            held.update((passage.id, passage) for passage in language_index.passages)
        made = await asyncio.to_thread(indexed, language, language_index)
        if language == ENGLISH:
            self._vocabulary = await asyncio.to_thread(vocabulary, made, language_index.passages)
            # What was learnt of English as it was says little of English as it is.
            self._dictionaries = {
                other: await asyncio.to_thread(Dictionary, held, self._vocabulary)
                for other, held in [*self._indexes.items()]
            }
        elif self._vocabulary is not None:
            self._dictionaries[language] = await asyncio.to_thread(Dictionary, made, self._vocabulary)
        return made

    def _make_room(self) -> None:
        for language in list(self._indexes)[:-KEPT]:
            del self._indexes[language]
            self._dictionaries.pop(language, None)
