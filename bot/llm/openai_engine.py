"""One OpenAI-compatible engine as a model backend: vLLM, SGLang, llama.cpp's server, LiteLLM, Ray Serve."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from http import HTTPStatus

from aiohttp.abc import AbstractResolver

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ChatRequest, Completion, ModelCard, ModelEvent, SpeechRequest, Transcript
from bot.errors import BotError, ModelElsewhere, ModelMissing, PromptTooLong, Unavailable, UserError
from bot.llm.host_json import count_in, objects_in, text_in
from bot.llm.openai_answers import AnswerChunks, OllamaFoundError
from bot.llm.openai_cards import EngineModel, Windows, needs_loading
from bot.llm.openai_chat import to_body, to_messages
from bot.llm.openai_errors import ENGINE_FAILURES, chat_failure, is_too_long, list_failure, numbers_in
from bot.llm.openai_listing import EngineListing, listed
from bot.llm.openai_speech import TRANSCRIPTIONS, lacks_address, to_form, words_in
from bot.llm.openai_wire import EngineClient, EngineRefusal, EventStream
from bot.llm.speech import written_in_chat
from bot.llm.stream_lines import BrokenOff

CHAT, MODELS = "/v1/chat/completions", "/v1/models"
COUNT, COUNT_OF_GATEWAY = "/tokenize", "/utils/token_counter"
DRAIN_S = 2.0
LOADED_S = 0.5
COUNT_S = 5.0
# A list of at most this age says whether a model is there, and still in the house.
FRESH_S = 10.0
# What an engine refuses so may be a model that it does not have any more; each says that in its own way.
UNCLEAR = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS)
# Where a gateway sent the question, which it tells only once it has.
SENT_TO = "x-litellm-model-api-base"


class EngineBackend:
    """See `ports.ModelBackend`.

    Every chat is streamed and bounded: engines notice that a client left only between two pieces of a stream. An
    engine's window is its own; what a request says of it is not sent.
    """

    def __init__(
        self,
        *,
        url: str,
        key: str = "",
        windows: Windows | None = None,
        may_leave: bool = False,
        connect_s: float = 5.0,
        first_byte_s: float = 300.0,
        stall_s: float = 60.0,
        resolver: AbstractResolver | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Take the engine's address with or without `/v1`; with `may_leave` it, or what it asks, may be outside."""
        self._client = EngineClient(
            url=url,
            key=key,
            may_leave=may_leave,
            connect_s=connect_s,
            first_byte_s=first_byte_s,
            stall_s=stall_s,
            resolver=resolver,
        )
        self._windows = windows or Windows()
        self._may_leave = may_leave
        self._first_byte_s, self._stall_s = first_byte_s, stall_s
        self._clock = clock
        self._listing: EngineListing | None = None
        self._listed_at = -float("inf")
        self._asking = asyncio.Lock()
        # Models that were found to write down speech in no other way.
        self._hearing_in_chats: set[str] = set()

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`."""
        return self._client.address

    @property
    def is_outside(self) -> bool:
        """Whether it was last found outside the house."""
        return self._client.whereabouts.is_outside is True

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`."""
        try:
            listing = await self._fresh(max_age_s=0.0)
        except OllamaFoundError as found:
            raise Unavailable("error.engine_is_ollama", host=self.host) from found
        except ENGINE_FAILURES as failure:
            raise list_failure(failure, host=self.host) from failure
        return [model.card for model in listing.models.values()]

    async def has_loaded(self, model: str) -> bool:
        """See `ports.ModelBackend.has_loaded`. What has no state of loading is there."""
        known = self._listing.models.get(model) if self._listing else None
        try:
            async with asyncio.timeout(LOADED_S):
                rows = objects_in((await self._client.ask("GET", MODELS)).body, "data")
        except ENGINE_FAILURES as failure:
            raise list_failure(failure, host=self.host) from failure
        wanted = known.id if known else model
        return any(text_in(row, "id") == wanted and not needs_loading(row) for row in rows)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`. Closing it closes the connection, which ends the generation."""
        model: EngineModel | None = None
        try:
            listing, model = await self._asked_for(request.model)
            async with self._client.stream(CHAT, to_body(request, model, is_gateway=listing.is_gateway)) as stream:
                is_elsewhere = await self._is_elsewhere(stream.headers)
                async with aclosing(self._events(stream, model, listing, is_elsewhere=is_elsewhere)) as events:
                    async for event in events:
                        yield event
        except OllamaFoundError as found:
            raise UserError("error.engine_is_ollama", host=self.host) from found
        except ENGINE_FAILURES as failure:
            raise await self._chat_error(failure, request, model) from failure

    async def transcribe(self, request: SpeechRequest) -> Transcript:
        """See `ports.Transcriber.transcribe`: at the address for it, or, of a model that has none, in a chat."""
        if request.model in self._hearing_in_chats:
            return await written_in_chat(self.chat, request)
        try:
            _, model = await self._asked_for(request.model)
            answer = await self._client.send(TRANSCRIPTIONS, to_form(request, model.id))
            is_elsewhere = await self._is_elsewhere(answer.headers)
            return Transcript(words_in(answer.body), is_remote=is_elsewhere or model.card.is_remote)
        except OllamaFoundError as found:
            raise UserError("error.engine_is_ollama", host=self.host) from found
        except ENGINE_FAILURES as failure:
            if not (isinstance(failure, EngineRefusal) and lacks_address(failure)):
                raise chat_failure(failure, host=self.host, model=request.model) from failure
        words = await written_in_chat(self.chat, request)
        self._hearing_in_chats.add(request.model)
        return words

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""
        await self._client.close()

    async def _asked_for(self, name: str) -> tuple[EngineListing, EngineModel]:
        """Return the engine's list and a model of it that may be asked. Raises `ModelMissing`, and as `_fresh` does."""
        listing = await self._fresh(max_age_s=FRESH_S)
        if name not in listing.models:
            listing = await self._fresh(max_age_s=0.0)
        model = listing.models.get(name)
        if model is None:
            raise ModelMissing(name)
        if model.card.is_barred:
            raise ModelElsewhere(name)
        return listing, model

    async def _fresh(self, *, max_age_s: float) -> EngineListing:
        """Return the engine's list; whoever asks while it is being asked shares the answer."""
        asked_at = self._clock.now()
        async with self._asking:
            oldest = min(asked_at, self._clock.now() - max_age_s)
            if self._listing is None or self._listed_at < oldest:
                self._listing = await listed(self._client, self._windows, may_leave=self._may_leave)
                self._listed_at = self._clock.now()
            return self._listing

    async def _is_elsewhere(self, headers: Mapping[str, str]) -> bool:
        """Whether a gateway passed the question on to a machine outside.

        Raises:
            UserError: it did, and nobody allowed that.
        """
        sent_to = headers.get(SENT_TO, "")
        is_elsewhere = bool(sent_to) and not await self._client.is_base_in_house(sent_to)
        if is_elsewhere and not self._may_leave:
            raise UserError("error.model_left_house", host=self.host)
        return is_elsewhere or self.is_outside

    async def _events(
        self, stream: EventStream, model: EngineModel, listing: EngineListing, *, is_elsewhere: bool
    ) -> AsyncGenerator[ModelEvent]:
        reader = AnswerChunks(
            model, others=listing.names_beside(model), is_checked=listing.is_single, clock=self._clock
        )
        wordless_since, has_begun = self._clock.now(), False
        async for batch in stream.batches:
            for data in batch:
                for event in reader.read(data):
                    yield event
                    wordless_since, has_begun = self._clock.now(), True
            if reader.is_whole or reader.has_ended:
                break
            patience_s = self._stall_s if has_begun else self._first_byte_s
            if self._clock.now() - wordless_since > patience_s:
                raise TimeoutError  # signs of life without a word are silence, too
        if not reader.is_whole:
            raise BrokenOff
        await _drain(stream, reader)
        yield self._completion(reader, model, is_elsewhere=is_elsewhere)

    def _completion(self, reader: AnswerChunks, model: EngineModel, *, is_elsewhere: bool) -> Completion:
        return reader.completion(window=model.holds_tokens, is_remote=is_elsewhere or model.card.is_remote)

    async def _chat_error(self, failure: Exception, request: ChatRequest, model: EngineModel | None) -> BotError:
        window = model.card.context_tokens if model else None
        error = chat_failure(failure, host=self.host, model=request.model, window=window)
        if not isinstance(failure, EngineRefusal):
            return error
        if isinstance(error, PromptTooLong) and is_too_long(failure, window=window) and model:
            return error if error.is_counted else await self._counted(failure, request, model)
        if failure.status in UNCLEAR and await self._is_gone(request.model):
            return ModelMissing(request.model)
        return error

    async def _is_gone(self, name: str) -> bool:
        try:
            return name not in (await self._fresh(max_age_s=0.0)).models
        except (*ENGINE_FAILURES, OllamaFoundError):
            return False

    async def _counted(self, refusal: EngineRefusal, request: ChatRequest, model: EngineModel) -> PromptTooLong:
        """Count a prompt that was too long: what vLLM says of it is that of a prompt which it had cut."""
        window = model.card.context_tokens or 0
        body = {"model": model.id, "messages": to_messages(request)}
        tokens = 0
        with suppress(*ENGINE_FAILURES):
            async with asyncio.timeout(COUNT_S):
                path = COUNT_OF_GATEWAY if self._listing and self._listing.is_gateway else COUNT
                answer = (await self._client.ask("POST", path, body)).body
                tokens = count_in(answer, "count") or count_in(answer, "total_tokens")
                window = count_in(answer, "max_model_len") or window
        told = max(numbers_in(refusal.detail), default=0)
        if not tokens and told > window + 1:
            tokens = told
        return PromptTooLong(prompt_tokens=tokens, context_tokens=window)


async def _drain(stream: EventStream, reader: AnswerChunks) -> None:
    """Read to the end of a finished stream, where the figures come last."""
    with suppress(*ENGINE_FAILURES):
        async with asyncio.timeout(DRAIN_S):
            async for batch in stream.batches:
                for data in batch:
                    for _ in reader.read(data):
                        pass
