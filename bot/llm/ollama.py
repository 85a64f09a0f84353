"""One Ollama host as a model backend: our requests to its wire, its answers to our values."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, suppress
from http import HTTPStatus
from itertools import chain

import httpx

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ChatRequest, Completion, Delta, FinishReason, ModelCard, ModelEvent, PromptMessage, Thought
from bot.errors import ConfigurationError
from bot.llm.host_json import Json, count_in, objects_in, objects_of, seconds_in, text_in
from bot.llm.ollama_cards import MOST_MODELS, Shows, failure_of_host, key_of, name_of, to_cards
from bot.llm.ollama_errors import FAILURES, chat_error, listing_error
from bot.llm.ollama_wire import BrokenOff, OllamaClient, Refusal, to_keep_alive

# A host that heeds `num_predict` sends a chunk a token, of a few characters; one that goes beyond these may never end.
MOST_CHUNKS_PER_TOKEN = 8
MOST_CHARS_PER_TOKEN = 64
DRAIN_S = 1.0
LOADED_S = 0.5
UNKNOWN = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)


class OllamaBackend:
    """See `ports.ModelBackend`.

    Every person's chat carries the same runner options, so that nobody's makes the host load the model anew: a
    model's `num_ctx` is the engine's choice. `num_predict` bounds the answer. `truncate` and `shift` are off: an
    over-long prompt is refused, not cut in silence, and an answer ends where the window does, instead of going on
    without the beginning of the conversation.
    """

    def __init__(
        self,
        *,
        host: str,
        keep_alive: str = "5m",
        connect_s: float = 5.0,
        first_byte_s: float = 300.0,
        stall_s: float = 60.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Take `host` as Ollama's own tools do; `keep_alive`, Go's duration or seconds, is how long a model is kept.

        `first_byte_s` is long because nothing comes while the model loads, and a request given up then aborts the load.

        Raises:
            ConfigurationError: the host's address cannot be one.
        """
        try:
            self._client = OllamaClient(host=host, connect_s=connect_s, first_byte_s=first_byte_s, stall_s=stall_s)
        except (ValueError, httpx.InvalidURL) as error:
            raise ConfigurationError("error.host_address", host=host) from error
        self._keep_alive = keep_alive
        self._stall_s = stall_s
        self._clock = clock
        self._shows = Shows(self._client)

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`."""
        return self._client.address

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`. A model the host tells nothing of does not hold up the others."""
        try:
            installed = (await self._listed("/api/tags"))[:MOST_MODELS]
            loaded = await self._known_loaded()
        except FAILURES as failure:
            raise listing_error(failure, host=self.host) from failure
        told = await self._shows.read(dict.fromkeys(map(key_of, installed)))
        if (failed := failure_of_host(told.values())) is not None:
            raise listing_error(failed, host=self.host) from failed
        return to_cards(installed, told, loaded=loaded)

    async def has_loaded(self, model: str) -> bool:
        """See `ports.ModelBackend.has_loaded`. Nobody waits long: a host lists what it runs at once, or never."""
        try:
            async with asyncio.timeout(LOADED_S):
                return model in await self._loaded()
        except FAILURES as failure:
            raise listing_error(failure, host=self.host) from failure

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`. Closing it closes the HTTP request, which frees the host's slot."""
        try:
            async with aclosing(self._client.lines("/api/chat", to_body(request, self._keep_alive))) as batches:
                wordless_since, limit = 0.0, AnswerLimit(request)
                async for batch in batches:
                    wordless_since = wordless_since or self._clock.now()
                    for chunk in chain.from_iterable(map(to_chunks, batch)):
                        if (event := limit.within(to_event(chunk))) is not None:
                            yield event
                            wordless_since = self._clock.now()
                        if chunk.get("done") is True:
                            await _drain(batches)
                            yield to_completion(chunk, request.model)
                            return
                        if limit.is_reached:
                            yield Completion(reason=FinishReason.LENGTH, model=request.model)
                            return
                    if self._clock.now() - wordless_since > self._stall_s:
                        raise TimeoutError  # what comes without a word is silence, too
            raise BrokenOff
        except FAILURES as failure:
            raise chat_error(failure, host=self.host, model=request.model) from failure

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""
        await self._shows.close()
        await self._client.close()

    async def _loaded(self) -> set[str]:
        """Return the models in memory; one that is still being loaded is listed with size 0."""
        return {name_of(each) for each in await self._listed("/api/ps") if each.get("size") != 0}

    async def _known_loaded(self) -> set[str]:
        """Return the models in memory; none where something before the host, or one of long ago, knows no such list."""
        try:
            return await self._loaded()
        except Refusal as refusal:
            if refusal.status in UNKNOWN:
                return set()
            raise

    async def _listed(self, path: str) -> Sequence[Json]:
        return [each for each in objects_in(await self._client.ask("GET", path), "models") if name_of(each)]


