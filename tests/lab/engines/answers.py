"""The stand-in's answer to a chat it has taken: server-sent events, one token each, with the script's fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.engines.kinds import CREATED, EngineModelOfLab, Json, Kind
from tests.lab.ollama.script import Fault, Say
from tests.lab.ollama.tokens import tokens

if TYPE_CHECKING:
    from tests.lab.engines.lab import EngineLab, EngineRequest


async def answered(
    request: web.Request,
    lab: EngineLab,
    record: EngineRequest,
    model: EngineModelOfLab,
    say: Say,
    *,
    count: int,
    most: int,
) -> web.StreamResponse:
    """Stream the answer: a chunk with the role, the words, why it ended, the figures without a choice, `[DONE]`."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **lab.headers})
    await response.prepare(request)
    frame = frame_of(lab, model)
    if lab.keeps_alive:
        await response.write(b":\n\n: still there\n\nevent: ping\n\n")
    await response.write(event(frame | choice({"role": "assistant", "content": None})))
    written, reason = 0, "stop"
    for field, token in pieces(lab, record, model, say):
        if written == most:
            reason = "length"
            break
        if written == say.after and say.fault is not None and await failed(request, response, lab, say):
            return response
        await response.write(event(frame | choice({field: token})))
        written += 1
    else:
        if written <= say.after and say.fault is not None and await failed(request, response, lab, say):
            return response
    await response.write(event(frame | choice({}, reason)))
    if lab.tells_usage and record.body.get("stream_options"):
        await response.write(event(frame | {"choices": [], **figures(lab, count, written)}))
    await response.write(b"data: [DONE]\n\n")
    return response


def pieces(lab: EngineLab, record: EngineRequest, model: EngineModelOfLab, say: Say) -> Iterator[tuple[str, str]]:
    """Yield the answer token by token: the field it goes to, and the token."""
    if model.thinks and is_thinking(record.body):
        if lab.reasoning_field:
            yield from ((lab.reasoning_field, token) for token in tokens(say.thinking))
        else:
            yield from (("content", token) for token in tokens(f"<think>{say.thinking}</think>\n\n"))
    yield from (("content", token) for token in tokens(say.text or ""))


def is_thinking(body: Json) -> bool:
    """Whether a thinking model is to think: it does unless it is told not to."""
    switches = body.get("chat_template_kwargs")
    is_off = isinstance(switches, dict) and switches.get("enable_thinking") is False
    return not is_off and body.get("reasoning_effort") != "none"


def frame_of(lab: EngineLab, model: EngineModelOfLab) -> Json:
    """Return what every chunk carries."""
    fingerprint = "fp_ollama" if lab.kind is Kind.OLLAMA else "b1-7e4c0a9"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": lab.speaks_as or model.id,
        "system_fingerprint": fingerprint,
    }


def choice(delta: Json, reason: str | None = None) -> Json:
    """Return a chunk's one choice."""
    return {"choices": [{"finish_reason": reason, "index": 0, "delta": delta}]}


def figures(lab: EngineLab, count: int, written: int) -> Json:
    """Return the counts of the last chunk."""
    usage = {"completion_tokens": written, "prompt_tokens": count, "total_tokens": count + written}
    if lab.kind in {Kind.LLAMA, Kind.ROUTER}:
        timings = {"cache_n": count - 1, "prompt_n": 1, "predicted_n": written, "predicted_ms": 12.5}
        return {"usage": {**usage, "prompt_tokens_details": {"cached_tokens": count - 1}}, "timings": timings}
    return {"usage": usage}


def event(body: Json) -> bytes:
    """Write one server-sent event."""
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


async def failed(request: web.Request, response: web.StreamResponse, lab: EngineLab, say: Say) -> bool:
    """Do what the script says goes wrong; False where the stream goes on afterwards."""
    match say.fault:
        case Fault.STALL:
            await lab.resumed.wait()
            return False
        case Fault.ERROR_LINE if lab.kind is Kind.ROUTER:
            await response.write(b"proxy error: Failed to read connection")
        case Fault.ERROR_LINE:
            said: Json = {"error": {"message": "engine died", "type": "InternalServerError", "code": 500}}
            await response.write(event(said) + b"data: [DONE]\n\n")
        case Fault.END_EARLY:
            await response.write(b"data: [DONE]\n\n")
        case Fault.BREAK_OFF:
            if request.transport is not None:
                request.transport.close()
    return True
