"""The embedded default model: answers without any model server, with SmolLM2-135M on llama.cpp in this process.

It exists so that a first answer needs no set-up; the model is fluent and often wrong, so its card says demonstration.

The runtime is spoken to over its loopback address, not through its callbacks. A callback hears of nothing before the
prompt is read: a Stop at the start of 1,800 tokens freed the slot after 16 s (one thread). A closed connection is seen
between two batches, within 1.3 s. docs/reference/embedded.md has the figures.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

import aiohttp
import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ChatRequest, ModelCard, ModelEvent, PromptMessage, Role
from bot.errors import BotError, ModelMissing, PromptTooLong, Unavailable
from bot.llm.llama_runtime import SLOT_TOKENS, LlamaRuntime, RuntimeAccess, check_installed, check_weights, find_weights
from bot.llm.llama_wire import AnswerReader, to_body, to_count, to_error

HOST = "embedded"
MODEL = "smollm2:135m-instruct"
FIRST_PROMPT = (PromptMessage(Role.USER, "Hi"),)
log = structlog.get_logger(__name__)
CARD = ModelCard(
    name=MODEL,
    size_bytes=98_362_432,
    family="llama",
    parameters="135M",
    context_tokens=SLOT_TOKENS,
    licence="apache-2.0",
    capabilities=frozenset({"completion"}),
    languages=frozenset({"en"}),
    is_demonstration=True,
)


@dataclass(frozen=True, slots=True)
class _Loaded:
    runtime: LlamaRuntime
    http: aiohttp.ClientSession

    @property
    def access(self) -> RuntimeAccess:
        return self.runtime.access


class EmbeddedBackend:
    """See `ports.ModelBackend`. Loads at the first chat, or at `load`; both once."""

    def __init__(
        self,
        *,
        weights: Path | None = None,
        threads: int | None = None,
        temperature: float = 0.2,
        seed: int | None = None,
        silence_s: float = 120.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Name what differs from the default: other weights must have the same hash.

        `silence_s` is how long the runtime may say nothing: other chats before this one and the reading of its prompt.
        """
        self._weights = weights
        self._threads = threads
        self._temperature = temperature
        self._seed = seed
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=5.0, sock_read=silence_s)
        self._loading: asyncio.Task[_Loaded] | None = None

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`."""
        return HOST

    @property
    def is_loaded(self) -> bool:
        """Whether the next chat is answered without waiting for the weights."""
        return self._loading is not None and self._loading.done()

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`. Loads nothing.

        Raises:
            ConfigurationError: the runtime or the weights are not installed.
        """
        check_installed()
        return (replace(CARD, is_loaded=self.is_loaded),)

    async def has_loaded(self, model: str) -> bool:
        """See `ports.ModelBackend.has_loaded`."""
        return model == MODEL and self.is_loaded

    async def load(self) -> RuntimeAccess:
        """Load the model if it is not, and return where its runtime listens. Takes 1 to 4 s.

        Call it before the platforms connect: for up to a second of this no other task runs.

        Raises:
            ConfigurationError: weights or runtime are missing, or not the ones they should be.
            Unavailable: the runtime did not start.
        """
        return (await self._loaded()).access

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `ports.ModelBackend.chat`. At most `SLOTS` at once; further ones wait inside the runtime, in order."""
        if request.model != MODEL:
            raise ModelMissing(request.model)
        started = None if self.is_loaded else self._clock.now()
        loaded = await self._loaded()
        reader = AnswerReader(MODEL, load_s=self._clock.now() - started if started else 0.0)
        try:
            async with aclosing(self._answer(loaded.http, request, reader)) as events:
                async for event in events:
                    yield event
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("error.embedded_failed") from error

    async def count_tokens(self, model: str, prompt: Sequence[PromptMessage]) -> int:
        """See `ports.TokenCounter.count_tokens`. Takes some milliseconds once the model is loaded."""
        if model != MODEL:
            raise ModelMissing(model)
        loaded = await self._loaded()
        body = to_body(prompt, answer_tokens=1, temperature=self._temperature, seed=self._seed)
        try:
            return await self._tokens_of(loaded.http, body)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("error.embedded_failed") from error

    async def close(self) -> None:
        """See `ports.ModelBackend.close`. Chats under way end with `Unavailable`."""
        loading, self._loading = self._loading, None
        if loading is None:
            return
        with suppress(BotError):  # what never started needs no end
            loaded = await loading
            await loaded.http.close()
            await asyncio.to_thread(loaded.runtime.stop)

    async def _answer(
        self, http: aiohttp.ClientSession, request: ChatRequest, reader: AnswerReader
    ) -> AsyncGenerator[ModelEvent, None]:
        body = to_body(
            request.prompt, answer_tokens=request.answer_tokens, temperature=self._temperature, seed=self._seed
        )
        room = await self._room(http, request, body)
        body["max_tokens"] = min(request.answer_tokens, room)
        async with http.post("/v1/chat/completions", json=body) as response:
            if response.status != HTTPStatus.OK:
                raise to_error(await response.read())
            async for line in response.content:
                for delta in reader.read(line):
                    yield delta
            yield reader.completion()

    async def _room(self, http: aiohttp.ClientSession, request: ChatRequest, body: Mapping[str, object]) -> int:
        """Return how many tokens the window holds beyond the prompt, counted with the model's own template."""
        prompt_tokens = await self._tokens_of(http, body)
        context_tokens = min(request.context_tokens, SLOT_TOKENS)
        if prompt_tokens >= context_tokens:
            raise PromptTooLong(prompt_tokens=prompt_tokens, context_tokens=context_tokens)
        return context_tokens - prompt_tokens

    async def _tokens_of(self, http: aiohttp.ClientSession, body: Mapping[str, object]) -> int:
        async with http.post("/v1/chat/completions/input_tokens", json=body) as response:
            if response.status != HTTPStatus.OK:
                raise to_error(await response.read())
            return to_count(await response.read())

    async def _loaded(self) -> _Loaded:
        """Wait for the one loading, which goes on when a caller gives up."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._load(), name="embedded model")
        return await asyncio.shield(self._loading)

    async def _load(self) -> _Loaded:
        try:
            runtime = await asyncio.to_thread(self._start)
        except BotError:
            self._loading = None  # the next call tries again
            raise
        http = aiohttp.ClientSession(
            runtime.access.address,
            headers={"Authorization": f"Bearer {runtime.access.key}"},
            timeout=self._timeout,
            connector=aiohttp.TCPConnector(limit=0, force_close=True),  # the runtime closes each after its answer
        )
        try:
            await self._first_word(http)
        except (aiohttp.ClientError, TimeoutError):
            log.warning("embedded.first_word_failed")
        return _Loaded(runtime, http)

    async def _first_word(self, http: aiohttp.ClientSession) -> None:
        """Have one token written, so that the runtime's loop is known to run.

        A runtime that is ended before its loop began waits for it for ever, with the interpreter's lock in its hand.
        """
        body = to_body(FIRST_PROMPT, answer_tokens=1, temperature=0.0, seed=self._seed)
        async with http.post("/v1/chat/completions", json=body) as response:
            await response.read()

    def _start(self) -> LlamaRuntime:
        weights = self._weights or find_weights()
        check_weights(weights)
        return LlamaRuntime(weights, threads=self._threads)