class AnswerLimit:
    """How much more of an answer is heard, from a host that goes on beyond what it was asked for."""

    def __init__(self, request: ChatRequest) -> None:
        self._chunks = request.answer_tokens * MOST_CHUNKS_PER_TOKEN
        self._chars = request.answer_tokens * MOST_CHARS_PER_TOKEN

    @property
    def is_reached(self) -> bool:
        """Whether nothing more is heard."""
        return self._chunks <= 0 or self._chars <= 0

    def within(self, event: Delta | Thought | None) -> Delta | Thought | None:
        """Return what is heard of an event."""
        self._chunks -= 1
        if isinstance(event, Delta):
            event = Delta(event.text[: self._chars])
            self._chars -= len(event.text)
        return event


def to_body(request: ChatRequest, keep_alive: str) -> dict[str, object]:
    """Write a request for /api/chat. An absent `think` leaves the choice to the model."""
    body: dict[str, object] = {
        "model": request.model,
        "messages": [to_message(each) for each in request.prompt],
        "stream": True,
        "truncate": False,
        "shift": False,
        "keep_alive": to_keep_alive(keep_alive),
        "options": {"num_ctx": request.context_tokens, "num_predict": request.answer_tokens},
    }
    return body if request.think is None else body | {"think": request.think}


def to_message(message: PromptMessage) -> dict[str, object]:
    """Write a message of the prompt; pictures are base64 of their files."""
    written: dict[str, object] = {"role": message.role.value, "content": message.content}
    return written | {"images": [b64encode(image).decode() for image in message.images]} if message.images else written


def to_chunks(line: bytes) -> Iterator[Json]:
    """Read one line of the stream: a chunk, or several that nobody parted.

    Raises:
        Refusal: it tells of an error; its status is 200, for the answer had begun.
        ValueError: it is not a chunk.
    """
    for chunk in objects_of(line):
        if error := chunk.get("error"):
            raise Refusal(HTTPStatus.OK, error)
        yield chunk


def to_event(chunk: Json) -> Delta | Thought | None:
    """Read what a chunk says; None for nothing, as the last one mostly does.

    Raises:
        ValueError: it is not a chunk of a chat.
    """
    message = chunk.get("message", {} if chunk.get("done") is True else "")
    if message is None and isinstance(chunk.get("done"), bool):
        return None
    if not isinstance(message, dict) or not isinstance(message.get("content"), str | None):
        raise ValueError  # noqa: TRY004 - a wrong value from outside, as malformed JSON is
    if text := text_in(message, "content"):
        return Delta(text)
    return Thought() if message.get("thinking") else None


def to_completion(chunk: Json, model: str) -> Completion:
    """Read the last chunk."""
    return Completion(
        reason=FinishReason.LENGTH if chunk.get("done_reason") == "length" else FinishReason.STOP,
        model=model,
        prompt_tokens=count_in(chunk, "prompt_eval_count"),
        answer_tokens=count_in(chunk, "eval_count"),
        load_s=seconds_in(chunk, "load_duration"),
        answer_s=seconds_in(chunk, "eval_duration"),
    )


async def _drain(batches: AsyncGenerator[list[bytes]]) -> None:
    """Read to the end of a finished stream, so that its connection serves the next chat."""
    with suppress(*FAILURES):
        async with asyncio.timeout(DRAIN_S):
            async for _ in batches:
                pass
