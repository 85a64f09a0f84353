"""Streams of engines with OpenAI's API, whole and broken, each in its own shape."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.domain import Completion, Delta, FinishReason, Think
from bot.errors import Transient, Unavailable
from bot.llm.openai_engine import EngineBackend
from tests.lab.engines import EngineLab, EngineModelOfLab, Kind
from tests.lab.ollama.script import Fault, Say
from tests.llm.engine_talk import ASKED, MODEL, end, failed, said, talking, thoughts, words

THINKER = EngineModelOfLab(id=MODEL, thinks=True)


@pytest.fixture
async def lab() -> AsyncGenerator[EngineLab]:
    async with EngineLab(Kind.VLLM) as running:
        yield running


@pytest.fixture
async def backend(lab: EngineLab) -> AsyncGenerator[EngineBackend]:
    async with talking(lab) as made:
        yield made


def sse(*events: object, end: str = "data: [DONE]\n\n") -> bytes:
    """Write a stream as it goes over the wire; a text is written as it stands."""
    lines = [each if isinstance(each, str) else f"data: {json.dumps(each)}\n\n" for each in events]
    return ("".join(lines) + end).encode()


def chunk(delta: dict[str, object], reason: str | None = None) -> dict[str, object]:
    return {"model": MODEL, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


STOP = chunk({}, "stop")


async def test_a_chat_is_streamed_bounded_and_asks_for_its_figures(lab: EngineLab, backend: EngineBackend) -> None:
    await said(backend)

    body = lab.chats[0].body
    assert (body["stream"], body["max_tokens"]) == (True, 100)
    assert body["stream_options"] == {"include_usage": True}


async def test_the_figures_come_behind_the_last_choice(lab: EngineLab, backend: EngineBackend) -> None:
    lab.next_chat(Say("Hello there."))

    completion = end(await said(backend))

    assert (completion.prompt_tokens, completion.answer_tokens, completion.window_tokens) == (21, 3, 2048)


async def test_signs_of_life_are_no_words(lab: EngineLab, backend: EngineBackend) -> None:
    lab.keeps_alive = True
    lab.next_chat(Say("Hello."))

    assert words(await said(backend)) == "Hello."


async def test_signs_of_life_alone_keep_nobody_waiting_for_ever(lab: EngineLab) -> None:
    lab.keeps_alive = True
    lab.next_chat(Say("Hello.", fault=Fault.STALL))
    async with talking(lab, first_byte_s=0.3, stall_s=0.2) as hasty:
        _, error = await failed(hasty)

    assert error is not None
    assert error.key == "error.host_silent"


@pytest.mark.parametrize("end_of_stream", ["", "data: [DONE]\n\n"])
async def test_an_end_without_a_reason_is_a_broken_answer(
    lab: EngineLab, backend: EngineBackend, end_of_stream: str
) -> None:
    lab.next_chat(sse(chunk({"content": "Half"}), end=end_of_stream))

    events, error = await failed(backend)

    assert words(events) == "Half"
    assert isinstance(error, Transient)
    assert error.key == "error.stream_broken"


async def test_an_end_without_done_is_whole_where_a_reason_was_given(lab: EngineLab, backend: EngineBackend) -> None:
    lab.next_chat(sse(chunk({"content": "All"}), STOP, end=""))

    assert words(await said(backend)) == "All"


@pytest.mark.parametrize(
    "broken",
    [
        {"error": {"message": "engine died", "type": "InternalServerError", "code": 500}},
        {"error": "engine died"},
        {"object": "error", "message": "engine died", "type": "InternalServerError", "code": 500},
        chunk({}, "abort"),
        chunk({}, "error"),
    ],
)
async def test_an_error_inside_a_stream_breaks_it_off(
    lab: EngineLab, backend: EngineBackend, broken: dict[str, object]
) -> None:
    lab.next_chat(sse(chunk({"content": "Half"}), broken))

    events, error = await failed(backend)

    assert words(events) == "Half"
    assert isinstance(error, Transient)


async def test_a_routers_bare_line_in_a_stream_is_a_broken_answer() -> None:
    async with EngineLab(Kind.ROUTER) as lab, talking(lab) as backend:
        lab.next_chat(Say("one two three", fault=Fault.ERROR_LINE, after=2))
        events, error = await failed(backend)

    assert words(events) == "one two"
    assert isinstance(error, Unavailable)


async def test_a_server_that_is_killed_breaks_its_answer_off(lab: EngineLab, backend: EngineBackend) -> None:
    lab.next_chat(Say("one two three", fault=Fault.BREAK_OFF, after=2))

    _, error = await failed(backend)

    assert isinstance(error, Transient)
    assert error.key == "error.stream_broken"


@pytest.mark.parametrize("delta", [{"content": None}, {}, {"role": "assistant", "content": ""}, {"tool_calls": [{}]}])
async def test_a_chunk_without_words_says_nothing(
    lab: EngineLab, backend: EngineBackend, delta: dict[str, object]
) -> None:
    lab.next_chat(sse(chunk(delta), chunk({"content": "Hi"}), STOP))

    assert [event for event in await said(backend) if not isinstance(event, Completion)] == [Delta("Hi")]


@pytest.mark.parametrize(
    ("reason", "means"),
    [
        ("stop", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("tool_calls", FinishReason.STOP),
        ("content_filter", FinishReason.STOP),
    ],
)
async def test_why_an_answer_ended_is_told(
    lab: EngineLab, backend: EngineBackend, reason: str, means: FinishReason
) -> None:
    lab.next_chat(sse(chunk({"content": "Hi"}), chunk({}, reason)))

    assert end(await said(backend)).reason is means


async def test_figures_that_nobody_tells_are_unknown(lab: EngineLab, backend: EngineBackend) -> None:
    lab.tells_usage = False

    completion = end(await said(backend))

    assert (completion.prompt_tokens, completion.answer_tokens) == (0, 0)


@pytest.mark.parametrize("event", ["[1]", '{"choices": 5}', "nonsense", '{"choices":[{"delta":{"content":5}}]}'])
async def test_an_event_of_another_shape_is_told_as_such(lab: EngineLab, backend: EngineBackend, event: str) -> None:
    lab.next_chat(sse(f"data: {event}\n\n"))

    _, error = await failed(backend)

    assert error is not None
    assert error.key == "error.engine_odd"


async def test_a_stream_reads_alike_however_its_lines_end(lab: EngineLab, backend: EngineBackend) -> None:
    lab.next_chat(sse(chunk({"content": "Hi\x85there"}), STOP).replace(b"\n", b"\r\n").replace(b"data: ", b"data:"))

    assert words(await said(backend)) == "Hi\x85there"


# Reasoning


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_is_told_apart_in_either_field(field: str) -> None:
    async with EngineLab(Kind.VLLM, [THINKER], reasoning_field=field) as lab, talking(lab) as backend:
        lab.next_chat(Say("Four.", thinking="Two and two."))
        events = await said(backend)

    assert (thoughts(events), words(events)) == ("Two and two.", "Four.")


async def test_reasoning_in_both_fields_is_told_once(lab: EngineLab, backend: EngineBackend) -> None:
    lab.next_chat(sse(chunk({"reasoning_content": "So", "reasoning": "So"}), chunk({"content": "Hi"}), STOP))

    assert thoughts(await said(backend)) == "So"


async def test_reasoning_among_parts_of_a_text_is_told_apart(lab: EngineLab, backend: EngineBackend) -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "So."}]}
    lab.next_chat(sse(chunk({"content": [thinking]}), chunk({"content": [{"type": "text", "text": "Hi"}]}), STOP))

    events = await said(backend)

    assert (thoughts(events), words(events)) == ("So.", "Hi")


@pytest.mark.parametrize(
    ("think", "switch", "level"),
    [(Think.OFF, False, None), (Think.ON, True, None), (Think.LOW, True, "low"), (Think.HIGH, True, "high")],
)
async def test_whether_to_think_is_said_under_both_names_of_the_switch(
    lab: EngineLab, backend: EngineBackend, think: Think, switch: object, level: str | None
) -> None:
    await said(backend, replace(ASKED, think=think))

    body = lab.chats[0].body
    assert body["chat_template_kwargs"] == {"enable_thinking": switch, "thinking": switch}
    assert body.get("reasoning_effort") == level


async def test_a_model_of_levels_gets_a_level_and_no_switch() -> None:
    async with EngineLab(Kind.VLLM, [EngineModelOfLab(id="openai/gpt-oss-20b")]) as lab, talking(lab) as backend:
        await said(backend, replace(ASKED, model="openai/gpt-oss-20b", think=Think.LOW))

    assert lab.chats[0].body["reasoning_effort"] == "low"
    assert "chat_template_kwargs" not in lab.chats[0].body
