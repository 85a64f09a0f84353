"""What an Ollama host is asked in a chat, and what its stream says: requests to JSON, chunks to events. Pure."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from http import HTTPStatus

from bot.domain import ChatRequest, Completion, Delta, FinishReason, PromptMessage, Think, Thought
from bot.llm.host_json import Json, count_in, objects_of, seconds_in, text_in
from bot.llm.ollama_wire import Refusal, to_keep_alive

Version = tuple[int, int, int]
UNKNOWN_VERSION: Version = (0, 0, 0)
# From then on `truncate` and `shift` are known; servers before it cut whatever they are asked.
REFUSES_SINCE: Version = (0, 13, 0)
# This one left out of prompt_eval_count what a slot held; those before and after it do not.
COUNTS_PART: Version = (0, 30, 0)
# A host that heeds `num_predict` sends a chunk a token, of a few characters; one that goes beyond these may never end.
MOST_CHUNKS_PER_TOKEN = 8
MOST_CHARS_PER_TOKEN = 64


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


def to_body(request: ChatRequest, keep_alive: str, *, context_tokens: int) -> dict[str, object]:
    """Write a request for /api/chat. An absent `think` leaves the choice to the model."""
    body: dict[str, object] = {
        "model": request.model,
        "messages": [to_message(each) for each in request.prompt],
        "stream": True,
        "truncate": False,
        "shift": False,
        "keep_alive": to_keep_alive(keep_alive),
        "options": to_options(request, context_tokens),
    }
    return body if request.think is None else body | {"think": to_think(request.think)}


def to_options(request: ChatRequest, context_tokens: int) -> dict[str, object]:
    """Write a request's options."""
    options: dict[str, object] = {"num_ctx": context_tokens, "num_predict": request.answer_tokens}
    return options if request.temperature is None else options | {"temperature": request.temperature}


def to_think(think: Think) -> bool | str:
    """Write how much the model is to think."""
    return think.value if think in {Think.LOW, Think.MEDIUM, Think.HIGH} else think is Think.ON


def to_message(message: PromptMessage) -> dict[str, object]:
    """Write a message of the prompt; pictures and recordings are base64 of their files."""
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
    return Thought(text_in(message, "thinking")) if message.get("thinking") else None


def to_version(told: Json) -> Version:
    """Read a server's version: "0.33.0-rc2" is (0, 33, 0); all zeros where it tells none."""
    found = re.match(r"v?(\d{1,5})\.(\d{1,5})\.(\d{1,5})", text_in(told, "version"))
    return (int(found[1]), int(found[2]), int(found[3])) if found else UNKNOWN_VERSION


def to_completion(chunk: Json, model: str, *, version: Version = UNKNOWN_VERSION) -> Completion:
    """Read the last chunk, as servers of this version write it.

    `total_duration` counts how long others were waited for, too; the parts do not, but for a model that is loaded.
    """
    load_s, answer_s = seconds_in(chunk, "load_duration"), seconds_in(chunk, "eval_duration")
    return Completion(
        reason=FinishReason.LENGTH if chunk.get("done_reason") == "length" else FinishReason.STOP,
        model=model,
        prompt_tokens=count_in(chunk, "prompt_eval_count"),
        answer_tokens=count_in(chunk, "eval_count"),
        load_s=load_s,
        answer_s=answer_s,
        worked_s=load_s + seconds_in(chunk, "prompt_eval_duration") + answer_s if answer_s else 0.0,
        is_whole=version >= REFUSES_SINCE,
        is_part_counted=version == COUNTS_PART,
    )
