"""`OllamaBackend` when the host fails: one test for each row of docs/reference/errors.md."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import pytest

from bot.domain import PromptMessage, Role, Think
from bot.errors import ConfigurationError, ModelMissing, PromptTooLong, Transient, Unavailable, UserError
from bot.llm.ollama import OllamaBackend
from tests.lab.ollama import BUSY, OUT_OF_MEMORY, Fault, OllamaLab, Reply, Say
from tests.llm.ollama_talk import REQUEST, ended, events, text_of

PAGE = Reply(200, body="<!doctype html>\n<title>A router</title>\n", content_type="text/html")

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
    _, error = await ended(backend, replace(REQUEST, think=Think.ON))

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
        Reply(405, body="405 method not allowed", content_type="text/plain"),
        Reply(402, body='{"error": {"code": "payment_required"}}'),
    ],
)
async def test_something_else_at_the_hosts_address_is_odd(lab: OllamaLab, backend: OllamaBackend, reply: Reply) -> None:
    lab.next_chat(reply)
    _, error = await ended(backend)

    assert isinstance(error, Unavailable)
    assert error.key == "error.host_odd"


@pytest.mark.parametrize("reply", [BUSY, OUT_OF_MEMORY, Reply(502, body="<html>Bad Gateway</html>")])
async def test_a_refusal_that_may_pass_is_worth_asking_again(
    lab: OllamaLab, backend: OllamaBackend, reply: Reply
) -> None:
    lab.next_chat(reply)
    _, error = await ended(backend)

    assert isinstance(error, Transient)


async def test_a_host_that_is_down_is_worth_asking_again(lab: OllamaLab, backend: OllamaBackend) -> None:
    await lab.stop()
    _, error = await ended(backend)

    assert isinstance(error, Transient)


async def test_a_host_waited_for_in_vain_is_not_asked_again(lab: OllamaLab, hasty: OllamaBackend) -> None:
    lab.runners.load_s = 3600
    _, error = await ended(hasty)
    lab.next_reply("/api/tags", Reply(0))
    with pytest.raises(Unavailable) as caught:
        await hasty.models()

    assert not isinstance(error, Transient)
    assert not isinstance(caught.value, Transient)


async def test_what_is_no_ollama_host_is_not_asked_again(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(PAGE)
    _, error = await ended(backend)

    assert not isinstance(error, Transient)


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


@pytest.mark.parametrize("reply", [PAGE, Reply(200, body="[]"), Reply(404, body="no"), Reply(404, "not found")])
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
