"""An `Embedder` that knows which words mean alike, because it is told."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from bot.errors import Unavailable
from bot.lessons.language.words import words


class FakeEmbedder:
    """See `ports.Embedder`. Each of `meanings` is words that mean alike; a text is near to one by how many it has.

    Set `broken` and it raises it.
    """

    def __init__(self, *meanings: Collection[str], broken: Unavailable | None = None) -> None:
        self.name = "fake"
        self.meanings = meanings
        self.broken = broken
        self.asked: list[str] = []

    async def questions(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.asked += texts
        return [self._vector(text) for text in texts]

    async def passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [self._vector(text) for text in texts]

    async def close(self) -> None:
        pass

    def _vector(self, text: str) -> Sequence[float]:
        if self.broken:
            raise self.broken
        said = words(text)
        counts = [*(sum(word in meaning for word in said) for meaning in self.meanings), 0.5]
        length = math.hypot(*counts)
        return [count / length for count in counts]
