"""Figures, lines and nesting that no model host should send: bounded and read once, where they come in."""

from __future__ import annotations

import asyncio
import itertools
import json
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain import Completion, ModelCard
from bot.errors import BotError, PromptTooLong, Unavailable
from bot.llm.host_json import count_in, object_of, seconds_in
from bot.llm.ollama import OllamaBackend
from bot.llm.ollama_embedder import OllamaEmbedder
from bot.llm.stream_lines import MOST_LINE_BYTES, Lines
from tests.lab.ollama import Flood, LabModel, OllamaLab, Reply
from tests.llm.ollama_talk import ended, events, text_of

ODD = [
    "-1", "1.5", "1e3", "1e999", str(2**63), str(2**70), "1" + "0" * 400, "9" * 5000, "NaN", "Infinity", "-Infinity",
    "true", "null", '"12"', "[1]", "{}",
]  # fmt: skip
DEEP = "[" * 100_000 + "]" * 100_000
WORD = '{"message":{"role":"assistant","content":"Hello."},"done":false}\n'
NOTHING = '{"message":{"role":"assistant","content":""},"done":false}\n'
TAG = '{"models":[{"name":"one:1b","model":"one:1b","digest":"d","size":%s,"modified_at":%s}]}'
SHOW = '{"model_info":{"general.architecture":"llama","llama.context_length":%s},"capabilities":["completion"]}'


def last_line(figure: str) -> str:
    figures = ",".join(
        f'"{name}":{figure}' for name in ("prompt_eval_count", "eval_count", "load_duration", "eval_duration")
    )
    return f'{{"message":{{"content":""}},"done":true,"done_reason":"stop",{figures}}}\n'


async def completion_of(lab: OllamaLab, backend: OllamaBackend, last: str) -> Completion:
    lab.next_chat(Reply(200, body=WORD + last))
    every = await events(backend)
    assert text_of(every) == "Hello."
    assert isinstance(every[-1], Completion)
    return every[-1]


async def card_of(
    lab: OllamaLab, backend: OllamaBackend, *, size: str = "98362745", context: str = "8192"
) -> ModelCard:
    lab.next_reply("/api/tags", Reply(200, body=TAG % (size, size)))
    lab.next_reply("/api/ps", Reply(200, body=TAG % (size, size)))
    lab.next_reply("/api/show", Reply(200, body=SHOW % context))
    (card,) = await backend.models()
    return card


# Figures


@pytest.mark.parametrize("figure", ODD)
async def test_an_odd_figure_of_a_completion_is_unknown(lab: OllamaLab, backend: OllamaBackend, figure: str) -> None:
    completion = await completion_of(lab, backend, last_line(figure))

    assert (completion.prompt_tokens, completion.answer_tokens) == (0, 0)
    assert (completion.load_s, completion.answer_s) == (0.0, 0.0)


async def test_a_true_figure_of_a_completion_is_kept(lab: OllamaLab, backend: OllamaBackend) -> None:
    completion = await completion_of(lab, backend, last_line("2000000000"))

    assert (completion.prompt_tokens, completion.load_s) == (2_000_000_000, 2.0)


@pytest.mark.parametrize("figure", ODD)
async def test_an_odd_size_is_unknown(lab: OllamaLab, backend: OllamaBackend, figure: str) -> None:
    card = await card_of(lab, backend, size=figure)

    assert (card.name, card.size_bytes, card.is_loaded) == ("one:1b", 0, True)


@pytest.mark.parametrize("figure", ["0", *ODD])
async def test_an_odd_context_window_is_unknown(lab: OllamaLab, backend: OllamaBackend, figure: str) -> None:
    card = await card_of(lab, backend, context=figure)

    assert card.context_tokens is None
    assert card.can_chat


@pytest.mark.parametrize("entry", ["null", "7", '"one:1b"', "[]", "{}", '{"model": 7}', '{"model": ""}'])
async def test_an_entry_that_names_no_model_is_passed_over(lab: OllamaLab, backend: OllamaBackend, entry: str) -> None:
    lab.models = {}
    lab.install(LabModel(name="one:1b"))
    lab.next_reply("/api/tags", Reply(200, body=(TAG % ("98", "null")).replace("[{", f"[{entry},{{")))

    assert [card.name for card in await backend.models()] == ["one:1b"]


