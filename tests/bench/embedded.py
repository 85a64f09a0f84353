"""Measure the embedded model: `python -m tests.bench.embedded`. The figures are in docs/reference/embedded.md."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import aclosing

import psutil

from bot.domain import ChatRequest, Completion, PromptMessage, Role
from bot.llm.embedded import MODEL, EmbeddedBackend

MIB = 1024 * 1024
LINES = " ".join(f"Line {number} says nothing new." for number in range(120))


def question(text: str, *, answer_tokens: int) -> ChatRequest:
    prompt = (PromptMessage(Role.SYSTEM, "You are a helpful assistant."), PromptMessage(Role.USER, text))
    return ChatRequest(model=MODEL, prompt=prompt, context_tokens=2048, answer_tokens=answer_tokens)


async def measured(backend: EmbeddedBackend, request: ChatRequest) -> tuple[float, Completion]:
    """Return the seconds to the first event and the completion."""
    started = time.perf_counter()
    arrivals = [(time.perf_counter() - started, event) async for event in backend.chat(request)]
    end = arrivals[-1][1]
    assert isinstance(end, Completion)
    return arrivals[0][0], end


async def told(backend: EmbeddedBackend, name: str, request: ChatRequest) -> None:
    first_s, end = await measured(backend, request)
    speed = f", then {end.answer_tokens / end.answer_s:3.0f} tokens/s" if end.answer_tokens > 1 else ""
    print(f"{name:<42} {end.prompt_tokens:>5} tokens, first piece {first_s:5.2f} s{speed}")


async def stopped(backend: EmbeddedBackend, name: str, request: ChatRequest, *, after_s: float) -> None:
    """Print how long the next chat waits after one that was stopped."""
    reading = asyncio.create_task(measured(backend, request))
    other = asyncio.create_task(measured(backend, question("2 " + LINES, answer_tokens=1500)))
    await asyncio.wait([reading, other], timeout=after_s)
    reading.cancel()
    other.cancel()
    await asyncio.gather(reading, other, return_exceptions=True)
    first_s, _ = await measured(backend, question("Say hi.", answer_tokens=1))
    print(f"{name:<42} the next answer begins after {first_s:.2f} s")


async def side_by_side(backend: EmbeddedBackend) -> None:
    requests = [question(f"Tell me a long story about {whom}.", answer_tokens=200) for whom in ("a dragon", "a cat")]
    started = time.perf_counter()
    ends = await asyncio.gather(*(measured(backend, request) for request in requests))
    speed = sum(end.answer_tokens for _, end in ends) / (time.perf_counter() - started)
    print(f"{'two chats at once':<42} together {speed:3.0f} tokens/s")


async def main() -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    backend = EmbeddedBackend(temperature=0.0)
    started = time.perf_counter()
    await backend.load()
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'load':<42} {time.perf_counter() - started:.2f} s, {(process.memory_info().rss - before) / MIB:.0f} MiB")
    await told(backend, "short question", question("What is the capital of France?", answer_tokens=32))
    await told(backend, "the same again", question("What is the capital of France?", answer_tokens=32))
    await told(backend, "long prompt", question(LINES, answer_tokens=64))
    await told(backend, "the same again", question(LINES, answer_tokens=64))
    await told(backend, "story", question("Tell me a long story about a dragon.", answer_tokens=300))
    await side_by_side(backend)
    long = question("1 " + LINES, answer_tokens=1500)
    await stopped(backend, "both slots stopped while they read", long, after_s=1.0)
    async with aclosing(backend.chat(question("Tell me a story.", answer_tokens=900))) as story:
        await anext(story)
    await told(backend, "after a stop while it writes", question("Say hello.", answer_tokens=1))
    print(f"{'memory after all this':<42} {(process.memory_info().rss - before) / MIB:.0f} MiB")
    await backend.close()
    print(f"{'memory after close':<42} {(process.memory_info().rss - before) / MIB:.0f} MiB")


if __name__ == "__main__":
    asyncio.run(main())
