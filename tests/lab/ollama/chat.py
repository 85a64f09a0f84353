"""/api/chat of the stand-in: what is refused, who gets a place, and what is then generated."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.ollama.cards import Json, LabModel, remote
from tests.lab.ollama.durations import keep_alive_s
from tests.lab.ollama.prompt_caches import PromptCaches
from tests.lab.ollama.runners import BusyError
from tests.lab.ollama.script import BUSY, Flood, LabChat, Reply, Say
from tests.lab.ollama.stream import Job, at_once, done, streamed
from tests.lab.ollama.tokens import prompt_tokens, tokens
from tests.lab.ollama.window import answer_limit, fitted, messages_of, number, options_of, overflow
from tests.lab.ollama.wire import LAB, NDJSON, RECORD, answered, encoded, refused, refused_by_runner
from tests.lab.speech import is_sound

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
# The newest server says it so where it counts before it asks its runner.
TOO_LONG = (
    "the prompt is longer than the context length currently available to the model. "
    "Shorten the prompt or allow a longer context"
)
EFFORTS = ("low", "medium", "high", "max")


async def chat(request: web.Request) -> web.StreamResponse:
    """Answer a chat; without messages, load or unload the model."""
    lab, body = request.app[LAB], request[RECORD].body
    script = lab.script.popleft() if lab.script and body.get("messages") else Say()
    if not isinstance(script, Say):
        return await replied(request, script)
    model = lab.find(str(body["model"]))
    if model is None:
        return refused(404, f"model '{body['model']}' not found")
    if (refused_with := lab.chats_refused.get(model.full_name)) is not None:
        return await replied(request, refused_with)
    refusal = refusal_of(model, body)
    if refusal is not None:
        return refusal
    return await placed(request, lab, model, script)


async def replied(request: web.Request, reply: Reply | Flood) -> web.StreamResponse:
    """Answer exactly as the script says."""
    if isinstance(reply, Flood):
        return await flooded(request, reply)
    if reply.status == 0:
        await asyncio.Event().wait()
    headers = {"Content-Type": reply.content_type} | ({"Location": reply.location} if reply.location else {})
    body = encoded({"error": reply.error}) if reply.body is None else reply.body.encode()
    return web.Response(status=reply.status, body=body, headers=headers)


async def flooded(request: web.Request, flood: Flood) -> web.StreamResponse:
    """Write without an end."""
    response = web.StreamResponse(status=flood.status, headers={"Content-Type": NDJSON})
    await response.prepare(request)
    await response.write(flood.first.encode())
    while True:
        await response.write(flood.again.encode())
        await asyncio.sleep(flood.every_s)


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


async def placed(request: web.Request, lab: OllamaLab, model: LabModel, say: Say) -> web.StreamResponse:
    """Wait for a place in the model and answer from there."""
    body = request[RECORD].body
    context = min(number(options_of(body), "num_ctx", lab.default_context), model.context_length)
    options = (*(options_of(body).get(option) for option in RUNNER_OPTIONS), body.get("shift", True))
    try:
        keep_s = keep_alive_s(body.get("keep_alive"), lab.keep_alive_s)
    except ValueError as error:
        return refused(400, str(error))
    if not body.get("messages") and keep_s == 0:
        lab.runners.unload(model.full_name)
        return answered(done(str(body["model"]), "unload"))
    try:
        async with lab.runners.place(model.full_name, context, options, keep_s) as loaded_s:
            if not body.get("messages"):
                return answered(done(str(body["model"]), "load"))
            return await generated(request, model, say, context=context, loaded_s=loaded_s)
    except BusyError:
        return await replied(request, BUSY)


async def generated(
    request: web.Request, model: LabModel, say: Say, *, context: int, loaded_s: float
) -> web.StreamResponse:
    """Fit the prompt into the window and write the answer."""
    lab, body = request.app[LAB], request[RECORD].body
    is_streamed = body.get("stream", True) is not False
    messages, files = messages_of(body)
    sounds = [file for file in files if is_sound(file)]
    if files and (refusal := unfit(model, files, sounds)) is not None:
        return refused_by_runner(*refusal, is_streamed=is_streamed)
    is_thinking = model.can("thinking") and body.get("think") is not False
    if sounds and say.text is None:
        say = heard(lab, sounds[-1], say, is_thinking=is_thinking)
    kept, count = fitted(model, messages, context, may_cut=lab.is_old or may_cut(body))
    if count > context:
        if lab.tells_plainly:
            return refused(400, TOO_LONG)
        return refused_by_runner(400, overflow(count, context), is_streamed=is_streamed)
    prompt = LabChat(str(body["model"]), kept)
    job = Job(
        lab=lab,
        name=str(body["model"]),
        prompt_tokens=count,
        counted_tokens=count,
        answer_tokens=answer_limit(body, count, context, is_old=lab.is_old),
        is_thinking=is_thinking,
        loaded_s=loaded_s,
        say=say if say.text is not None else default(lab, prompt, say),
        context_tokens=context,
        read=[token for role, content in kept for token in (f"<{role}>", *tokens(content))],
        marks=remote(model, "chat"),
    )
    runner = lab.runners.loaded.get(model.full_name)
    held = (runner.caches if runner else PromptCaches(1)).slot(job.read)
    with held as (slot, shared):
        record = request[RECORD]
        record.prompt_tokens, record.cached_tokens = len(job.read), shared
        record.cut_tokens = prompt_tokens(content for _, content in messages) - count
        await prompt_read(lab, len(job.read) - shared)
        slot.tokens += tokens(job.say.text or "")
        job = replace(job, counted_tokens=count - shared if lab.leaves_out_cached else count)
        return await streamed(request, job) if is_streamed else await at_once(job)


def unfit(model: LabModel, files: list[bytes], sounds: list[bytes]) -> tuple[int, Json] | None:
    """Return how the runner refuses files that its model neither sees nor hears.

    One of words alone is recorded in `chat_images_unsupported.txt`; one that has the other sense says what llama.cpp's
    server does (engine-recordings/chat_image_unsupported.txt; mozilla-ai/llamafile#960 for sound).
    """
    if not model.can("vision") and not model.can("audio"):
        text = "Multimodal data provided, but model does not support multimodal requests."
        return 400, {"message": text, "type": "invalid_request_error"}
    lacks = "audio" if sounds and not model.can("audio") else ""
    lacks = "image" if len(files) > len(sounds) and not model.can("vision") else lacks
    if not lacks:
        return None
    text = f"{lacks} input is not supported - hint: if this is unexpected, you may need to provide the mmproj"
    return 500, {"message": text, "type": "server_error"}


def heard(lab: OllamaLab, sound: bytes, say: Say, *, is_thinking: bool) -> Say:
    """Return what the model makes of a recording.

    One that thinks about it thinks of what nobody said, and then says nothing (ollama/ollama#16583, #16584).
    """
    if is_thinking:
        return replace(say, text="", thinking="The user has provided a highly repetitive sound: 어어어어어어어어")
    told = lab.hears(sound)
    return replace(say, text=told) if isinstance(told, str) else told


def may_cut(body: Json) -> bool:
    """Whether the server may leave out what does not fit."""
    return body.get("truncate", True) is not False and body.get("shift", True) is not False


async def prompt_read(lab: OllamaLab, count: int) -> None:
    """Take the time of reading what is new of the prompt. A runner whose client leaves may read on to its end."""
    rate = lab.prompt_tokens_per_second
    takes_s = lab.first_token_s + (count / rate if rate else 0.0)
    left_at = time.monotonic() + takes_s
    try:
        await asyncio.sleep(takes_s)
    except asyncio.CancelledError:
        if lab.reads_on:
            await asyncio.sleep(left_at - time.monotonic())
        raise


def default(lab: OllamaLab, prompt: LabChat, say: Say) -> Say:
    """Return what the lab says by itself, with the script's fault."""
    answer = lab.answer(prompt)
    return replace(say, text=answer) if isinstance(answer, str) else answer