@pytest.mark.parametrize("figure", ODD)
async def test_an_odd_figure_in_a_refusal_of_a_long_prompt_is_unknown(
    lab: OllamaLab, backend: OllamaBackend, figure: str
) -> None:
    inner = f'{{"error":{{"type":"exceed_context_size_error","n_prompt_tokens":{figure},"n_ctx":{figure}}}}}'
    lab.next_chat(Reply(400, inner))
    _, error = await ended(backend)

    assert isinstance(error, PromptTooLong)
    assert (error.prompt_tokens, error.context_tokens) == (0, 0)


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "1e999", "1" + "0" * 400, "null", '"a"', "[1]", "{}"])
async def test_a_vector_with_an_odd_figure_is_none(lab: OllamaLab, figure: str) -> None:
    error = await refused_embedding(lab, Reply(200, body=f'{{"embeddings":[[0.5,{figure}]]}}'))

    assert error.key == "error.host_odd"


@pytest.mark.parametrize("rows", ["[[0.5],[0.5,0.5]]", "[[],[]]", "[1,2]", '{"0":[0.5],"1":[0.5]}', "null"])
async def test_vectors_of_another_shape_are_none(lab: OllamaLab, rows: str) -> None:
    error = await refused_embedding(lab, Reply(200, body=f'{{"embeddings":{rows}}}'), texts=2)

    assert error.key == "error.host_odd"


async def test_half_a_surrogate_pair_becomes_a_replacement(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Reply(200, body=WORD.replace("Hello.", "\\ud83d!") + last_line("1")))

    assert text_of(await events(backend)) == "\ufffd!"


# Nesting and length


@pytest.mark.parametrize("body", [DEEP, f'{{"message":{DEEP},"done":false}}', f'{{"error":{DEEP}}}'])
async def test_a_line_nested_too_deep_is_odd(lab: OllamaLab, backend: OllamaBackend, body: str) -> None:
    lab.next_chat(Reply(200, body=WORD + body + "\n"))
    text, error = await ended(backend)

    assert text == "Hello."
    assert (error.key, error.parameters["host"]) == ("error.host_odd", lab.url)


async def test_a_refusal_nested_too_deep_is_told_by_its_status(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Reply(503, body=f'{{"error":{DEEP}}}'), Reply(400, f'{{"error":{DEEP}}}'))

    assert [(await ended(backend))[1].key for _ in range(2)] == ["error.host_busy", "error.model_unfit"]


@pytest.mark.parametrize("path", ["/api/tags", "/api/ps"])
async def test_a_list_nested_too_deep_is_odd(lab: OllamaLab, backend: OllamaBackend, path: str) -> None:
    lab.next_reply(path, Reply(200, body=f'{{"models":{DEEP}}}'))

    assert (await refused_list(backend)).key == "error.host_odd"


async def test_vectors_nested_too_deep_are_odd(lab: OllamaLab) -> None:
    error = await refused_embedding(lab, Reply(200, body=f'{{"embeddings":{DEEP}}}'))

    assert error.key == "error.host_odd"


async def test_a_line_of_50_mb_is_odd(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Reply(200, body=WORD + WORD.replace("Hello.", "x" * 50_000_000)))
    text, error = await ended(backend)
    await lab.until(lambda: lab.chats[0].ended_at is not None)

    assert text == "Hello."
    assert (error.key, error.parameters["host"]) == ("error.host_odd", lab.url)


@pytest.mark.parametrize("again", ["\n" * 4096, "\r\n" * 4096, " \n" * 4096, "x" * 4096])
async def test_newlines_and_lines_without_an_end_are_odd(lab: OllamaLab, backend: OllamaBackend, again: str) -> None:
    lab.next_chat(Flood(again, first=WORD))
    async with asyncio.timeout(10):
        text, error = await ended(backend)
    await lab.until(lambda: lab.chats[0].disconnected)

    assert text == "Hello."
    assert error.key == "error.host_odd"


