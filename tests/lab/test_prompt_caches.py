"""The stand-in's slots keep what they have read, as llama.cpp's do: the same beginning is read once."""

from __future__ import annotations

import time

from ollama import AsyncClient

from tests.lab.ollama import OllamaLab

MODEL = "smollm2:135m"
LONG = "owl " * 400


async def chat(lab: OllamaLab, *said: str) -> float:
    """Chat, and return how many of the prompt's tokens were in a slot."""
    messages = [
        {"role": "user" if number % 2 == 0 else "assistant", "content": text} for number, text in enumerate(said)
    ]
    async with AsyncClient(lab.url) as client:
        await client.chat(MODEL, messages=messages, options={"num_ctx": 8192, "num_predict": 8})
    return lab.chats[-1].cached_tokens / lab.chats[-1].prompt_tokens


async def test_what_goes_on_is_read_from_its_slot() -> None:
    async with OllamaLab(parallel=2, answer=lambda _: "Yes.") as lab:
        first = await chat(lab, LONG)
        second = await chat(lab, LONG, "Yes.", "And now?")

    assert first == 0
    assert second > 0.9


async def test_a_change_at_the_beginning_has_all_of_it_read_anew() -> None:
    async with OllamaLab(parallel=1, answer=lambda _: "Yes.") as lab:
        await chat(lab, f"One {LONG}")

        assert await chat(lab, f"Two {LONG}") < 0.1


async def test_as_many_conversations_are_held_as_there_are_slots() -> None:
    async with OllamaLab(parallel=2, answer=lambda _: "Yes.") as lab:
        begun = [f"{name} {LONG}" for name in ("a", "b", "c")]
        for each in begun:
            await chat(lab, each)
        held = [await chat(lab, each) > 0.9 for each in (begun[2], begun[1], begun[0])]

    assert held == [True, True, False]


async def test_what_is_held_takes_no_time_and_what_is_not_does() -> None:
    async with OllamaLab(parallel=1, prompt_tokens_per_second=2000.0, answer=lambda _: "Yes.") as lab:
        begun = time.monotonic()
        await chat(lab, LONG)
        first_s = time.monotonic() - begun
        await chat(lab, LONG)

    assert first_s > 0.2
    assert time.monotonic() - begun < 2 * first_s
