"""The index of one language, in memory: its words, its vectors, and which of its chunks belong together.

A window is what a passage shows: as many neighbouring chunks of one section as fit into one. Immutable.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bot.domain import Passage
from bot.domain.editions import edition_of, outdated
from bot.lessons.language.exercises import is_exercise
from bot.lessons.language.words import lesson_words
from bot.lessons.search.grams import Floats, Postings
from bot.ports import IndexedLanguage

WINDOW_CHARS = 1_900
"""The most characters neighbouring chunks have together in one window; a chunk that has more stands alone."""

HEADING_TIMES = 3
"""How often a heading is counted as words of its chunk: it says what the chunk is about."""

COMMON = 5
COMMON_SHARE = 1 / 20
"""A heading that so many documents, and such a part of them, have ("Introduction") announces nothing of its own."""

Place = tuple[str, int, int]
"""A section in any language: its lesson's key, its number, and the number of the lesson's last section."""


@dataclass(frozen=True, slots=True)
class PassageWindow:
    """Some neighbouring chunks of one section: rows `first` to `last` of the index, and where they stand.

    `said` is the same for windows that say the same.
    """

    lesson: str
    section: int
    place: Place
    part: int
    first: int
    last: int
    said: int = 0


@dataclass(frozen=True, slots=True)
class LanguageIndex:
    """One language's index. `starts` are the windows' first rows.

    `editions` says of each window which of `labels` is the edition that outdates it, 0 for one that is not outdated.
    `unit` has a row of length 1 for each chunk, of zeros where it has no vector; `has_vector` says of each window
    whether any of its chunks has one, and so may be near or far.
    """

    language: str
    generation: int
    ids: Sequence[int]
    windows: Sequence[PassageWindow]
    starts: NDArray[np.int64]
    postings: Postings
    unit: Floats
    has_vector: NDArray[np.bool_]
    is_common: NDArray[np.bool_]
    editions: NDArray[np.intp]
    labels: Sequence[str]
    at: dict[tuple[Place, int], int] = field(repr=False)

    @property
    def has_vectors(self) -> bool:
        """Whether anything here can be near in meaning."""
        return bool(self.has_vector.any())

    def nearness(self, vector: Floats) -> Floats:
        """Return how near each chunk is in meaning to a vector of length 1.

        Not by the linear algebra library: its threads wait for each other, which on a busy machine takes ten times as
        long as the product.
        """
        near: Floats = np.einsum("ij,j->i", self.unit, vector)
        return near

    def by_window(self, by_chunk: Floats) -> Floats:
        """Return the best of each window's chunks."""
        best: Floats = np.maximum.reduceat(by_chunk, self.starts) if len(self.starts) else by_chunk
        return best


def indexed(language: str, language_index: IndexedLanguage) -> LanguageIndex:
    """Index a language. Takes about half a millisecond a chunk; call it in a thread."""
    windows = [window for document in _documents(language_index.passages) for window in _windows(*document)]
    starts = np.array([window.first for window in windows], np.int64)
    old = {key: _label(key) for key in outdated({window.lesson for window in windows})}
    labels = ["", *sorted(set(old.values()))]
    has_vector = np.array([vector is not None for vector in language_index.vectors], bool)
    return LanguageIndex(
        language=language,
        generation=language_index.generation,
        ids=[passage.id for passage in language_index.passages],
        windows=windows,
        starts=starts,
        postings=Postings([_words(passage) for passage in language_index.passages]),
        unit=_unit(language_index.vectors),
        has_vector=np.logical_or.reduceat(has_vector, starts) if windows else has_vector,
        is_common=_common(language_index.passages, windows),
        editions=np.array([labels.index(old.get(window.lesson, "")) for window in windows], np.intp),
        labels=labels,
        at={(window.place, window.part): number for number, window in reversed([*enumerate(windows)])},
    )


def _label(key: str) -> str:
    """Return what says of which edition a lesson is, by its key."""
    return edition_of(key.partition("/")[2]).label


def _words(passage: Passage) -> list[str]:
    path = passage.chunk.heading_path or (passage.document.title,)
    above, own = lesson_words(" ".join(path[:-1])), lesson_words(path[-1])
    return above + own * HEADING_TIMES + lesson_words(passage.chunk.text)


def _documents(passages: Sequence[Passage]) -> Iterator[tuple[int, Sequence[Passage]]]:
    """Yield each document's passages and the row of the first."""
    first = 0
    for _, group in groupby(passages, key=lambda passage: passage.document):
        of_one = list(group)
        yield first, of_one
        first += len(of_one)


def _windows(first: int, passages: Sequence[Passage]) -> Iterator[PassageWindow]:
    """Yield the windows of a document in reading order."""
    last_section = max(passage.chunk.section for passage in passages)
    for section, group in groupby(enumerate(passages, first), key=lambda one: one[1].chunk.section):
        lesson = passages[0].document.key
        for part, rows in enumerate(_packed(list(group))):
            said = hash(tuple(word for row in rows for word in passages[row - first].chunk.text.split()))
            yield PassageWindow(lesson, section, (lesson, section, last_section), part, rows[0], rows[-1], said)


def _packed(rows: Sequence[tuple[int, Passage]]) -> Iterator[list[int]]:
    packed: list[int] = []
    room = 0
    for row, passage in rows:
        size = len(passage.chunk.text) + 2
        if packed and size > room:
            yield packed
            packed = []
        room = (room if packed else WINDOW_CHARS) - size
        packed.append(row)
    yield packed


def _common(passages: Sequence[Passage], windows: Sequence[PassageWindow]) -> NDArray[np.bool_]:
    """Say which windows stand before any heading, under one that many documents have, or under one of exercises."""
    headings = {(passage.document.path, _heading(passage)) for passage in passages}
    counts = Counter(heading for _, heading in headings)
    many = max(COMMON, COMMON_SHARE * len({path for path, _ in headings}))
    firsts = [passages[window.first] for window in windows]
    return np.array([_announces_nothing(one, counts[_heading(one)], many) for one in firsts], bool)


def _announces_nothing(first: Passage, count: int, many: float) -> bool:
    return not first.chunk.heading_path or count >= many or is_exercise(first.chunk.heading)


def _heading(passage: Passage) -> tuple[str, ...]:
    return tuple(lesson_words(passage.chunk.heading))


def _unit(vectors: Sequence[Sequence[float] | None]) -> Floats:
    """Return the vectors as rows of one array."""
    size = next((len(vector) for vector in vectors if vector is not None), 0)
    unit = np.zeros((len(vectors), size), np.float32)
    for row, vector in enumerate(vectors):
        if vector is not None:
            unit[row] = vector
    return unit
