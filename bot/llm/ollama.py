"""One Ollama host as a model backend: our requests to its wire, its answers to our values."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from http import HTTPStatus
from itertools import chain

import httpx

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    ChatRequest,
    Completion,
    FinishReason,
    ModelCard,
    ModelEvent,
    SpeechRequest,
    Transcript,
)
from bot.errors import ConfigurationError, ModelElsewhere, UserError
from bot.llm.host_json import Json, count_in, objects_in, text_in
from bot.llm.ollama_cards import MOST_MODELS, Shows, failure_of_host, to_cards
from bot.llm.ollama_chat import (
    UNKNOWN_VERSION,
    AnswerLimit,
    to_body,
    to_chunks,
    to_completion,
    to_event,
    to_version,
)
from bot.llm.ollama_errors import FAILURES, chat_error, listing_error
from bot.llm.ollama_gate import Key, entry_of, is_marked, is_withheld, key_of, name_of
from bot.llm.ollama_wire import OllamaClient, Refusal
from bot.llm.speech import written_in_chat
from bot.llm.stream_lines import BrokenOff

DRAIN_S = 1.0
LOADED_S = 0.5
MOST_VERSION_CHARS = 40
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
        may_leave: bool = False,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Take `host` as Ollama's own tools do; `keep_alive`, Go's duration or seconds, is how long a model is kept.

        `may_leave`: models may be asked that the host passes on to machines elsewhere.
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
        self._may_leave = may_leave
        # Whose chunks told that a machine elsewhere answered.
        self._left: set[Key] = set()
        # By model, as the host told last: somebody else may have it loaded with a larger window than ours.
        self._windows: dict[str, int] = {}
        self._version = UNKNOWN_VERSION
        self._version_told = ""

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`."""
        return self._client.address

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`. A model the host tells nothing of does not hold up the others."""
        try:
            installed = (await self._listed("/api/tags"))[:MOST_MODELS]
            loaded = await self._known_loaded()
            await self._ask_version()
        except FAILURES as failure:
            raise listing_error(failure, host=self.host) from failure
        told = await self._shows.read(dict.fromkeys(map(key_of, installed)))
        if (failed := failure_of_host(told.values())) is not None:
            raise listing_error(failed, host=self.host) from failed
        cards = to_cards(installed, told, loaded=loaded, left=self._left, may_leave=self._may_leave)
        return [replace(card, server=self._version_told) for card in cards]

    async def has_loaded(self, model: str) -> bool:
        """See `ports.ModelBackend.has_loaded`. Nobody waits long: a host lists what it runs at once, or never."""
        try:
            async with asyncio.timeout(LOADED_S):
                return model in await self._loaded()
        except FAILURES as failure:
            raise listing_error(failure, host=self.host) from failure

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`. Closing it closes the HTTP request, which frees the host's slot."""
        is_elsewhere = False
        try:
            key = await self._checked(request.model)
            body = to_body(request, self._keep_alive, context_tokens=await self._window_for(request))
            async with aclosing(self._client.lines("/api/chat", body)) as batches:
                wordless_since, limit = 0.0, AnswerLimit(request)
                async for batch in batches:
                    wordless_since = wordless_since or self._clock.now()
                    for chunk in chain.from_iterable(map(to_chunks, batch)):
                        is_elsewhere = is_elsewhere or self._is_elsewhere(chunk, key)
                        if (event := limit.within(to_event(chunk))) is not None:
                            yield event
                            wordless_since = self._clock.now()
                        if chunk.get("done") is True:
                            await _drain(batches)
                            ended = to_completion(chunk, request.model, version=self._version)
                            yield replace(ended, is_remote=is_elsewhere)
                            return
                        if limit.is_reached:
                            yield Completion(reason=FinishReason.LENGTH, model=request.model)
                            return
                    if self._clock.now() - wordless_since > self._stall_s:
                        raise TimeoutError  # what comes without a word is silence, too
            raise BrokenOff
        except FAILURES as failure:
            raise chat_error(failure, host=self.host, model=request.model) from failure

    async def transcribe(self, request: SpeechRequest) -> Transcript:
        """See `ports.Transcriber.transcribe`.

        Always in a chat: the host's own address for it takes neither a window, so that the model would be loaded anew,
        nor that the model is not to think, of which it then answers with nothing.
        """
        return await written_in_chat(self.chat, request)

    async def _checked(self, model: str) -> Key:
        """Return what a model is known by, once it is known to run here, or may run elsewhere.

        Raises:
            ModelElsewhere, ModelMissing: it is not to be asked.
        """
        if self._may_leave:
            return model, ""
        entry = entry_of(await self._client.ask("GET", "/api/tags"), model, self._left)
        facts = await self._shows.of(key_of(entry))
        if is_withheld(facts) if isinstance(facts, Exception) else facts.is_remote:
            raise ModelElsewhere(model)
        return key_of(entry)

    def _is_elsewhere(self, chunk: Json, key: Key) -> bool:
        """Whether a chunk was made elsewhere.

        Raises:
            UserError: it was, and nothing may leave the house.
        """
        if not is_marked(chunk):
            return False
        if not self._may_leave:
            self._left.add(key)
            raise UserError("error.model_left_house", host=self.host)
        return True

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""
        await self._shows.close()
        await self._client.close()

    async def _loaded(self) -> set[str]:
        """Return the models in memory; one that is still being loaded is listed with size 0."""
        listed = {name_of(each): each for each in await self._listed("/api/ps") if each.get("size") != 0}
        self._windows = {name: count_in(each, "context_length") for name, each in listed.items()}
        return set(listed)

    async def _window_for(self, request: ChatRequest) -> int:
        """Return the window to ask for: ours, or the larger one that somebody else has the model loaded with.

        To ask for less than what is there would load the model anew, and take it from whoever uses it.
        """
        if self._windows.get(request.model, 0) <= request.context_tokens:
            return request.context_tokens
        with suppress(*FAILURES):
            async with asyncio.timeout(LOADED_S):
                await self._loaded()
        return max(self._windows.get(request.model, 0), request.context_tokens)

    async def _known_loaded(self) -> set[str]:
        """Return the models in memory; none where something before the host, or one of long ago, knows no such list."""
        try:
            return await self._loaded()
        except Refusal as refusal:
            if refusal.status in UNKNOWN:
                return set()
            raise

    async def _ask_version(self) -> None:
        """Learn how the host treats what is too long; one that does not tell may do as it likes."""
        with suppress(*FAILURES):
            async with asyncio.timeout(LOADED_S):
                told = await self._client.ask("GET", "/api/version")
                self._version, self._version_told = to_version(told), text_in(told, "version")[:MOST_VERSION_CHARS]

    async def _listed(self, path: str) -> Sequence[Json]:
        return [each for each in objects_in(await self._client.ask("GET", path), "models") if name_of(each)]


async def _drain(batches: AsyncGenerator[list[bytes]]) -> None:
    """Read to the end of a finished stream, so that its connection serves the next chat."""
    with suppress(*FAILURES):
        async with asyncio.timeout(DRAIN_S):
            async for _ in batches:
                pass
