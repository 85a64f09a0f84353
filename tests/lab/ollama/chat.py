"""/api/chat of the stand-in: what is refused, what fits the context window, and the stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.ollama.cards import Json, LabModel
from tests.lab.ollama.runners import BusyError, keep_alive_s
from tests.lab.ollama.script import BUSY, Fault, LabChat, Reply, Say
from tests.lab.ollama.tokens import PER_MESSAGE, prompt_tokens, tokens
from tests.lab.ollama.wire import (
    LAB,
    NDJSON,
    RECORD,
    answered,
    line,
    refused,
    refused_by_runner,
)

if TYPE_CHECKING:
    from tests.lab.ollama.lab import OllamaLab

INTEGERS = (
    "num_ctx",
    "num_predict",
    "num_keep",
    "num_batch",
    "num_gpu",
    "num_thread",
    "seed",
    "top_k",
    "repeat_last_n",
)
RUNNER_OPTIONS = ("num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread")
EFFORTS = ("low", "medium", "high", "max")
UNLIMITED = 10  # times the context window
CRASHED = "an error was encountered while running the model: unexpected EOF"
NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """A chat that has been accepted: what the model reads and how it may answer."""

    lab: OllamaLab
    model: LabModel
    name: str
    prompt_tokens: int
    answer_tokens: int
    is_thinking: bool
    loaded_s: float
    say: Say


async def chat(request: web.Request) -> web.StreamResponse:
    """Answer a chat; without messages, load or unload the model."""
    lab, body = request.app[LAB], request[RECORD].body
    script = lab.script.popleft() if lab.script and body.get("messages") else Say()
    if isinstance(script, Reply):
        return replied(script)
    model = lab.find(str(body["model"]))
    if model is None:
        return refused(404, f"model '{body['model']}' not found")
    refusal = refusal_of(model, body)
    if refusal is not None:
        return refusal
    return await placed(request, lab, model, script)


def replied(reply: Reply) -> web.Response:
    """Answer exactly as the script says."""
    if reply.body is None:
        return refused(reply.status, reply.error)
    return web.Response(status=reply.status, body=reply.body.encode(), headers={"Content-Type": reply.content_type})


def refusal_of(model: LabModel, body: Json) -> web.Response | None:
    """Say what the model cannot do, in the server's order and wordings; None where there is nothing to refuse."""
    name, think = body["model"], body.get("think")
    for option, value in options_of(body).items():
        if option in INTEGERS and (isinstance(value, bool) or not isinstance(value, int | float)):
            return refused(500, f'option "{option}" must be of type integer')
    if not model.can("completion"):
        return refused(400, f'"{name}" does not support chat')
    if isinstance(think, str) and think not in EFFORTS:
        return refused(400, f'invalid think value: "{think}" (must be "high", "medium", "low", "max", true, or false)')
    if think and not model.can("thinking"):
        return refused(400, f'"{name}" does not support thinking')
    if body.get("tools") and not model.can("tools"):
        return refused(400, f"registry.ollama.ai/library/{name} does not support tools")
    return None


def options_of(body: Json) -> Json:
    """Return the request's options, empty where there are none."""
    options = body.get("options")
    return options if isinstance(options, dict) else {}


async def placed(request: web.Request, lab: OllamaLab, model: LabModel, say: Say) -> web.StreamResponse:
    """Wait for a place in the model and answer from there."""
    body = request[RECORD].body
    context = min(number(options_of(body), "num_ctx", lab.default_context), model.context_length)
    options = (*(options_of(body).get(option) for option in RUNNER_OPTIONS), body.get("shift", True))
    try:
        keep_s = keep_alive_s(body.get("keep_alive"), lab.keep_alive_s)
    except ValueError as error:
        return refused(400, f'time: invalid duration "{error}"')
    if not body.get("messages") and keep_s == 0:
        lab.runners.unload(model.full_name)
        return answered(done(str(body["model"]), "unload"))
    try:
        async with lab.runners.place(model.full_name, context, options, keep_s) as loaded_s:
            if not body.get("messages"):
                return answered(done(str(body["model"]), "load"))
            return await generated(request, model, say, context=context, loaded_s=loaded_s)
    except BusyError:
        return replied(BUSY)


