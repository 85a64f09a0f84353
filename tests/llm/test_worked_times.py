"""How long a host was at an answer, as far as it tells; figures as real servers wrote them."""

from __future__ import annotations

import json

import pytest

from bot.clock import SYSTEM_CLOCK
from bot.domain import Completion, ModelCard
from bot.llm.llama_wire import AnswerReader
from bot.llm.ollama_chat import to_completion
from bot.llm.openai_answers import AnswerChunks
from bot.llm.openai_cards import EngineModel

OF_OLLAMA = {
    "total_duration": 230300627,
    "load_duration": 3450871,
    "prompt_eval_count": 12,
    "prompt_eval_duration": 76564000,
    "eval_count": 12,
    "eval_duration": 144171000,
    "done": True,
    "done_reason": "length",
}
TIMINGS = {"cache_n": 356, "prompt_n": 1, "prompt_ms": 41.003, "predicted_n": 3, "predicted_ms": 90.091}
USAGE = {"completion_tokens": 7, "prompt_tokens": 21, "total_tokens": 28}


def of_engine(**last: object) -> Completion:
    """Read an answer of an engine whose last chunk holds this."""
    model = EngineModel(ModelCard(name="qwen"), "qwen", frozenset({"qwen"}))
    chunks = AnswerChunks(model, others=frozenset(), is_checked=False, clock=SYSTEM_CLOCK)
    choice = {"index": 0, "delta": {"content": "Blue"}, "finish_reason": "stop"}
    list(chunks.read(json.dumps({"choices": [choice], "model": "qwen", **last}).encode()))
    return chunks.completion(window=8192, is_remote=False)


def test_ollama_tells_of_loading_reading_and_writing() -> None:
    assert to_completion(OF_OLLAMA, "m").worked_s == pytest.approx(0.003450871 + 0.076564 + 0.144171)


def test_an_ollama_host_that_tells_no_time_of_writing_tells_none() -> None:
    assert to_completion({**OF_OLLAMA, "eval_duration": None}, "m").worked_s == 0


def test_a_prompt_that_was_held_takes_no_time_to_read() -> None:
    held = {key: value for key, value in OF_OLLAMA.items() if key != "prompt_eval_duration"}

    assert to_completion(held, "m").worked_s == pytest.approx(0.003450871 + 0.144171)


def test_llama_cpp_tells_of_reading_and_writing() -> None:
    completion = of_engine(usage=USAGE, timings=TIMINGS)

    assert completion.worked_s == pytest.approx(0.041003 + 0.090091)
    assert completion.answer_s == pytest.approx(0.090091)


@pytest.mark.parametrize("timings", [{}, {"timings": {"predicted_ms": True}}, {"timings": {"predicted_ms": "90"}}])
def test_an_engine_that_tells_no_times_tells_none(timings: dict[str, object]) -> None:
    assert of_engine(usage=USAGE, **timings).worked_s == 0


def test_the_embedded_model_tells_of_loading_too() -> None:
    reader = AnswerReader("m", load_s=1.5)
    last = {"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}], "usage": USAGE, "timings": TIMINGS}
    list(reader.read(b"data: " + json.dumps(last).encode()))

    assert reader.completion().worked_s == pytest.approx(1.5 + 0.041003 + 0.090091)
