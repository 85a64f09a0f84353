"""Speech written down by an engine: its form out, its words back. Pure.

vLLM, llama.cpp's server, LiteLLM and what is made for speech alone have OpenAI's address for it. Some of them have it
for some of their models only, and say so each in its own way: those are asked in a chat.
"""

from __future__ import annotations

from http import HTTPStatus

import aiohttp

from bot.domain import SpeechRequest
from bot.llm.host_json import Json
from bot.llm.openai_wire import EngineRefusal

TRANSCRIPTIONS = "/v1/audio/transcriptions"
_LACKING = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)


def to_form(request: SpeechRequest, model_id: str) -> aiohttp.FormData:
    """Write the form; the language is left to the model."""
    form = aiohttp.FormData()
    form.add_field("model", model_id)
    form.add_field("response_format", "json")
    form.add_field("temperature", "0")
    form.add_field("file", request.sound, filename="speech.wav", content_type="audio/wav")
    return form


def words_in(answer: Json) -> str:
    """Read the words.

    Raises:
        ValueError: there are none, not even none at all.
    """
    words = answer.get("text")
    if not isinstance(words, str):
        raise ValueError  # noqa: TRY004 - a wrong value from outside, as malformed JSON is
    return words


def lacks_address(refusal: EngineRefusal) -> bool:
    """Whether a refusal may say that the engine writes down nothing here, or not by this model."""
    return refusal.status in _LACKING