def number(options: Json, name: str, default: int) -> int:
    """Return an option of type integer."""
    value = options.get(name, default)
    return int(value) if isinstance(value, int | float) else default


async def generated(
    request: web.Request, model: LabModel, say: Say, *, context: int, loaded_s: float
) -> web.StreamResponse:
    """Fit the prompt into the window and write the answer."""
    lab, body = request.app[LAB], request[RECORD].body
    is_streamed = body.get("stream", True) is not False
    messages, has_images = messages_of(body)
    if has_images and not model.can("vision"):
        text = "Multimodal data provided, but model does not support multimodal requests."
        return refused_by_runner(400, {"message": text, "type": "invalid_request_error"}, is_streamed=is_streamed)
    may_cut = body.get("truncate", True) is not False and body.get("shift", True) is not False
    kept, count = fitted(model, messages, context, may_cut=may_cut)
    if count > context:
        return refused_by_runner(400, overflow(count, context), is_streamed=is_streamed)
    prompt = LabChat(str(body["model"]), kept)
    job = Job(
        lab=lab,
        model=model,
        name=str(body["model"]),
        prompt_tokens=count,
        answer_tokens=answer_limit(body, count, context),
        is_thinking=model.can("thinking") and body.get("think") is not False,
        loaded_s=loaded_s,
        say=say if say.text is not None else default(lab, prompt, say),
    )
    await asyncio.sleep(lab.first_token_s)
    return await streamed(request, job) if is_streamed else await at_once(job)


def default(lab: OllamaLab, prompt: LabChat, say: Say) -> Say:
    """Return what the lab says by itself, with the script's fault."""
    answer = lab.answer(prompt)
    return replace(say, text=answer) if isinstance(answer, str) else answer


