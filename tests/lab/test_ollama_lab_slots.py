"""The stand-in's slots hold what they read, as llama-server's do, and what is read takes its time."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence

import httpx
import pytest

from tests.lab.ollama import LabRequest, OllamaLab
from tests.lab.ollama.tokens import prompt_tokens

NAME = "smollm2:135m"
SYSTEM, STORY = "You are brief.", "Once upon a time " * 40


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab(answer=lambda _: "Fine.") as running:
        yield running


async def chat(lab: OllamaLab, *said: str, **more: object) -> LabRequest:
    """Ask with the system prompt and these messages, a person's and an answer by turns."""
    roles = ["system", *("user" if number % 2 == 0 else "assistant" for number in range(len(said)))]
    messages = [{"role": role, "content": text} for role, text in zip(roles, (SYSTEM, *said), strict=True)]
    async with httpx.AsyncClient(base_url=lab.url, timeout=60) as client:
        answer = await client.post("/api/chat", json={"model": NAME, "messages": messages, "stream": False, **more})
    counted.append(answer.json().get("prompt_eval_count"))
    return lab.chats[-1]


counted: list[int | None] = []


async def test_what_was_read_and_answered_before_is_not_evaluated_again(lab: OllamaLab) -> None:
    first = await chat(lab, STORY)
    second = await chat(lab, STORY, "Fine.", "And then?")

    assert first.cached_tokens == 0
    assert second.cached_tokens >= first.read_tokens
    assert second.read_tokens < 20


async def test_a_change_at_the_front_throws_away_what_is_behind_it(lab: OllamaLab) -> None:
    await chat(lab, STORY, "Fine.", "And then?")
    changed = await chat(lab, f"Not {STORY}", "Fine.", "And then?")

    assert changed.read_tokens > 150


@pytest.mark.parametrize(("parallel", "is_cached"), [(1, False), (2, True)])
async def test_each_slot_holds_a_conversation(parallel: int, *, is_cached: bool) -> None:
    async with OllamaLab(parallel=parallel, answer=lambda _: "Fine.") as lab:
        for _ in range(2):
            one, other = await chat(lab, STORY), await chat(lab, "Something else " * 40)

    assert [request.read_tokens < 20 for request in (one, other)] == [is_cached] * 2


async def test_a_model_that_is_loaded_anew_has_read_nothing(lab: OllamaLab) -> None:
    await chat(lab, STORY)
    again = await chat(lab, STORY, options={"num_ctx": 2048})

    assert again.cached_tokens == 0


async def test_only_what_is_evaluated_takes_time(lab: OllamaLab) -> None:
    lab.prompt_tokens_per_second = 300
    times: list[float] = []
    for said in ([STORY], [STORY, "Fine.", "And then?"]):
        started = time.monotonic()
        await chat(lab, *said)
        times.append(time.monotonic() - started)

    assert times[0] > prompt_tokens([SYSTEM, STORY]) / 300 > 2 * times[1]


@pytest.mark.parametrize("leaves_out", [False, True])
async def test_some_servers_leave_out_of_their_count_what_they_held(lab: OllamaLab, *, leaves_out: bool) -> None:
    lab.leaves_out_cached = leaves_out
    await chat(lab, STORY)
    second = await chat(lab, STORY, "Fine.", "And then?")

    whole = prompt_tokens([SYSTEM, STORY, "Fine.", "And then?"])

    assert counted[-1] == whole - (second.cached_tokens if leaves_out else 0)
    assert second.cached_tokens > 100


async def messages_left_out(lab: OllamaLab, **more: object) -> tuple[int | None, int]:
    request = await chat(lab, *["word " * 60] * 15, options={"num_ctx": 512}, **more)
    return request.status, request.cut_tokens


async def test_older_servers_cut_whatever_they_are_told(lab: OllamaLab) -> None:
    refused = await messages_left_out(lab, truncate=False, shift=False)
    lab.is_old = True
    status, cut = await messages_left_out(lab, truncate=False, shift=False)

    assert refused == (400, 0)
    assert status == 200
    assert cut > 400


async def test_a_server_may_refuse_without_a_figure(lab: OllamaLab) -> None:
    lab.tells_plainly = True
    said: Sequence[str] = ["word " * 600]
    async with httpx.AsyncClient(base_url=lab.url) as client:
        body = {"model": NAME, "messages": [{"role": "user", "content": said[0]}], "truncate": False}
        answer = await client.post("/api/chat", json={**body, "options": {"num_ctx": 512}})

    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert "{" not in answer.json()["error"]
