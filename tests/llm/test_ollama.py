"""`OllamaBackend` on the loopback stand-in: what it sends, what it reads, and the cards it makes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Completion, FinishReason, PromptMessage, Role, Think, Thought
from bot.errors import Unavailable
from bot.llm.ollama import OllamaBackend
from tests.lab.ollama import Fault, LabModel, OllamaLab, Reply, Say
from tests.lab.ollama.cards import JINJA, SMOLLM
from tests.llm.ollama_talk import REQUEST, THINKER, ended, events, text_of

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
        "shift": False,
        "keep_alive": "10m",
        "options": {"num_ctx": 2048, "num_predict": 256},
    }


async def test_pictures_go_with_their_message_as_base64(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.install(replace(SMOLLM, name="sees:1b", capabilities=("completion", "vision")))
    seen = PromptMessage(Role.USER, "What is it?", (b"\x89PNG the owl", b"\xff\xd8\xff the cat"))
    await events(backend, replace(REQUEST, model="sees:1b", prompt=(REQUEST.prompt[0], seen)))

    assert lab.chats[0].body["messages"] == [
        {"role": "system", "content": "You are brief."},
        {"role": "user", "content": "What is it?", "images": ["iVBORyB0aGUgb3ds", "/9j/IHRoZSBjYXQ="]},
    ]


async def test_a_host_that_takes_no_pictures_after_all_says_so_in_an_error(backend: OllamaBackend) -> None:
    seen = PromptMessage(Role.USER, "What is it?", (b"\x89PNG the owl",))
    _, error = await ended(backend, replace(REQUEST, prompt=(seen,)))

    assert error.key == "error.model_unfit"


KEPT = [("-1", -1), ("0", 0), ("300", 300), ("1.5", 1.5), ("10m", "10m"), ("1h30m", "1h30m"), ("-1m", "-1m")]


@pytest.mark.parametrize(("kept", "sent"), [*KEPT, ("1.5h", "1.5h"), ("300ms", "300ms")])
async def test_how_long_a_model_is_kept_reaches_the_host_as_it_reads_it(
    lab: OllamaLab, kept: str, sent: object
) -> None:
    backend = OllamaBackend(host=lab.url, keep_alive=kept)
    answer = text_of(await events(backend))
    await backend.close()

    assert answer
    assert lab.chats[0].body["keep_alive"] == sent


@pytest.mark.parametrize(("think", "sent"), [(Think.ON, True), (Think.OFF, False), (Think.HIGH, "high")])
async def test_think_is_sent_when_somebody_chose(
    lab: OllamaLab, backend: OllamaBackend, think: Think, sent: object
) -> None:
    await events(backend, replace(THINKER, think=think))

    assert lab.chats[0].body["think"] == sent


async def test_chats_of_the_same_window_load_the_model_once(lab: OllamaLab, backend: OllamaBackend) -> None:
    await events(backend)
    await events(backend, replace(REQUEST, answer_tokens=5))

    assert lab.runners.loads == ["smollm2:135m"]


async def test_a_prompt_is_neither_cut_nor_dropped_in_mid_answer(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say("word " * 2000))
    request = replace(REQUEST, prompt=(PromptMessage(Role.USER, "one " * 400),), context_tokens=512, answer_tokens=300)
    *_, completion = await events(backend, request)

    assert (lab.chats[0].body["truncate"], lab.chats[0].body["shift"]) == (False, False)
    assert isinstance(completion, Completion)
    assert completion.reason is FinishReason.LENGTH
    assert (completion.prompt_tokens + completion.answer_tokens, lab.chats[0].lost_tokens) == (512, 0)


# What is read


async def test_a_completion_carries_the_hosts_figures(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say("Hello there."))
    *_, completion = await events(backend)

    assert isinstance(completion, Completion)
    assert (completion.reason, completion.prompt_tokens, completion.answer_tokens) == (FinishReason.STOP, 21, 3)
    assert completion.load_s > 0
    assert completion.answer_s > 0


async def test_a_thinking_models_reasoning_is_no_part_of_its_answer(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say("Four.", thinking="Secret steps."))
    every = await events(backend, THINKER)

    assert "".join(each.text for each in every if isinstance(each, Thought)) == "Secret steps."
    assert text_of(every) == "Four."


async def test_a_model_told_not_to_think_only_answers(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Say("Four."))
    every = await events(backend, replace(THINKER, think=Think.OFF))

    assert not any(isinstance(each, Thought) for each in every)
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


# What is in memory


async def test_a_model_that_is_being_loaded_is_not_in_memory_yet(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.runners.load_s = 3600
    reader = asyncio.create_task(events(backend))
    await lab.until(lambda: bool(lab.runners.loading))
    is_loaded = await backend.has_loaded(REQUEST.model)
    reader.cancel()

    assert not is_loaded
    assert not (await backend.models())[-1].is_loaded


async def test_a_model_the_host_has_dropped_is_not_in_memory(lab: OllamaLab, backend: OllamaBackend) -> None:
    await events(backend)
    before = await backend.has_loaded(REQUEST.model)
    lab.runners.unload(REQUEST.model)

    assert before
    assert not await backend.has_loaded(REQUEST.model)


@pytest.mark.parametrize("reply", [Reply(0), Reply(500, "oops"), Reply(200, body="[]"), Reply(404, body="no")])
async def test_a_host_that_does_not_tell_what_is_in_memory_costs_nobody_long(
    lab: OllamaLab, backend: OllamaBackend, reply: Reply
) -> None:
    lab.next_reply("/api/ps", reply)
    with pytest.raises(Unavailable):
        await backend.has_loaded(REQUEST.model)


# Cards


@pytest.mark.parametrize("status", [404, 405, 501])
@pytest.mark.parametrize("body", ['{"error":"no"}', "404 page not found", ""])
async def test_a_host_that_knows_no_list_of_what_is_in_memory_lists_its_models(
    lab: OllamaLab, backend: OllamaBackend, status: int, body: str
) -> None:
    lab.next_reply("/api/ps", Reply(status, body=body))
    cards = await backend.models()

    assert [card.name for card in cards] == sorted(lab.models)
    assert not any(card.is_loaded for card in cards)


async def test_a_card_tells_what_the_host_knows(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.models = {SMOLLM.full_name: SMOLLM}
    await events(backend)
    (card,) = await backend.models()

    assert (card.name, card.family, card.parameters) == ("smollm2:135m", "llama", "134.52M")
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
    lab.fail_card(JINJA.name, Reply(404, "model 'qwen2.5-coder:0.5b' not found"))
    cards = await backend.models()

    assert [card.name for card in cards] == ["smollm2:135m"]
