"""What engines refuse, each in its own words, told in ours."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.domain import PromptMessage, Role
from bot.errors import (
    BotError,
    ModelMissing,
    ModelUnfit,
    PromptTooLong,
    RequestTooLarge,
    Transient,
    Unavailable,
    UserError,
)
from bot.llm.openai_errors import is_too_long
from bot.llm.openai_wire import EngineRefusal
from tests.lab.engines import EngineLab, EngineModelOfLab, Kind
from tests.lab.ollama.script import Reply
from tests.llm.engine_talk import ASKED, MODEL, end, failed, said, talking, words

LONG = replace(ASKED, prompt=(PromptMessage(Role.USER, "word " * 4000),))
ENGINES = [kind for kind in Kind if kind is not Kind.OLLAMA]


def reply(status: int, said: object = None, **more: str) -> Reply:
    return Reply(status, body=json.dumps(said) if said is not None else "<html>no</html>", **more)


TOLD = {"error": {"message": "no", "type": "x", "param": None, "code": 1}}


@pytest.mark.parametrize(
    ("answer", "kind", "key"),
    [
        (reply(503, TOLD), Transient, "error.host_busy"),
        (reply(429, TOLD), Transient, "error.host_busy"),
        (reply(408, TOLD), Transient, "error.host_busy"),
        (reply(500, TOLD), Transient, "error.host_failed"),
        (reply(502), Transient, "error.host_gateway"),
        (reply(504), Transient, "error.host_gateway"),
        (reply(521), Transient, "error.host_gateway"),
        (reply(400, TOLD), ModelUnfit, "error.model_unfit"),
        (reply(422, {"detail": [{"loc": ["body"], "msg": "no"}]}), ModelUnfit, "error.model_unfit"),
        (reply(422, {"detail": "no"}), ModelUnfit, "error.model_unfit"),
        (reply(501, TOLD), ModelUnfit, "error.model_unfit"),
        (reply(400), Unavailable, "error.engine_odd"),
        (reply(404), Unavailable, "error.engine_odd"),
        (reply(404, {"error": {"type": "not_found_error"}}), Unavailable, "error.engine_odd"),
        (reply(404, TOLD), ModelMissing, "error.model_missing"),
        (reply(413), RequestTooLarge, "error.request_too_large"),
        (reply(307, location="http://192.0.2.1/"), Unavailable, "error.engine_redirects"),
        (reply(401, {"error": "Unauthorized"}), Unavailable, "error.engine_key"),
        (reply(403), Unavailable, "error.engine_key"),
        (reply(403, {"error": {"type": "key_model_access_denied"}}), UserError, "error.model_forbidden"),
        (reply(200, {"error": {"message": "no"}}), Unavailable, "error.engine_odd"),
    ],
)
async def test_a_refused_chat_is_told_by_status_and_shape(answer: Reply, kind: type[BotError], key: str) -> None:
    async with EngineLab(Kind.VLLM) as lab, talking(lab) as backend:
        lab.next_chat(answer)
        _, error = await failed(backend)

    assert isinstance(error, kind)
    assert error.key == key


@pytest.mark.parametrize("kind", ENGINES)
async def test_a_wrong_key_is_told_as_one_and_never_shown(kind: Kind) -> None:
    async with EngineLab(kind, key="sk-right") as lab, talking(lab, key="sk-wrong") as backend:
        _, error = await failed(backend)

    assert isinstance(error, Unavailable)
    assert error.key == "error.engine_key"
    assert "sk-" not in repr(error.parameters)


@pytest.mark.parametrize("kind", ENGINES)
async def test_a_model_that_has_gone_since_the_list_is_missing(kind: Kind) -> None:
    models = [EngineModelOfLab(id=MODEL), EngineModelOfLab(id="other")]
    async with EngineLab(kind, models) as lab, talking(lab) as backend:
        await backend.models()
        del lab.models[MODEL]
        _, error = await failed(backend)

    assert isinstance(error, ModelMissing)


@pytest.mark.parametrize("kind", ENGINES)
async def test_a_prompt_that_is_too_long_is_told_with_its_true_length(kind: Kind) -> None:
    async with EngineLab(kind) as lab, talking(lab) as backend:
        _, error = await failed(backend, LONG)

    assert isinstance(error, PromptTooLong)
    assert (error.prompt_tokens, error.context_tokens) == (4010, 2048)


@pytest.mark.parametrize(
    "said",
    [
        {"type": "exceed_context_size_error", "n_prompt_tokens": 9000, "n_ctx": 4096},
        {"param": "input_tokens", "message": "in whatever words"},
        {"param": "max_tokens", "message": "in whatever words"},
        {"message": "The decoder prompt (length 9000) is longer than the maximum model length of 4096."},
        {"message": "Input length (9000 tokens) exceeds the maximum allowed length (4096 tokens)."},
        {"message": "בקשה של 9,000 אסימונים, והחלון הוא 4,096"},
    ],
)
def test_an_overflow_is_known_by_its_type_parameter_or_numbers(said: dict[str, object]) -> None:
    assert is_too_long(EngineRefusal(400, said), window=4096)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"message": "the temperature 4096 is out of range"},
        {"message": "context length exceeded, says a word"},
        {"type": "invalid_request_error", "message": "9000 is not 5000", "param": "seed"},
    ],
)
def test_another_refusal_is_no_overflow(said: dict[str, object]) -> None:
    assert not is_too_long(EngineRefusal(400, said), window=4096)


async def test_a_server_that_loads_is_busy() -> None:
    async with EngineLab(Kind.LLAMA) as lab, talking(lab) as backend:
        lab.is_loading = True
        _, error = await failed(backend)

    assert isinstance(error, Transient)
    assert error.key == "error.host_busy"


async def test_an_engine_that_is_not_there_is_unreachable() -> None:
    async with EngineLab(Kind.VLLM) as lab, talking(lab) as backend:
        await lab.stop()
        _, error = await failed(backend)

    assert isinstance(error, Transient)
    assert error.key == "error.host_unreachable"


async def test_a_server_of_another_model_does_not_answer_in_its_name() -> None:
    async with EngineLab(Kind.LLAMA) as lab, talking(lab) as backend:
        await backend.models()
        lab.speaks_as = "another-model"
        events, error = await failed(backend)

    assert isinstance(error, ModelMissing)
    assert words(events) == ""


async def test_a_model_is_asked_by_its_alias_and_answers_by_its_name() -> None:
    model = EngineModelOfLab(id="/srv/models/qwen.gguf", aliases=("qwen",))
    async with EngineLab(Kind.LLAMA, [model]) as lab, talking(lab) as backend:
        completion = end(await said(backend, replace(ASKED, model="qwen")))

    assert completion.model == "qwen"
    assert lab.chats[0].body["model"] == "/srv/models/qwen.gguf"


async def test_a_gateway_that_falls_back_to_another_model_does_not_answer_in_its_name() -> None:
    models = [EngineModelOfLab(id=MODEL), EngineModelOfLab(id="other")]
    async with EngineLab(Kind.LITELLM, models) as lab, talking(lab) as backend:
        lab.speaks_as = "other"
        _, error = await failed(backend)

    assert isinstance(error, ModelMissing)
    assert lab.chats[0].body["disable_fallbacks"] is True