@pytest.mark.parametrize("again", ["\n", "x", NOTHING])
async def test_a_stream_without_words_is_given_up_as_a_silent_one_is(
    lab: OllamaLab, hasty: OllamaBackend, again: str
) -> None:
    lab.next_chat(Flood(again, every_s=0.02, first=WORD))
    async with asyncio.timeout(10):
        text, error = await ended(hasty)
    await lab.until(lambda: lab.chats[0].disconnected)

    assert text == "Hello."
    assert error.key == "error.host_silent"


async def test_blank_lines_before_a_word_do_no_harm(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.next_chat(Reply(200, body="\n\r\n" + WORD + "\n \n" + last_line("1") + "\n"))

    assert text_of(await events(backend)) == "Hello."


@pytest.mark.parametrize("path", ["/api/tags", "/api/ps"])
async def test_a_list_without_an_end_is_odd(lab: OllamaLab, backend: OllamaBackend, path: str) -> None:
    lab.next_reply(path, Flood("\n" * 2**20))

    assert (await refused_list(backend)).key == "error.host_odd"


@pytest.mark.parametrize("path", ["/api/tags", "/api/ps"])
async def test_a_list_that_trickles_is_given_up(lab: OllamaLab, hasty: OllamaBackend, path: str) -> None:
    lab.next_reply(path, Flood("\n", every_s=0.02))

    assert (await refused_list(hasty)).key == "error.host_unreachable"


async def test_a_refusal_that_trickles_is_given_up(lab: OllamaLab, hasty: OllamaBackend) -> None:
    lab.next_chat(Flood("\n", every_s=0.02, status=503))
    _, error = await ended(hasty)

    assert error.key == "error.host_silent"


async def test_vectors_without_an_end_are_odd(lab: OllamaLab) -> None:
    error = await refused_embedding(lab, Flood("\n" * 2**20))

    assert error.key == "error.host_odd"


@given(st.binary(max_size=200), st.lists(st.integers(0, 200)))
def test_lines_are_the_same_wherever_the_stream_was_cut(raw: bytes, cuts: list[int]) -> None:
    # The beginning of an object, and no more of it, is told as an answer that broke off.
    assume(not raw.rpartition(b"\n")[2].lstrip().startswith(b"{"))
    lines, ends = Lines(), sorted({0, *(min(cut, len(raw)) for cut in cuts), len(raw)})
    came = [line for start, end in itertools.pairwise(ends) for line in lines.cut(raw[start:end])]

    assert [*came, *lines.rest()] == [line for line in raw.split(b"\n") if line.strip()]


def test_a_line_cut_into_single_bytes_is_bounded() -> None:
    lines = Lines()
    came = [lines.cut(b"x") for _ in range(MOST_LINE_BYTES)]

    assert not any(came)
    with pytest.raises(ValueError, match="length"):
        lines.cut(b"x")


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=3))
def test_whatever_a_figure_is_it_becomes_one(value: object) -> None:
    read = object_of(json.dumps({"figure": value}))

    assert 0 <= count_in(read, "figure") < 2**31
    assert math.isfinite(seconds_in(read, "figure"))


async def refused_list(backend: OllamaBackend) -> BotError:
    with pytest.raises(Unavailable) as caught:
        async with asyncio.timeout(20):
            await backend.models()
    return caught.value


async def refused_embedding(lab: OllamaLab, reply: Reply | Flood, *, texts: int = 1) -> BotError:
    lab.next_reply("/api/embed", reply)
    embedder = OllamaEmbedder(host=lab.url, model="all-minilm")
    with pytest.raises(Unavailable) as caught:
        await embedder.questions(["tides"] * texts)
    await embedder.close()
    return caught.value


@pytest.mark.parametrize("odd", ['{"message":{"content":null}}', '{"message":{}}', '{"error":null,"message":{}}'])
async def test_a_line_that_says_nothing_does_no_harm(lab: OllamaLab, backend: OllamaBackend, odd: str) -> None:
    lab.next_chat(Reply(200, body=f'{odd}\n{WORD}{{"done":true}}\n'))

    assert text_of(await events(backend)) == "Hello."