def messages_of(body: Json) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Return the prompt's messages, and whether any carries an image."""
    raw = body["messages"]
    rows = [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []
    messages = tuple((str(row.get("role", "")), str(row.get("content", ""))) for row in rows)
    return messages, any(row.get("images") for row in rows)


def fitted(
    model: LabModel, messages: tuple[tuple[str, str], ...], context: int, *, may_cut: bool
) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return the messages the model reads and their tokens; more than `context` where the server refuses.

    The oldest messages that are not the system's are dropped silently. What is still too long is cut silently to
    half the window for a model of a Go template, and refused for one of a Jinja template.
    """
    kept, count = messages, prompt_tokens(content for _, content in messages)
    while may_cut and count > context:
        droppable = [index for index, (role, _) in enumerate(kept[:-1]) if role != "system"]
        if not droppable:
            break
        kept = kept[: droppable[0]] + kept[droppable[0] + 1 :]
        count = prompt_tokens(content for _, content in kept)
    if count <= context or not may_cut or model.template == "jinja":
        return kept, count
    half = context // 2 + 2
    role, content = kept[-1]
    return ((role, "".join(tokens(content)[-(half - PER_MESSAGE) :])),), half


def overflow(count: int, context: int) -> Json:
    """Return the runner's error for a prompt that is too long."""
    message = f"request ({count} tokens) exceeds the available context size ({context} tokens), try increasing it"
    return {"message": message, "type": "exceed_context_size_error", "n_prompt_tokens": count, "n_ctx": context}


def answer_limit(body: Json, count: int, context: int) -> int:
    """Return how many tokens the answer may have: by num_predict, and by the window where it may not shift."""
    wanted = number(options_of(body), "num_predict", -1)
    limit = wanted if wanted >= 0 else UNLIMITED * context
    return min(limit, context - count) if body.get("shift", True) is False else limit


def pieces(job: Job) -> Iterator[tuple[str, str]]:
    """Yield the answer token by token: the field it goes to, and the token."""
    if job.is_thinking:
        yield from (("thinking", token) for token in tokens(job.say.thinking))
    yield from (("content", token) for token in tokens(job.say.text or ""))


async def streamed(request: web.Request, job: Job) -> web.StreamResponse:
    """Stream the answer, at the lab's pace, with the script's fault."""
    response = web.StreamResponse(headers={"Content-Type": NDJSON})
    started, written, reason = time.monotonic(), 0, "stop"
    for field, token in pieces(job):
        if written == job.answer_tokens:
            reason = "length"
            break
        if written == job.say.after and job.say.fault is not None and await failed(request, response, job):
            return response
        await paced(job.lab, started, written)
        await written_to(request, response, line(delta(job.name, field, token)))
        written += 1
    else:
        if written <= job.say.after and job.say.fault is not None and await failed(request, response, job):
            return response
    await written_to(request, response, line(done(job.name, reason) | figures(job, written, started)))
    return response


async def failed(request: web.Request, response: web.StreamResponse, job: Job) -> bool:
    """Do what the script says goes wrong; False where the stream goes on afterwards."""
    match job.say.fault:
        case Fault.STALL:
            await job.lab.resumed.wait()
            return False
        case Fault.ERROR_LINE:
            await written_to(request, response, line({"error": CRASHED}))
        case Fault.BREAK_OFF:
            await written_to(request, response, b"")
            if request.transport is not None:
                request.transport.close()
        case Fault.END_EARLY:
            await written_to(request, response, b"")
        case None:
            return False
    return True


async def paced(lab: OllamaLab, started: float, written: int) -> None:
    """Wait until the next token is due; by the schedule, so that late ones do not delay the rest."""
    rate = lab.tokens_per_second
    await asyncio.sleep(max(0.0, started + written / rate - time.monotonic()) if rate else 0)


async def written_to(request: web.Request, response: web.StreamResponse, data: bytes) -> None:
    """Write to the stream; the headers go out with the first token."""
    if not response.prepared:
        await response.prepare(request)
    if data:
        await response.write(data)


async def at_once(job: Job) -> web.Response:
    """Answer with the whole text in one object."""
    started = time.monotonic()
    wanted = list(pieces(job))
    parts = wanted[: job.answer_tokens]
    if job.lab.tokens_per_second:
        await asyncio.sleep(len(parts) / job.lab.tokens_per_second)
    message: Json = {"role": "assistant", "content": "".join(token for field, token in parts if field == "content")}
    if thinking := "".join(token for field, token in parts if field == "thinking"):
        message["thinking"] = thinking
    reason = "length" if len(parts) < len(wanted) else "stop"
    return answered(done(job.name, reason) | {"message": message} | figures(job, len(parts), started))


def delta(name: str, field: str, token: str) -> Json:
    """Return one chunk of the stream."""
    message = {"role": "assistant", "content": "", field: token}
    return {"model": name, "created_at": now(), "message": message, "done": False}


def done(name: str, reason: str) -> Json:
    """Return the last chunk, without its figures."""
    message = {"role": "assistant", "content": ""}
    return {"model": name, "created_at": now(), "message": message, "done": True, "done_reason": reason}


def figures(job: Job, written: int, started: float) -> Json:
    """Return the counts and durations (ns) of the last chunk."""
    answer_ns = int((time.monotonic() - started) * NS) + 1
    prompt_ns, load_ns = int(job.lab.first_token_s * NS) + 1, int(job.loaded_s * NS) + 1
    return {
        "total_duration": load_ns + prompt_ns + answer_ns,
        "load_duration": load_ns,
        "prompt_eval_count": job.prompt_tokens,
        "prompt_eval_duration": prompt_ns,
        "eval_count": written,
        "eval_duration": answer_ns,
    }


def now() -> str:
    """Return the time as the server writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
