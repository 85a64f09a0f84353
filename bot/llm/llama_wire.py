"""What is said to the embedded runtime and how its answers read: ours to wire and wire to ours, no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain import Completion, Delta, FinishReason, PromptMessage
from bot.errors import BotError, PromptTooLong, Unavailable

_DATA = b"data: "
_DONE = b"[DONE]"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Text(_Wire):
    content: str | None = None


class _Choice(_Wire):
    delta: _Text = _Text()
    finish_reason: str | None = None


class _Usage(_Wire):
    prompt_tokens: int
    completion_tokens: int


class _Timings(_Wire):
    prompt_ms: float = 0.0
    predicted_ms: float = 0.0


class _Error(_Wire):
    code: int = 500
    type: str = ""
    n_prompt_tokens: int = 0
    n_ctx: int = 0


class _Chunk(_Wire):
    choices: tuple[_Choice, ...] = ()
    usage: _Usage | None = None
    timings: _Timings = _Timings()
    error: _Error | None = None


class _Count(_Wire):
    input_tokens: int


def to_body(
    prompt: Sequence[PromptMessage], *, answer_tokens: int, temperature: float, seed: int | None
) -> dict[str, object]:
    """Return the body of a completion request; the same body is what the tokens are counted of."""
    return {
        "messages": [{"role": message.role.value, "content": message.content} for message in prompt],
        "max_tokens": answer_tokens,
        "temperature": temperature,
        "seed": -1 if seed is None else seed,
        "cache_prompt": True,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def to_count(body: bytes) -> int:
    """Read how many tokens a prompt has, the model's own template included."""
    try:
        return _Count.model_validate_json(body).input_tokens
    except ValidationError as error:
        raise Unavailable("error.embedded_failed") from error


def to_error(body: bytes) -> BotError:
    """Read a refusal. Its type tells which: the message text is never looked at."""
    try:
        refusal = _Chunk.model_validate_json(body).error or _Error()
    except ValidationError:
        refusal = _Error()
    return _translated(refusal)


def _translated(error: _Error) -> BotError:
    if error.type == "exceed_context_size_error":
        return PromptTooLong(prompt_tokens=error.n_prompt_tokens, context_tokens=error.n_ctx)
    return Unavailable("error.embedded_failed")


class AnswerReader:
    """Reads the stream of one answer, line by line, and knows at its end how it ended."""

    def __init__(self, model: str, *, load_s: float) -> None:
        self._model = model
        self._load_s = load_s
        self._reason = ""
        self._end: _Chunk | None = None

    def read(self, line: bytes) -> Iterator[Delta]:
        """Yield the pieces of text in one line; empty lines and keep-alive comments hold none.

        Raises:
            BotError: the runtime reports that it cannot go on, or the line makes no sense.
        """
        data = line.strip().removeprefix(_DATA)
        if not line.startswith(_DATA) or data == _DONE:
            return
        chunk = self._parsed(data)
        for choice in chunk.choices:
            self._reason = choice.finish_reason or self._reason
            if choice.delta.content:
                yield Delta(choice.delta.content)

    def _parsed(self, data: bytes) -> _Chunk:
        try:
            chunk = _Chunk.model_validate_json(data)
        except ValidationError as error:
            raise Unavailable("error.embedded_failed") from error
        if chunk.error is not None:
            raise _translated(chunk.error)
        if chunk.usage is not None:
            self._end = chunk
        return chunk

    def completion(self) -> Completion:
        """Return how the answer ended.

        Raises:
            Unavailable: the stream broke off before its end.
        """
        if self._end is None or self._end.usage is None:
            raise Unavailable("error.embedded_failed")
        prompt_s, answer_s = self._end.timings.prompt_ms / 1000, self._end.timings.predicted_ms / 1000
        return Completion(
            reason=FinishReason.LENGTH if self._reason == "length" else FinishReason.STOP,
            model=self._model,
            prompt_tokens=self._end.usage.prompt_tokens,
            answer_tokens=self._end.usage.completion_tokens,
            load_s=self._load_s,
            answer_s=answer_s,
            worked_s=self._load_s + prompt_s + answer_s if answer_s else 0.0,
            is_whole=True,  # what is too long was refused before
        )
