"""The stream of one answer of an OpenAI-compatible engine, chunk by chunk: the engine's words to our events. No I/O."""

from __future__ import annotations

from collections.abc import Iterator

from bot.clock import Clock
from bot.domain import Completion, Delta, FinishReason, Thought
from bot.errors import ModelMissing
from bot.llm.host_json import Json, count_in, object_in, object_of, objects_in, text_in
from bot.llm.openai_cards import EngineModel
from bot.llm.openai_wire import DONE, EngineRefusal, error_of_event
from bot.llm.stream_lines import BrokenOff

# llama.cpp, SGLang and DeepSeek write the first, vLLM from 0.11.2 on the second, and for a while both.
REASONING = ("reasoning_content", "reasoning")
# Engines end what they gave up themselves with these.
GIVEN_UP = frozenset({"abort", "error"})
OLLAMAS_FINGERPRINT = "fp_ollama"
MS = 1000


class OllamaFoundError(Exception):
    """What answers is an Ollama host, whose OpenAI-like API does not tell what it passes on to other machines."""


class AnswerChunks:
    """Reads the chunks of one answer, and knows at its end how it ended.

    It is whole only when a chunk said why it ended: neither a status of 200, nor an end of the stream, nor `[DONE]` is
    a sign of that.
    """

    def __init__(self, model: EngineModel, *, others: frozenset[str], is_checked: bool, clock: Clock) -> None:
        """Take the model that was asked, and what the engine's other models are called.

        `is_checked`: the engine answers with whatever model it has, so what it calls itself must be the one asked.
        """
        self._model = model
        self._others = others
        self._is_checked = is_checked
        self._clock = clock
        self._reason = ""
        self._usage: Json = {}
        self._timings: Json = {}
        self._first_at = self._last_at = 0.0
        self.has_ended = False

    @property
    def is_whole(self) -> bool:
        """Whether it was said why the answer ended."""
        return bool(self._reason)

    def read(self, data: bytes) -> Iterator[Delta | Thought]:
        """Yield what one event says.

        Raises:
            EngineRefusal: it tells of an error; its status is 200, for the answer had begun.
            ModelMissing: another model than the one that was asked for answers.
            OllamaFoundError: an Ollama host answers.
            ValueError: it is not a chunk.
        """
        if data == DONE:
            self.has_ended = True
            return
        chunk = object_of(data)
        if error := error_of_event(chunk):
            raise EngineRefusal(200, error)
        self._check_speaker(chunk)
        self._usage = object_in(chunk, "usage") or self._usage
        self._timings = object_in(chunk, "timings") or self._timings
        for choice in objects_in(chunk, "choices"):
            yield from self._said(object_in(choice, "delta"))
            self._reason = text_in(choice, "finish_reason") or self._reason
        if self._reason in GIVEN_UP:
            raise BrokenOff

    def completion(self, *, window: int, is_remote: bool) -> Completion:
        """Return how the answer ended; `window` is what the engine holds of a conversation."""
        told_s = self._told_s("predicted_ms")
        return Completion(
            reason=FinishReason.LENGTH if self._reason == "length" else FinishReason.STOP,
            model=self._model.card.name,
            prompt_tokens=count_in(self._usage, "prompt_tokens"),
            answer_tokens=count_in(self._usage, "completion_tokens"),
            answer_s=told_s or self._last_at - self._first_at,
            worked_s=self._told_s("prompt_ms") + told_s if told_s else 0.0,
            window_tokens=window,
            is_remote=is_remote,
        )

    def _told_s(self, field: str) -> float:
        """Return a time of llama.cpp's server in seconds; 0 where the engine tells none."""
        told = self._timings.get(field)
        return float(told) / MS if isinstance(told, int | float) and not isinstance(told, bool) else 0.0

    def _check_speaker(self, chunk: Json) -> None:
        if text_in(chunk, "system_fingerprint") == OLLAMAS_FINGERPRINT:
            raise OllamaFoundError
        named = text_in(chunk, "model")
        if not named or named in self._model.names:
            return
        if self._is_checked or named in self._others:
            raise ModelMissing(self._model.card.name)

    def _said(self, delta: Json) -> Iterator[Delta | Thought]:
        thought = next(filter(None, (text_in(delta, field) for field in REASONING)), "")
        text, thought_in_parts = _content(delta)
        if thought or thought_in_parts or text:
            self._last_at = self._clock.now()
            self._first_at = self._first_at or self._last_at
        if thought or thought_in_parts:
            yield Thought(thought or thought_in_parts)
        if text:
            yield Delta(text)


def _content(delta: Json) -> tuple[str, str]:
    """Return the text and the reasoning of a delta's content: a text, null, or a list of parts.

    Raises:
        ValueError: it is something else.
    """
    content = delta.get("content")
    if content is None or isinstance(content, str):
        return text_in(delta, "content"), ""
    if not isinstance(content, list):
        raise ValueError  # noqa: TRY004 - a wrong value from outside, as malformed JSON is
    parts = [part for part in content if isinstance(part, dict)]
    text = "".join(text_in(part, "text") for part in parts if part.get("type") == "text")
    return text, "".join(_thought_part(part) for part in parts if part.get("type") == "thinking")


def _thought_part(part: Json) -> str:
    thinking = part.get("thinking")
    if isinstance(thinking, list):
        return "".join(text_in(each, "text") for each in thinking if isinstance(each, dict))
    return text_in(part, "thinking")
