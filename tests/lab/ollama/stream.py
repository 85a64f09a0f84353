"""The stand-in's answer to a chat it has taken: token by token, at the lab's pace, with the script's fault."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.ollama.cards import Json
from tests.lab.ollama.script import Fault, Say
from tests.lab.ollama.tokens import tokens
from tests.lab.ollama.wire import NDJSON, RECORD, answered, line

if TYPE_CHECKING:
    from tests.lab.ollama.lab import LabRequest, OllamaLab

CRASHED = "an error was encountered while running the model: unexpected EOF"
NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """A chat that has been accepted: what the model reads and how it may answer."""

    lab: OllamaLab
    name: str
    prompt_tokens: int
    answer_tokens: int
    is_thinking: bool
    loaded_s: float
    say: Say
    context_tokens: int
    read: list[str]
    marks: Json = field(default_factory=dict)
    counted_tokens: int = 0


def pieces(job: Job) -> Iterator[tuple[str, str]]:
    """Yield the answer token by token: the field it goes to, and the token."""
    if job.is_thinking:
        yield from (("thinking", token) for token in tokens(job.say.thinking))
    yield from (("content", token) for token in job.lab.cut(job.say.text or ""))


async def streamed(request: web.Request, job: Job) -> web.StreamResponse:
    """Stream the answer, at the lab's pace, with the script's fault."""
    response = web.StreamResponse(headers={"Content-Type": NDJSON})
    started, written, reason = time.monotonic(), 0, "stop"
    for part, token in pieces(job):
        if written == job.answer_tokens:
            reason = "length"
            break
        if written == job.say.after and job.say.fault is not None and await failed(request, response, job):
            return response
        await paced(job.lab, started, written)
        note_token(request[RECORD])
        await written_to(request, response, line(delta(job.name, part, token) | job.marks))
        written += 1
        note_shift(request[RECORD], job, written)
    else:
        if written <= job.say.after and job.say.fault is not None and await failed(request, response, job):
            return response
    await written_to(
        request, response, line(done(job.name, reason) | job.marks | figures(job, written, started) | job.say.figures)
    )
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


def note_token(record: LabRequest) -> None:
    """Note that a token is being written."""
    record.last_token_at = time.monotonic()
    if record.first_token_at is None:
        record.first_token_at = record.last_token_at


def note_shift(record: LabRequest, job: Job, written: int) -> None:
    """Discard the older half of prompt and answer where they are longer than the window."""
    held = job.prompt_tokens + written - record.lost_tokens
    if held > job.context_tokens:
        record.lost_tokens += held // 2
        record.shifts += 1


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
    message: Json = {"role": "assistant", "content": "".join(token for kind, token in parts if kind == "content")}
    if thinking := "".join(token for kind, token in parts if kind == "thinking"):
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
        "prompt_eval_count": job.counted_tokens,
        "prompt_eval_duration": prompt_ns,
        "eval_count": written,
        "eval_duration": answer_ns,
    }


def now() -> str:
    """Return the time as the server writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
