"""An embedding model of an Ollama host: texts out, vectors back."""

from __future__ import annotations

import math
from collections.abc import Sequence

import httpx

from bot.errors import ConfigurationError
from bot.llm.host_json import Json
from bot.llm.ollama_errors import FAILURES, chat_error
from bot.llm.ollama_wire import OllamaClient, to_keep_alive

# What a model wants before questions and passages, by the beginning of its name; from the models' own cards.
PREFIXES = {
    "nomic-embed": ("search_query: ", "search_document: "),
    "multilingual-e5": ("query: ", "passage: "),
    "e5": ("query: ", "passage: "),
    "mxbai-embed": ("Represent this sentence for searching relevant passages: ", ""),
    "snowflake-arctic-embed": ("query: ", ""),
    "embeddinggemma": ("task: search result | query: ", "title: none | text: "),
    "qwen3-embedding": (
        "Instruct: Given a question, retrieve passages of the course that answer it\nQuery: ",
        "",
    ),
}


class OllamaEmbedder:
    """See `ports.Embedder`. `dimensions` is 0 until the first vector has come."""

    def __init__(
        self,
        *,
        host: str,
        model: str,
        keep_alive: str = "5m",
        connect_s: float = 5.0,
        answer_s: float = 300.0,
    ) -> None:
        """Take `host` as Ollama's own tools do. `answer_s` is long because the model may have to be loaded.

        Raises:
            ConfigurationError: the host's address cannot be one.
        """
        try:
            self._client = OllamaClient(host=host, connect_s=connect_s, first_byte_s=answer_s, stall_s=answer_s)
        except (ValueError, httpx.InvalidURL) as error:
            raise ConfigurationError("error.host_address", host=host) from error
        self._model = model
        self._keep_alive = keep_alive

    @property
    def name(self) -> str:
        """See `ports.Embedder.name`."""
        return self._model

    async def questions(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """See `ports.Embedder.questions`.

        Raises:
            Unavailable: the host does not answer, or with something else.
            UserError: it has no such model, or one that makes no vectors.
        """
        return await self._embed(texts, prefix=prefixes(self._model)[0])

    async def passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """See `ports.Embedder.passages`. Raises as `questions`."""
        return await self._embed(texts, prefix=prefixes(self._model)[1])

    async def close(self) -> None:
        """See `ports.Embedder.close`."""
        await self._client.close()

    async def _embed(self, texts: Sequence[str], *, prefix: str) -> Sequence[Sequence[float]]:
        if not texts:
            return []
        body: dict[str, object] = {
            "model": self._model,
            "input": [prefix + text.encode("utf-8", "replace").decode("utf-8") for text in texts],
            "truncate": True,
            "keep_alive": to_keep_alive(self._keep_alive),
        }
        try:
            rows = to_vectors(await self._client.ask("POST", "/api/embed", body), count=len(texts))
        except FAILURES as failure:
            raise chat_error(failure, host=self._client.address, model=self._model) from failure
        return rows


def prefixes(model: str) -> tuple[str, str]:
    """Return what stands before questions and before passages for this model."""
    name = model.rsplit("/", 1)[-1].lower()
    return next((each for start, each in PREFIXES.items() if name.startswith(start)), ("", ""))


def to_vectors(answer: Json, *, count: int) -> Sequence[Sequence[float]]:
    """Read what /api/embed tells: as many vectors as there were texts, made to be of length 1.

    Raises:
        ValueError: it is something else, or a figure of it is no number.
    """
    rows = answer.get("embeddings")
    if not isinstance(rows, list) or not all(isinstance(row, list) and row for row in rows):
        raise ValueError("vectors are lists")
    if len(rows) != count or len({len(row) for row in rows}) != 1:
        raise ValueError("each text needs its vector, all of the same dimensions")
    return [_of_length_1(row) for row in rows]


def _of_length_1(row: Sequence[float]) -> Sequence[float]:
    try:
        length = math.hypot(*row)
    except TypeError as error:  # null, a text or a list among the numbers
        raise ValueError("a vector is made of numbers") from error
    if not math.isfinite(length):
        raise ValueError("a vector is made of finite numbers")
    return [value / length for value in row] if length else row
