"""What an OpenAI-compatible engine is asked in a chat: requests to JSON. Pure."""

from __future__ import annotations

from base64 import b64encode

from bot.domain import ChatRequest, PromptMessage, Think
from bot.llm.openai_cards import EngineModel

# Pictures by their first bytes; any other that came this far is WebP.
PICTURE_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg", b"GIF8": "image/gif"}
RIFF = b"RIFF"
WAVE = b"WAVE"


def to_messages(request: ChatRequest) -> list[dict[str, object]]:
    """Write a prompt."""
    return [{"role": each.role.value, "content": content_of(each)} for each in request.prompt]


def content_of(message: PromptMessage) -> object:
    """Write what a message holds: its text, or, with pictures or recordings, a list of parts with the files in them."""
    if not message.images:
        return message.content
    return [{"type": "text", "text": message.content}, *map(part_of, message.images)]


def part_of(file: bytes) -> dict[str, object]:
    """Write a picture, or a recording, which is a WAV file."""
    written = b64encode(file).decode()
    if file.startswith(RIFF) and file[8:12] == WAVE:
        return {"type": "input_audio", "input_audio": {"data": written, "format": "wav"}}
    return {"type": "image_url", "image_url": {"url": f"data:{kind_of(file)};base64,{written}"}}


def kind_of(image: bytes) -> str:
    """Return the media type of a picture by its first bytes."""
    return next((kind for begins, kind in PICTURE_KINDS.items() if image.startswith(begins)), "image/webp")


def to_body(request: ChatRequest, model: EngineModel, *, is_gateway: bool = False) -> dict[str, object]:
    """Write a request for /v1/chat/completions. A gateway is not to ask another model than the one that is named."""
    body: dict[str, object] = {
        "model": model.id,
        "messages": to_messages(request),
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": request.answer_tokens,
    }
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.think is not None:
        body |= to_switches(request.think, by_level=model.card.thinks_by_level)
    return body | {"disable_fallbacks": True} if is_gateway else body


def to_switches(think: Think, *, by_level: bool) -> dict[str, object]:
    """Write how much a model is to think: templates read either name of the switch, and some a level."""
    switches: dict[str, object] = {}
    if not by_level:
        is_on = think is not Think.OFF
        switches["chat_template_kwargs"] = {"enable_thinking": is_on, "thinking": is_on}
    if think in {Think.LOW, Think.MEDIUM, Think.HIGH}:
        switches["reasoning_effort"] = think.value
    return switches
