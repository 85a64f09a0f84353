"""What engines with OpenAI's API send: streams, lists and errors."""

from __future__ import annotations

from random import Random
from typing import Any

from bot.clock import SYSTEM_CLOCK
from bot.domain import ModelCard
from bot.llm.host_json import object_in, object_of, objects_in, text_in
from bot.llm.openai_answers import AnswerChunks, OllamaFoundError
from bot.llm.openai_cards import EngineModel, ToldOfModel, Windows, to_models
from bot.llm.openai_errors import ENGINE_FAILURES, chat_failure, list_failure
from bot.llm.openai_wire import DONE, EngineRefusal, data_in, error_in
from bot.llm.stream_lines import BrokenOff, Lines
from tests.fuzz.mutations import changed, torn, written
from tests.lab.engines import kinds
from tests.lab.engines.kinds import EngineModelOfLab, Kind

MODEL = EngineModel(ModelCard(name="m"), "m", frozenset({"m"}))
LAB_MODEL = EngineModelOfLab(id="m", thinks=True, sees=True, aliases=("other",))
ENGINES = [kind for kind in Kind if kind is not Kind.OLLAMA]


def chunk(delta: Any, reason: Any = None, **more: Any) -> dict[str, Any]:
    return {"model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], **more}


SAID = (
    chunk({"role": "assistant", "content": None}),
    chunk({"content": "Hi"}),
    chunk({"reasoning_content": "So"}),
    chunk({"reasoning": "So", "content": ""}),
    chunk({"content": [{"type": "text", "text": "Hi"}, {"type": "thinking", "thinking": [{"text": "So"}]}]}),
    chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{"}}]}),
    chunk({}, "stop"),
    {"choices": [], "usage": {"prompt_tokens": 21, "completion_tokens": 7}, "timings": {"predicted_ms": 12.5}},
)


def stream(random: Random) -> object:
    """A stream of an engine, a piece at a time."""
    said = [b"data: " + written(changed(each, random) if random.random() < 0.1 else each) for each in SAID]
    between = random.choice((b"\n\n", b"\r\n\r\n", b"\n: still there\n\n", b"\nevent: ping\n\n"))
    raw = between.join([*said, b"data: " + DONE, b""])
    raw = torn(raw, random) if random.random() < 0.3 else raw
    lines, size = Lines(), random.choice((1, 7, 100, 5000))
    reader = AnswerChunks(MODEL, others=frozenset({"x"}), is_checked=random.random() < 0.5, clock=SYSTEM_CLOCK)
    try:
        pieces = [raw[at : at + size] for at in range(0, min(len(raw), 20_000), size)]
        for data in [each for piece in pieces for each in data_in(lines.cut(piece))] + data_in(lines.rest()):
            list(reader.read(data))
        if not reader.is_whole:
            raise BrokenOff
        completion = reader.completion(window=4096, is_remote=False)
        assert completion.answer_s >= 0
    except OllamaFoundError:
        return None
    except ENGINE_FAILURES as failure:
        raise chat_failure(failure, host="h", model="m", window=4096) from failure
    return completion


def listing(random: Random) -> object:
    """A list of models and what is told of them, one of both changed."""
    kind, is_list = random.choice(ENGINES), random.random() < 0.7
    rows: Any = {"object": "list", "data": [kinds.row(kind, LAB_MODEL), kinds.row(kind, EngineModelOfLab(id="n"))]}
    told: Any = {"props": kinds.properties(LAB_MODEL), "info": [kinds.deployment(LAB_MODEL, "http://10.0.0.1")]}
    raw = written(changed(rows, random) if is_list else rows)
    try:
        found = objects_in(object_of(torn(raw, random) if random.random() < 0.1 else raw), "data")
        beside = object_of(written(told if is_list else changed(told, random)))
        info = beside.get("info")
        deployments = [each for each in (info if isinstance(info, list) else ()) if isinstance(each, dict)]
        of_model = ToldOfModel(properties=object_in(beside, "props"), deployments=deployments)
        return to_models(found, {text_in(each, "id"): of_model for each in found}, Windows(0, {"m": 100}))
    except ENGINE_FAILURES as failure:
        raise list_failure(failure, host="h") from failure


def refusal(random: Random) -> object:
    """An error of an engine, of whatever status and shape."""
    kind = random.choice(ENGINES)
    told = [kinds.unknown(kind, "m")[1], kinds.overflow(kind, LAB_MODEL, 9000)[1], kinds.wrong_key(kind)]
    body = written(changed(random.choice(told), random))
    body = torn(body, random) if random.random() < 0.3 else body
    status = random.choice((*range(300, 312), *range(400, 432), *range(500, 532), 200, 999))
    failure = EngineRefusal(status, error_in(body))
    list_failure(failure, host="h")
    raise chat_failure(failure, host="h", model="m", window=random.choice((None, 2048)))
