"""`OllamaBackend` on the loopback stand-in: what it sends and reads, and each row of docs/reference/errors.md."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.domain import ChatRequest, Completion, Delta, FinishReason, ModelEvent, PromptMessage, Role, Thought
from bot.errors import BotError, ConfigurationError, ModelMissing, PromptTooLong, Unavailable, UserError
from bot.llm.ollama import OllamaBackend
from tests.lab.ollama import BUSY, OUT_OF_MEMORY, Fault, LabModel, OllamaLab, Reply, Say
from tests.lab.ollama.cards import JINJA, SMOLLM

REQUEST = ChatRequest(
    model="smollm2:135m",
    prompt=(PromptMessage(Role.SYSTEM, "You are brief."), PromptMessage(Role.USER, "Say hi.")),
    context_tokens=2048,
    answer_tokens=256,
)
THINKER = replace(REQUEST, model="think-demo")
PAGE = Reply(200, body="<!doctype html>\n<title>A router</title>\n", content_type="text/html")


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab() as running:
        yield running


@pytest.fixture
async def backend(lab: OllamaLab) -> AsyncGenerator[OllamaBackend]:
    made = OllamaBackend(host=lab.url, keep_alive="10m")
    yield made
    await made.close()


@pytest.fixture
async def hasty(lab: OllamaLab) -> AsyncGenerator[OllamaBackend]:
    made = OllamaBackend(host=lab.url, first_byte_s=0.2, stall_s=0.2)
    yield made
    await made.close()


async def events(backend: OllamaBackend, request: ChatRequest = REQUEST) -> list[ModelEvent]:
    return [event async for event in backend.chat(request)]


async def ended(backend: OllamaBackend, request: ChatRequest = REQUEST) -> tuple[str, BotError]:
    """Return the text that came and the error that ended the chat."""
    text = ""
    try:
        async for event in backend.chat(request):
            text += event.text if isinstance(event, Delta) else ""
    except BotError as error:
        return text, error
    raise AssertionError("the chat ended without an error")


def text_of(every: list[ModelEvent]) -> str:
    return "".join(event.text for event in every if isinstance(event, Delta))


# What is sent


async def test_every_chat_names_window_limit_and_that_nothing_may_be_cut(
    lab: OllamaLab, backend: OllamaBackend
) -> None:
    await events(backend)

    assert lab.chats[0].body == {
        "model": "smollm2:135m",
        "messages": [
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": "Say hi."},
        ],
        "stream": True,
        "truncate": False,
        "keep_alive": "10m",
        "options": {"num_ctx": 2048, "num_predict": 256},
    }


@pytest.mark.parametrize("think", [True, False])
async def test_think_is_sent_when_somebody_chose(lab: OllamaLab, backend: OllamaBackend, think: bool) -> None:  # noqa: FBT001
    await events(backend, replace(THINKER, think=think))

    assert lab.chats[0].body["think"] is think


async def test_chats_of_the_same_window_load_the_model_once(lab: OllamaLab, backend: OllamaBackend) -> None:
    await events(backend)
    await events(backend, replace(REQUEST, answer_tokens=5))

    assert lab.runners.loads == ["smollm2:135m"]


# What is read


async def test_a_completion_carries_the_hosts_figures(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say("Hello there."))
    *_, completion = await events(backend)

    assert isinstance(completion, Completion)
    assert (completion.reason, completion.prompt_tokens, completion.answer_tokens) == (FinishReason.STOP, 21, 3)
    assert completion.load_s > 0
    assert completion.answer_s > 0


async def test_a_thinking_models_reasoning_is_announced_and_not_told(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say("Four.", thinking="Secret steps."))
    every = await events(backend, THINKER)

    assert every[0] == Thought()
    assert text_of(every) == "Four."


async def test_a_model_told_not_to_think_only_answers(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say("Four."))
    every = await events(backend, replace(THINKER, think=False))

    assert Thought() not in every
    assert text_of(every) == "Four."


async def test_an_answer_without_a_word_is_a_completion_alone(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say(""))
    (completion,) = await events(backend)

    assert isinstance(completion, Completion)


@pytest.mark.parametrize("mark", ["\u0085", "\u2028", "\x0b", "\x1c", "שלום", "👩‍🔬"])
async def test_any_character_may_stand_in_an_answer(lab: OllamaLab, backend: OllamaBackend, mark: str) -> None:
    lab.next_chat(Say(f"before{mark}after"))

    assert text_of(await events(backend)) == f"before{mark}after"


async def test_a_connection_serves_one_chat_after_another(lab: OllamaLab, backend: OllamaBackend) -> None:
    await events(backend)
    await events(backend)

    assert lab.connections == 1


async def test_closing_the_stream_closes_the_request(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say("One two three.", fault=Fault.STALL, after=1))
    stream = backend.chat(REQUEST)
    await anext(stream)
    await stream.aclose()
    await lab.until(lambda: lab.chats[0].disconnected)

    assert lab.running == 0


async def test_cancelling_while_the_model_loads_closes_the_request(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.runners.load_s = 3600
    reader = asyncio.create_task(events(backend))
    await lab.until(lambda: lab.queued == 1)
    reader.cancel()
    await lab.until(lambda: lab.chats[0].disconnected)

    with pytest.raises(asyncio.CancelledError):
        await reader


# Cards


async def test_a_card_tells_what_the_host_knows(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.models = {SMOLLM.full_name: SMOLLM}
    await events(backend)
    (card,) = await backend.models()

    assert (card.name, card.family, card.parameters, card.quantization) == ("smollm2:135m", "llama", "134.52M", "Q4_1")
    assert (card.size_bytes, card.context_tokens, card.licence) == (98_362_745, 8192, "apache-2.0")
    assert card.is_loaded


async def test_an_embedding_model_does_not_chat_whatever_the_list_says(backend: OllamaBackend) -> None:
    cards = {card.name: card for card in await backend.models()}

    assert not cards["all-minilm:latest"].can_chat
    assert cards["think-demo:latest"].can_think


async def test_an_older_server_that_names_no_capabilities_is_understood(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.is_old = True
    cards = {card.name: card for card in await backend.models()}

    assert cards["smollm2:135m"].can_chat
    assert cards["smollm2:135m"].context_tokens == 8192
    assert not cards["all-minilm:latest"].can_chat


async def test_the_licence_is_the_first_line_of_its_text_where_the_file_names_none(
    lab: OllamaLab, backend: OllamaBackend
) -> None:
    lab.models = {}
    lab.install(LabModel(name="open", general_license=None, license_text="\n  MIT License\nCopyright"))
    (card,) = await backend.models()

    assert card.licence == "MIT License"


async def test_no_models_are_an_empty_list(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.models = {}

    assert await backend.models() == []


async def test_a_models_facts_are_asked_for_once(lab: OllamaLab, backend: OllamaBackend) -> None:
    await backend.models()
    lab.install(replace(SMOLLM, context_length=4096))
    await backend.models()
    shown = [request.body["model"] for request in lab.requests if request.path == "/api/show"]

    assert shown.count("qwen2.5-coder:0.5b") == 1
    assert shown.count("smollm2:135m") == 2


async def test_a_model_removed_while_it_is_listed_is_left_out(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.models = {SMOLLM.full_name: SMOLLM, JINJA.full_name: JINJA}
    lab.next_reply("/api/show", Reply(404, "model 'qwen2.5-coder:0.5b' not found"))
    cards = await backend.models()

    assert [card.name for card in cards] == ["smollm2:135m"]


# Failures of a chat


async def test_a_host_that_is_down_is_unreachable(lab: OllamaLab, backend: OllamaBackend) -> None:
    await lab.stop()
    _, error = await ended(backend)

    assert isinstance(error, Unavailable)
    assert (error.key, error.parameters["host"]) == ("error.host_unreachable", lab.url)


async def test_a_host_that_came_back_answers(lab: OllamaLab, backend: OllamaBackend) -> None:
    await lab.stop()
    await ended(backend)
    await lab.start()

    assert text_of(await events(backend))


async def test_a_model_that_is_not_there_is_missing(backend: OllamaBackend) -> None:
    _, error = await ended(backend, replace(REQUEST, model="nope:1b"))

    assert isinstance(error, ModelMissing)
    assert error.model == "nope:1b"


async def test_a_full_host_is_busy(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(BUSY)
    _, error = await ended(backend)

    assert isinstance(error, Unavailable)
    assert error.key == "error.host_busy"


async def test_a_host_out_of_memory_has_failed(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(OUT_OF_MEMORY)
    _, error = await ended(backend)

    assert isinstance(error, Unavailable)
    assert error.key == "error.host_failed"


@pytest.mark.parametrize("model", ["smollm2:135m", "qwen2.5-coder:0.5b"])
async def test_a_prompt_over_the_window_is_too_long(backend: OllamaBackend, model: str) -> None:
    prompt = (PromptMessage(Role.USER, "word " * 2000),)
    _, error = await ended(backend, replace(REQUEST, model=model, prompt=prompt, context_tokens=1024))

    assert isinstance(error, PromptTooLong)
    assert (error.prompt_tokens, error.context_tokens) == (2010, 1024)


async def test_an_embedding_model_cannot_do_what_is_asked(backend: OllamaBackend) -> None:
    _, error = await ended(backend, replace(REQUEST, model="all-minilm"))

    assert isinstance(error, UserError)
    assert error.key == "error.model_unfit"


async def test_a_model_that_does_not_think_cannot_be_made_to(backend: OllamaBackend) -> None:
    _, error = await ended(backend, replace(REQUEST, think=True))

    assert isinstance(error, UserError)
    assert error.key == "error.model_unfit"


async def test_what_a_server_does_not_implement_the_model_cannot_do(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Reply(501, "This server does not support embeddings."))
    _, error = await ended(backend)

    assert isinstance(error, UserError)
    assert error.key == "error.model_unfit"


@pytest.mark.parametrize("fault", [Fault.ERROR_LINE, Fault.END_EARLY, Fault.BREAK_OFF])
async def test_a_stream_that_breaks_off_keeps_what_came(lab: OllamaLab, backend: OllamaBackend, fault: Fault) -> None:
    lab.next_chat(Say("One two three four.", fault=fault, after=2))
    text, error = await ended(backend)

    assert text == "One two"
    assert isinstance(error, Unavailable)
    assert error.key == "error.stream_broken"


async def test_a_host_that_goes_down_in_mid_stream_breaks_off(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say("One two three.", fault=Fault.STALL, after=2))
    ending = asyncio.create_task(ended(backend))
    await lab.until(lambda: lab.running == 1)
    await lab.stop()
    _, error = await ending

    assert isinstance(error, Unavailable)
    assert error.key == "error.stream_broken"


async def test_silence_in_mid_stream_ends_the_wait(lab: OllamaLab, hasty: OllamaBackend) -> None:
    lab.next_chat(Say("One two three.", fault=Fault.STALL, after=2))
    text, error = await ended(hasty)
    await lab.until(lambda: lab.chats[0].disconnected)

    assert text == "One two"
    assert isinstance(error, Unavailable)
    assert error.key == "error.host_silent"


async def test_silence_before_the_first_byte_ends_the_wait(lab: OllamaLab, hasty: OllamaBackend) -> None:
    lab.runners.load_s = 3600
    _, error = await ended(hasty)
    await lab.until(lambda: lab.chats[0].disconnected)

    assert isinstance(error, Unavailable)
    assert error.key == "error.host_silent"


async def test_the_first_byte_may_take_longer_than_the_next_ones(lab: OllamaLab) -> None:
    backend = OllamaBackend(host=lab.url, first_byte_s=60, stall_s=0.2)
    lab.first_token_s = 0.5
    answer = text_of(await events(backend))
    await backend.close()

    assert answer


@pytest.mark.parametrize(
    "reply",
    [
        PAGE,
        Reply(200, body="[]\n"),
        Reply(200, body='{"hello": "world"}\n'),
        Reply(200, body="\xff\n"),
        Reply(404, body="404 page not found", content_type="text/plain"),
        Reply(403, body="Forbidden", content_type="text/html"),
        Reply(401, "unauthorized"),
    ],
)
async def test_something_else_at_the_hosts_address_is_odd(lab: OllamaLab, backend: OllamaBackend, reply: Reply) -> None:
    lab.next_chat(reply)
    _, error = await ended(backend)

    assert isinstance(error, Unavailable)
    assert error.key == "error.host_odd"


async def test_a_proxy_whose_host_is_gone_has_failed(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Reply(502, body="<html>Bad Gateway</html>", content_type="text/html"))
    _, error = await ended(backend)

    assert isinstance(error, Unavailable)
    assert error.key == "error.host_failed"


# Failures of the list


async def test_the_list_of_a_host_that_is_down_is_unavailable(lab: OllamaLab, backend: OllamaBackend) -> None:
    await lab.stop()
    with pytest.raises(Unavailable) as caught:
        await backend.models()

    assert caught.value.key == "error.host_unreachable"


async def test_the_list_of_a_silent_host_is_unavailable(hasty: OllamaBackend, lab: OllamaLab) -> None:
    lab.next_reply("/api/tags", Reply(0))
    with pytest.raises(Unavailable) as caught:
        await hasty.models()

    assert caught.value.key == "error.host_unreachable"


@pytest.mark.parametrize("reply", [PAGE, Reply(200, body="[]"), Reply(404, body="no"), Reply(500, "oops")])
async def test_a_list_in_another_shape_is_odd(lab: OllamaLab, backend: OllamaBackend, reply: Reply) -> None:
    lab.next_reply("/api/tags", reply)
    with pytest.raises(Unavailable) as caught:
        await backend.models()

    assert caught.value.key == "error.host_odd"


async def test_the_list_of_a_full_host_is_busy(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_reply("/api/ps", BUSY)
    with pytest.raises(Unavailable) as caught:
        await backend.models()

    assert caught.value.key == "error.host_busy"


# The address


def test_an_impossible_address_is_the_operators_to_mend() -> None:
    with pytest.raises(ConfigurationError) as caught:
        OllamaBackend(host="http://[half:1")

    assert caught.value.key == "error.host_address"


def test_a_password_in_the_address_is_not_shown() -> None:
    assert OllamaBackend(host="http://anna:secret@127.0.0.1:11434/ollama/").host == "http://127.0.0.1:11434/ollama"


async def test_a_port_nobody_listens_on_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    backend = OllamaBackend(host=f"127.0.0.1:{port}")
    _, error = await ended(backend)
    await backend.close()

    assert error.key == "error.host_unreachable"
