"""Windows on an Ollama host: what its cards tell of them, and that no request of ours loads a model anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import ChatRequest, PromptMessage, Role
from bot.llm.ollama import OllamaBackend
from bot.llm.ollama_cards import context_of, token_bytes_of
from tests.lab.ollama import LabModel, OllamaLab
from tests.llm.ollama_talk import events as said

NAME = "falcon:7b"
OURS = ChatRequest(
    model=NAME, prompt=(PromptMessage(Role.USER, "Hi"),), context_tokens=2048, answer_tokens=64, think=None
)


async def test_somebody_elses_larger_window_is_used_and_not_loaded_anew(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.install(LabModel(name=NAME))
    await said(backend, replace(OURS, context_tokens=4096))
    await backend.models()
    await said(backend, OURS)

    assert lab.runners.loads == [NAME]
    assert lab.chats[-1].body["options"] == {"num_ctx": 4096, "num_predict": 64}


async def test_a_larger_window_that_is_not_loaded_any_more_is_not_asked_for(
    lab: OllamaLab, backend: OllamaBackend
) -> None:
    lab.install(LabModel(name=NAME))
    await said(backend, replace(OURS, context_tokens=4096))
    await backend.models()
    lab.runners.unload(NAME)
    await said(backend, OURS)

    assert lab.chats[-1].body["options"] == {"num_ctx": 2048, "num_predict": 64}


async def test_a_smaller_window_is_loaded_once_as_we_need_it(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.install(LabModel(name=NAME))
    await said(backend, replace(OURS, context_tokens=1024))
    for _ in range(3):
        await backend.models()
        await said(backend, OURS)

    assert lab.runners.loads == [NAME, NAME]


async def test_every_request_says_how_it_is_to_be_run_in_the_same_words(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.install(LabModel(name=NAME))
    for text in ("Hi", "Hello", "שלום"):
        await said(backend, replace(OURS, prompt=(PromptMessage(Role.USER, text),)))
    kept = {"options", "truncate", "shift", "keep_alive", "stream"}
    asked = [{name: value for name, value in chat.body.items() if name in kept} for chat in lab.chats]

    assert (
        asked
        == [
            {
                "options": {"num_ctx": 2048, "num_predict": 64},
                "truncate": False,
                "shift": False,
                "keep_alive": "10m",
                "stream": True,
            }
        ]
        * 3
    )


@pytest.mark.parametrize(
    ("parameters", "window"),
    [
        ("", 8192),
        ('stop                           "<|im_end|>"\nnum_ctx                        1024', 1024),
        ("num_ctx 32768", 8192),
        ("num_ctx 0\nnum_ctx x\nmy_num_ctx 512", 8192),
    ],
)
def test_a_window_that_whoever_made_the_model_set_bounds_it(parameters: str, window: int) -> None:
    info = {"general.architecture": "llama", "llama.context_length": 8192}

    assert context_of(info, parameters) == window


def test_where_no_card_tells_of_a_window_none_is_known() -> None:
    assert context_of({}, "") is None
    assert context_of({}, "num_ctx 1024") == 1024


def test_what_a_token_takes_is_reckoned_from_the_layers_as_recorded() -> None:
    recorded = {
        "general.architecture": "llama",
        "llama.attention.head_count": 9,
        "llama.attention.head_count_kv": 3,
        "llama.block_count": 30,
        "llama.embedding_length": 576,
    }

    assert token_bytes_of(recorded) == 23_040
    assert token_bytes_of({**recorded, "llama.attention.key_length": 128, "llama.attention.value_length": 64}) == 34_560
    assert token_bytes_of({"general.architecture": "llama"}) == 0
