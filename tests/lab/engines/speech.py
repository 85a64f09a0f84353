"""Speech at the stand-ins of engines: OpenAI's form, and recordings among the parts of a chat's messages.

The form is OpenAI's (platform.openai.com/docs/api-reference/audio/createTranscription): `file` and `model` are wanted,
`response_format` and `temperature` may be set; the answer is `{"text": …}`. llama.cpp's server has it since
ggml-org/llama.cpp#21863 and adds a type and figures; the answer of a thinking model begins there with its reasoning,
of which the first mark is missing. vLLM refuses a model that does not write down speech (vllm-project/vllm-ascend#1035)
and has no such address where none of its models does (vllm-project/vllm#40994).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.engines.kinds import Json, Kind, unknown
from tests.lab.ollama.script import Say
from tests.lab.speech import is_sound, sounds_in

if TYPE_CHECKING:
    from tests.lab.engines.lab import EngineLab, EngineRequest


async def body_of(request: web.Request) -> Json:
    """Read a body of JSON, or a form; of a form's file the content."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        return {name: value.file.read() if isinstance(value, web.FileField) else value for name, value in form.items()}
    raw = await request.read()
    body = json.loads(raw) if raw else {}
    return body if isinstance(body, dict) else {}


async def transcribed(lab: EngineLab, record: EngineRequest) -> web.StreamResponse:
    """Write a recording down."""
    name, sound = str(record.body.get("model") or ""), record.body.get("file")
    model = lab.find(name)
    if model is None:
        return _refused(*unknown(lab.kind, name))
    if not isinstance(sound, bytes) or not is_sound(sound):
        said: Json = {"message": "Invalid or missing file", "type": "invalid_request_error", "code": 400}
        return _refused(400, {"error": said})
    if not model.hears:
        return _refused(*does_not_transcribe(lab.kind))
    async with lab.slots:
        told = lab.hears(sound)
    words = told.text or "" if isinstance(told, Say) else told
    is_llama = lab.kind in {Kind.LLAMA, Kind.ROUTER}
    if is_llama and model.thinks:
        words = f"The user has provided an audio segment. I need to transcribe it.<channel|>{words}"
    more: Json = {"type": "transcript.text.done"} if is_llama else {}
    return web.json_response({**more, "text": words}, headers=lab.headers)


def sounds_of(body: Json) -> list[bytes]:
    """Return the recordings of a chat."""
    rows = body.get("messages")
    return [sound for row in (rows if isinstance(rows, list) else ()) for sound in sounds_in(row.get("content"))]


def does_not_transcribe(kind: Kind) -> tuple[int, Json]:
    """Return how an engine refuses to have speech written down by a model that does not hear."""
    if kind in {Kind.LLAMA, Kind.ROUTER}:
        message = "The current model does not support audio input."
        return 501, {"error": {"code": 501, "message": message, "type": "not_supported_error"}}
    message = "The model does not support Transcriptions API"
    return 400, {"error": {"message": message, "type": "BadRequestError", "param": None, "code": 400}}


def deaf(kind: Kind) -> tuple[int, Json]:
    """Return how an engine refuses a recording in a chat with a model that does not hear."""
    if kind in {Kind.LLAMA, Kind.ROUTER}:
        message = "audio input is not supported - hint: if this is unexpected, you may need to provide the mmproj"
        return 500, {"error": {"code": 500, "message": message, "type": "server_error"}}
    message = "At most 0 audio(s) may be provided in one prompt."
    return 400, {"error": {"message": message, "type": "BadRequestError", "param": None, "code": 400}}


def _refused(status: int, said: Json) -> web.Response:
    return web.json_response(said, status=status)
