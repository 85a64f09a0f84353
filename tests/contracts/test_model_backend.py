"""What every model backend does, whoever serves the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
import pytest_asyncio

from bot.domain import ChatRequest, Completion, Delta, FinishReason, ModelEvent, PromptMessage, Role
from bot.errors import ModelMissing, PromptTooLong
from tests.contracts.backends import BACKENDS, PARAMETERS, STORY, Harness

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE_S = 60.0  # a bound for a broken backend, not a measure of a slow one


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=PARAMETERS)
async def harness(request: pytest.FixtureRequest) -> AsyncGenerator[Harness]:
    """A backend that all tests share, as all conversations do: a model is loaded once."""
    async with BACKENDS[request.param]() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", params=PARAMETERS)
async def own(request: pytest.FixtureRequest) -> AsyncGenerator[Harness]:
    """A backend of a test's own."""
    async with BACKENDS[request.param]() as made:
        yield made


def asked(harness: Harness, text: str, *, answer_tokens: int = 48, model: str | None = None) -> ChatRequest:
    return ChatRequest(
        model=model or harness.model,
        prompt=(PromptMessage(Role.SYSTEM, "You are brief."), PromptMessage(Role.USER, text)),
        context_tokens=harness.context_tokens,
        answer_tokens=answer_tokens,
    )


async def answered(harness: Harness, request: ChatRequest) -> list[ModelEvent]:
    async with asyncio.timeout(PATIENCE_S):
        return [event async for event in harness.backend.chat(request)]


def text_of(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


async def first_delta(stream: AsyncGenerator[ModelEvent]) -> Delta:
    async for event in stream:
        if isinstance(event, Delta):
            return event
    raise AssertionError("the stream ended without a delta")


async def test_models_are_listed_by_name_each_once(harness: Harness) -> None:
    names = [card.name for card in await harness.backend.models()]

    assert harness.model in names
    assert names == sorted(set(names))


async def test_a_card_tells_what_a_model_can_do_and_holds(harness: Harness) -> None:
    cards = {card.name: card for card in await harness.backend.models()}

    assert cards[harness.model].can_chat
    assert (cards[harness.model].context_tokens or 0) >= harness.context_tokens


async def test_a_chat_streams_deltas_and_then_exactly_one_completion(harness: Harness) -> None:
    *before, last = await answered(harness, asked(harness, "Say hello to OWL-1."))

    assert isinstance(last, Completion)
    assert not any(isinstance(event, Completion) for event in before)
    assert all(event.text for event in before if isinstance(event, Delta))
    assert text_of(before)


async def test_a_completion_names_the_model_and_counts_the_tokens(harness: Harness) -> None:
    completion = (await answered(harness, asked(harness, "Say hello.")))[-1]

    assert isinstance(completion, Completion)
    assert completion.model == harness.model
    assert completion.prompt_tokens > 0
    assert 0 < completion.answer_tokens <= 48


async def test_a_model_that_has_answered_is_in_memory_and_no_other(harness: Harness) -> None:
    await answered(harness, asked(harness, "Say hello."))

    assert await harness.backend.has_loaded(harness.model)
    assert not await harness.backend.has_loaded("nobody:1b")


async def test_an_answer_at_its_limit_says_so(harness: Harness) -> None:
    completion = (await answered(harness, asked(harness, STORY, answer_tokens=6)))[-1]

    assert isinstance(completion, Completion)
    assert completion.reason is FinishReason.LENGTH
    assert completion.answer_tokens <= 6


async def test_a_model_that_is_not_installed_is_missing(harness: Harness) -> None:
    with pytest.raises(ModelMissing) as caught:
        await answered(harness, asked(harness, "Hello.", model="nobody:1b"))

    assert caught.value.model == "nobody:1b"


async def test_a_prompt_over_the_window_is_refused_and_not_cut(harness: Harness) -> None:
    too_long = "word " * (harness.context_tokens * 2)

    with pytest.raises(PromptTooLong) as caught:
        await answered(harness, asked(harness, too_long))

    assert caught.value.prompt_tokens > caught.value.context_tokens > 0


async def test_a_chat_after_a_refused_one_works(harness: Harness) -> None:
    with pytest.raises(PromptTooLong):
        await answered(harness, asked(harness, "word " * (harness.context_tokens * 2)))
    events = await answered(harness, asked(harness, "Say hello."))

    assert text_of(events)


async def test_closing_early_frees_the_slot(harness: Harness) -> None:
    for _ in range(4):
        async with aclosing(harness.backend.chat(asked(harness, STORY, answer_tokens=1200))) as stream:
            await first_delta(stream)
    events = await answered(harness, asked(harness, "Say hello.", answer_tokens=8))

    assert text_of(events)


async def test_cancelling_a_reader_passes_and_frees_the_slot(harness: Harness) -> None:
    reader = asyncio.create_task(answered(harness, asked(harness, STORY, answer_tokens=1200)))
    async with aclosing(harness.backend.chat(asked(harness, "Say hello."))) as stream:
        await first_delta(stream)
        reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    events = await answered(harness, asked(harness, "Say hello.", answer_tokens=8))

    assert text_of(events)


async def test_two_chats_at_once_do_not_mix(harness: Harness) -> None:
    owl, fox = await asyncio.gather(
        answered(harness, asked(harness, "Repeat this word: OWL-4711")),
        answered(harness, asked(harness, "Repeat this word: FOX-1147")),
    )

    assert "FOX-1147" not in text_of(owl)
    assert "OWL-4711" not in text_of(fox)
    assert isinstance(owl[-1], Completion)
    assert isinstance(fox[-1], Completion)


async def test_a_backend_has_a_name_for_people(harness: Harness) -> None:
    assert harness.backend.host


async def test_closing_twice_is_closing_once(own: Harness) -> None:
    await own.backend.close()
    await own.backend.close()
