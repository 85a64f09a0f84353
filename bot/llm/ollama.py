"""One Ollama host as a model backend: our requests to its wire, its answers to our values."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from http import HTTPStatus

import httpx
from ollama import ListResponse, ProcessResponse, ShowResponse

from bot.domain import ChatRequest, Completion, Delta, FinishReason, ModelCard, ModelEvent, Thought
from bot.errors import ConfigurationError
from bot.llm.ollama_errors import FAILURES, BrokenOff, chat_error, listing_error
from bot.llm.ollama_wire import Client, Refusal, to_keep_alive

DRAIN_S = 1.0
NS = 1e9
Chunk = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What only /api/show tells reliably of a model: /api/tags says "completion" even of an embedding model."""

    context_tokens: int | None
    licence: str | None
    capabilities: frozenset[str]


class OllamaBackend:
    """See `ports.ModelBackend`.

    Every person's chat carries the same runner options, so that nobody's makes the host load the model anew: a
    model's `num_ctx` is the engine's choice, and `shift`, whose change reloads as well, stays at the default that
    other users of the host have. `num_predict` bounds the answer, and `truncate` is off: an over-long prompt is
    refused, not cut in silence.
    """

    def __init__(
        self,
        *,
        host: str,
        keep_alive: str = "5m",
        connect_s: float = 5.0,
        first_byte_s: float = 300.0,
        stall_s: float = 60.0,
    ) -> None:
        """Take `host` as Ollama's own tools do; `keep_alive`, Go's duration or seconds, is how long a model is kept.

        `first_byte_s` is long because nothing comes while the model loads, and a request given up then aborts the load.

        Raises:
            ConfigurationError: the host's address cannot be one.
        """
        try:
            self._client = Client(host=host, connect_s=connect_s, first_byte_s=first_byte_s, stall_s=stall_s)
        except (ValueError, httpx.InvalidURL) as error:
            raise ConfigurationError("error.host_address", host=host) from error
        self._keep_alive = keep_alive
        self._facts: dict[str, _Facts] = {}

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`."""
        return self._client.address

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`. Asks for a model's facts once per digest."""
        try:
            installed = (await self._client.ask(ListResponse, "GET", "/api/tags")).models
            loaded = (await self._client.ask(ProcessResponse, "GET", "/api/ps")).models
            facts = {each.digest or "": await self._facts_of(each) for each in installed}
        except FAILURES as failure:
            raise listing_error(failure, host=self.host) from failure
        self._facts = {digest: each for digest, each in facts.items() if each is not None}
        names = {each.model for each in loaded}
        cards = [
            to_card(each, self._facts[each.digest or ""], is_loaded=each.model in names)
            for each in installed
            if (each.digest or "") in self._facts
        ]
        return sorted(cards, key=lambda card: card.name)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`. Closing it closes the HTTP request, which frees the host's slot."""
        try:
            async with aclosing(self._client.lines("/api/chat", to_body(request, self._keep_alive))) as batches:
                async for batch in batches:
                    for line in filter(None, batch):
                        chunk = to_chunk(line)
                        if (event := to_event(chunk)) is not None:
                            yield event
                        if chunk.get("done") is True:
                            await _drain(batches)
                            yield to_completion(chunk, request.model)
                            return
            raise BrokenOff
        except FAILURES as failure:
            raise chat_error(failure, host=self.host, model=request.model) from failure

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""
        await self._client.close()

    async def _facts_of(self, installed: ListResponse.Model) -> _Facts | None:
        """Return a model's facts, None when it was removed since it was listed."""
        if (known := self._facts.get(installed.digest or "")) is not None:
            return known
        try:
            return to_facts(await self._client.ask(ShowResponse, "POST", "/api/show", {"model": installed.model}))
        except Refusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND and refusal.error is not None:
                return None
            raise


def to_body(request: ChatRequest, keep_alive: str) -> dict[str, object]:
    """Write a request for /api/chat. An absent `think` leaves the choice to the model."""
    body: dict[str, object] = {
        "model": request.model,
        "messages": [{"role": each.role.value, "content": each.content} for each in request.prompt],
        "stream": True,
        "truncate": False,
        "keep_alive": to_keep_alive(keep_alive),
        "options": {"num_ctx": request.context_tokens, "num_predict": request.answer_tokens},
    }
    return body if request.think is None else body | {"think": request.think}


def to_chunk(line: bytes) -> Chunk:
    """Read one line of the stream.

    Raises:
        Refusal: it tells of an error; its status is 200, for the answer had begun.
        ValueError: it is not a chunk.
    """
    chunk = json.loads(line.decode())
    if not isinstance(chunk, dict):
        raise ValueError  # noqa: TRY004 - a wrong value from outside, as malformed JSON is
    if "error" in chunk:
        raise Refusal(HTTPStatus.OK, str(chunk["error"]))
    return chunk


def to_event(chunk: Chunk) -> Delta | Thought | None:
    """Read what a chunk says; None for nothing, as the last one mostly does.

    Raises:
        ValueError: it is not a chunk of a chat.
    """
    message = chunk.get("message")
    text = message.get("content") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(text, str):
        raise ValueError  # noqa: TRY004 - as above
    if text:
        return Delta(text)
    return Thought() if message.get("thinking") else None


def to_completion(chunk: Chunk, model: str) -> Completion:
    """Read the last chunk; its durations are nanoseconds."""
    return Completion(
        reason=FinishReason.LENGTH if chunk.get("done_reason") == "length" else FinishReason.STOP,
        model=model,
        prompt_tokens=_number(chunk, "prompt_eval_count"),
        answer_tokens=_number(chunk, "eval_count"),
        load_s=_number(chunk, "load_duration") / NS,
        answer_s=_number(chunk, "eval_duration") / NS,
    )


def to_card(installed: ListResponse.Model, facts: _Facts, *, is_loaded: bool) -> ModelCard:
    """Read an installed model's card."""
    details = installed.details
    return ModelCard(
        name=installed.model or "",
        size_bytes=int(installed.size or 0),
        family=(details and details.family) or "",
        parameters=(details and details.parameter_size) or "",
        quantization=(details and details.quantization_level) or "",
        context_tokens=facts.context_tokens,
        licence=facts.licence,
        capabilities=facts.capabilities,
        is_loaded=is_loaded,
    )


def to_facts(shown: ShowResponse) -> _Facts:
    """Read what /api/show tells. Older servers name no capabilities: a model that pools is an embedding model."""
    info = shown.modelinfo or {}
    length = info.get(f"{info.get('general.architecture')}.context_length")
    licence = info.get("general.license") or next(
        filter(None, map(str.strip, (shown.license or "").splitlines())), None
    )
    pools = any(key.endswith(".pooling_type") for key in info)
    return _Facts(
        context_tokens=length if isinstance(length, int) else None,
        licence=licence if isinstance(licence, str) else None,
        capabilities=frozenset(shown.capabilities or ("embedding" if pools else "completion",)),
    )


def _number(chunk: Chunk, field: str) -> int:
    value = chunk.get(field)
    return value if isinstance(value, int) else 0


async def _drain(batches: AsyncGenerator[list[bytes]]) -> None:
    """Read to the end of a finished stream, so that its connection serves the next chat."""
    with suppress(*FAILURES):
        async with asyncio.timeout(DRAIN_S):
            async for _ in batches:
                pass
