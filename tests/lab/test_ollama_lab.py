"""The stand-in answers as the recorded server did: status, content type, keys, types and, of errors, the words.

`ollama/recorded.json` holds a real server's answers (0.33.0-rc2), trimmed: of a stream the first and the last line, of
lists a few entries. LONG and HISTORY stand for prompts over the window.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from tests.lab.ollama import BUSY, Fault, LabModel, OllamaLab, Reply, Say
from tests.lab.ollama.cards import INSTALLED

RECORDED = json.loads((Path(__file__).parent / "ollama" / "recorded.json").read_text(encoding="utf-8"))
LOADED = next(each for each in RECORDED if each["name"] == "ps_loaded")
ANSWERS = [each for each in RECORDED if each is not LOADED]
ERRORS = [each for each in RECORDED if each["status"] >= 400 and not each["name"].startswith("overflow")]
TEMPLATE = LabModel(name="smol-tmpl")
LONG = [{"role": "user", "content": "word " * 1600}]
HISTORY = [
    {"role": "system", "content": "You are brief."},
    *({"role": "user", "content": f"Question {number}: " + "word " * 180} for number in range(12)),
]
WARM = "smollm2:135m"


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab((*INSTALLED, TEMPLATE)) as running:
        yield running


@pytest.fixture
async def http(lab: OllamaLab) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=lab.url, timeout=60, verify=False) as client:
        yield client


def shape(value: object) -> object:
    """Return what a JSON value is made of; whole numbers and fractions are one, list entries are a set."""
    match value:
        case dict():
            return {key: shape(each) for key, each in value.items()}
        case list():
            return sorted({json.dumps(shape(each), sort_keys=True) for each in value})
        case int() | float() if not isinstance(value, bool):
            return "number"
        case _:
            return type(value).__name__


def asked(body: object) -> object:
    text = json.dumps(body)
    return json.loads(text.replace('"LONG"', json.dumps(LONG)).replace('"HISTORY"', json.dumps(HISTORY)))


def lines(response: httpx.Response) -> list[object]:
    if response.headers["content-type"].startswith("text/"):
        return [response.text]
    every = [json.loads(line) for line in response.text.split("\n") if line]
    return every if len(every) < 3 else [every[0], every[-1]]


def chat(content: str = "Say hi.", **more: object) -> dict[str, object]:
    return {"model": WARM, "messages": [{"role": "user", "content": content}], **more}


@pytest.mark.parametrize("sample", ANSWERS, ids=lambda each: each["name"])
async def test_an_answer_has_the_shape_of_the_recorded_one(http: httpx.AsyncClient, sample: dict[str, object]) -> None:
    response = await http.request(str(sample["method"]), str(sample["path"]), json=asked(sample["body"]))

    assert response.status_code == sample["status"]
    assert response.headers["content-type"] == sample["content_type"]
    assert shape(lines(response)) == shape(sample["answer"])


async def test_what_is_loaded_is_told_in_the_recorded_shape(http: httpx.AsyncClient) -> None:
    await http.post("/api/chat", json={"model": "think-demo"})
    await http.post("/api/embed", json={"model": "all-minilm", "input": "x"})
    response = await http.get("/api/ps")

    assert shape(lines(response)) == shape(LOADED["answer"])


@pytest.mark.parametrize("sample", ERRORS, ids=lambda each: each["name"])
async def test_an_error_has_the_recorded_words(http: httpx.AsyncClient, sample: dict[str, object]) -> None:
    response = await http.request(str(sample["method"]), str(sample["path"]), json=asked(sample["body"]))

    assert lines(response) == sample["answer"]


@pytest.mark.parametrize("model", ["smol-tmpl", "qwen2.5-coder:0.5b"])
async def test_an_over_long_prompt_is_refused_when_it_may_not_be_cut(http: httpx.AsyncClient, model: str) -> None:
    body = {"model": model, "messages": LONG, "truncate": False, "options": {"num_ctx": 1024}}
    response = await http.post("/api/chat", json=body)
    inner = json.loads(response.json()["error"])["error"]

    assert inner["type"] == "exceed_context_size_error"
    assert inner["n_prompt_tokens"] > inner["n_ctx"] == 1024


async def test_a_template_model_cuts_an_over_long_prompt_to_half_the_window(http: httpx.AsyncClient) -> None:
    body = {"model": "smol-tmpl", "messages": LONG, "stream": False, "options": {"num_ctx": 1024}}
    response = await http.post("/api/chat", json=body)

    assert response.json()["prompt_eval_count"] == 514


@pytest.mark.parametrize(("shift", "is_old", "count"), [(True, False, 60), (False, False, 512), (False, True, 60)])
async def test_an_answer_that_outgrows_the_window_shifts_it_or_ends(
    lab: OllamaLab, http: httpx.AsyncClient, *, shift: bool, is_old: bool, count: int
) -> None:
    lab.is_old = is_old
    lab.next_chat(Say("word " * 1000))
    options = {"num_ctx": 512, "num_predict": 900}
    response = await http.post("/api/chat", json=chat("one " * 200, shift=shift, options=options))
    last = json.loads(response.text.splitlines()[-1])

    assert last["done_reason"] == "length"
    assert (last["prompt_eval_count"] + last["eval_count"] > 512) is (count == 60)
    assert (lab.chats[0].shifts > 0) is (count == 60)


async def test_a_model_that_is_being_loaded_is_listed_with_size_0(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.runners.load_s = 3600
    asking = asyncio.create_task(http.post("/api/chat", json=chat()))
    await lab.until(lambda: bool(lab.runners.loading))
    (row,) = (await http.get("/api/ps")).json()["models"]
    asking.cancel()

    assert (row["model"], row["size"]) == (lab.find(WARM).full_name, 0)  # type: ignore[union-attr]


async def test_a_runner_reads_on_when_its_client_has_left(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.reads_on, lab.first_token_s = True, 0.2
    await http.post("/api/chat", json={"model": WARM})
    asking = asyncio.create_task(http.post("/api/chat", json=chat()))
    await lab.until(lambda: lab.running == 1)
    asking.cancel()
    await asyncio.sleep(0.05)

    assert lab.running == 1
    await lab.until(lambda: lab.running == 0)


async def test_a_long_history_loses_its_oldest_messages_but_not_the_systems(
    lab: OllamaLab, http: httpx.AsyncClient
) -> None:
    lab.answer = lambda seen: " | ".join(content.split(":")[0] for _, content in seen.messages)
    response = await http.post(
        "/api/chat", json={"model": "smol-tmpl", "messages": HISTORY, "stream": False, "options": {"num_ctx": 1024}}
    )

    assert response.json()["message"]["content"] == (
        "You are brief. | Question 7 | Question 8 | Question 9 | Question 10 | Question 11"
    )


async def test_changing_the_window_loads_the_model_again(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    await http.post("/api/chat", json=chat(options={"num_ctx": 1024}))
    await http.post("/api/chat", json=chat(options={"num_ctx": 1024}))
    await http.post("/api/chat", json=chat(options={"num_ctx": 2048}))

    assert lab.runners.loads == [WARM, WARM]


async def test_no_header_comes_while_the_model_loads(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.runners.load_s = 3600

    with pytest.raises(httpx.ReadTimeout):
        await http.post("/api/chat", json=chat(), timeout=0.2)


async def test_a_client_that_leaves_aborts_the_load(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.runners.load_s = 3600
    with pytest.raises(httpx.ReadTimeout):
        await http.post("/api/chat", json=chat(), timeout=0.2)
    await lab.until(lambda: lab.requests[0].disconnected)

    assert not lab.loaded
    assert lab.queued == 0


async def test_more_chats_than_slots_wait_in_line(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.next_chat(Say("One two three.", fault=Fault.STALL, after=1))
    first = asyncio.create_task(http.post("/api/chat", json=chat()))
    await lab.until(lambda: lab.running == 1)
    second = asyncio.create_task(http.post("/api/chat", json=chat()))
    await lab.until(lambda: lab.queued == 1)
    lab.resume()
    answers = await asyncio.gather(first, second)

    assert [each.status_code for each in answers] == [200, 200]


async def test_a_client_that_leaves_frees_its_slot(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.next_chat(Say("One two three.", fault=Fault.STALL, after=1))
    async with http.stream("POST", "/api/chat", json=chat()) as response:
        await anext(response.aiter_bytes())
    await lab.until(lambda: lab.running == 0)
    after = await http.post("/api/chat", json=chat())

    assert lab.chats[0].disconnected
    assert after.status_code == 200


async def test_too_many_waiting_for_a_load_are_told_it_is_busy(http: httpx.AsyncClient, lab: OllamaLab) -> None:
    lab.runners.max_queue, lab.runners.load_s = 2, 3600
    asking = [asyncio.create_task(http.post("/api/chat", json=chat())) for _ in range(6)]
    answers = [await each for each in itertools.islice(asyncio.as_completed(asking, timeout=20), 3)]

    assert [(each.status_code, each.json()["error"]) for each in answers] == [(503, BUSY.error)] * 3
    assert lab.queued == 3


async def test_a_kept_model_expires(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    await http.post("/api/chat", json=chat(keep_alive="50ms"))
    await lab.until(lambda: not lab.loaded)

    assert (await http.get("/api/ps")).json() == {"models": []}


@pytest.mark.parametrize(
    ("kept", "error"),
    [
        ("abc", 'time: invalid duration "abc"'),
        ("", 'time: invalid duration ""'),
        ("-1", 'time: missing unit in duration "-1"'),
        ("300", 'time: missing unit in duration "300"'),
        ("1d", 'time: unknown unit "d" in duration "1d"'),
        ("9999999999h", 'time: invalid duration "9999999999h"'),
        (True, "Unsupported type: 'bool'"),
    ],
)
async def test_a_keep_alive_that_is_none_is_refused(http: httpx.AsyncClient, kept: object, error: str) -> None:
    response = await http.post("/api/chat", json=chat(keep_alive=kept))

    assert response.status_code == 400
    assert response.json() == {"error": error}


@pytest.mark.parametrize("kept", ["0", 0, "5m", "1h30m", "1.5h", ".5h", "+5m", "300ms", "-1m", -1, -5, 300, 1.5, None])
async def test_a_keep_alive_is_read_as_the_server_reads_it(http: httpx.AsyncClient, kept: object) -> None:
    assert (await http.post("/api/chat", json=chat(keep_alive=kept))).status_code == 200


async def test_a_pull_tells_its_progress_and_installs(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.registry["tiny:latest"] = LabModel(name="tiny")
    response = await http.post("/api/pull", json={"model": "tiny"})
    steps = [json.loads(line) for line in response.text.splitlines()]

    assert steps[0] == {"status": "pulling manifest"}
    assert steps[1].keys() == {"status", "digest", "total", "completed"}
    assert [step["status"] for step in steps[-3:]] == ["verifying sha256 digest", "writing manifest", "success"]
    assert "tiny:latest" in lab.models


async def test_a_pull_of_nothing_fails_inside_a_good_answer(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/pull", json={"model": "nothing"})

    assert response.status_code == 200
    assert json.loads(response.text.splitlines()[-1]) == {"error": "pull model manifest: file does not exist"}


async def test_a_crash_in_mid_stream_is_a_last_line(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.next_chat(Say("One two three.", fault=Fault.ERROR_LINE, after=2))
    response = await http.post("/api/chat", json=chat())
    last = json.loads(response.text.splitlines()[-1])

    assert response.status_code == 200
    assert last == {"error": "an error was encountered while running the model: unexpected EOF"}


async def test_a_broken_connection_is_an_incomplete_answer(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.next_chat(Say("One two three.", fault=Fault.BREAK_OFF, after=2))

    with pytest.raises(httpx.RemoteProtocolError):
        await http.post("/api/chat", json=chat())


async def test_a_scripted_reply_is_given_once(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.next_reply("/api/tags", Reply(502, body="<html>", content_type="text/html"))
    first, second = await http.get("/api/tags"), await http.get("/api/tags")

    assert (first.status_code, first.text) == (502, "<html>")
    assert second.status_code == 200


async def test_a_lab_that_went_down_comes_back_at_the_same_address(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    await lab.stop()
    with pytest.raises(httpx.ConnectError):
        await http.get("/")
    await lab.start()

    assert (await http.get("/")).text == "Ollama is running"


async def test_a_deleted_model_is_gone(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    copied = await http.post("/api/copy", json={"source": WARM, "destination": "smol-copy"})
    deleted = await http.request("DELETE", "/api/delete", json={"model": "smol-copy"})

    assert (copied.status_code, copied.content) == (200, b"")
    assert (deleted.status_code, deleted.content) == (200, b"")
    assert lab.find("smol-copy") is None


async def test_the_side_door_tells_when_the_first_and_the_last_token_were_written(
    lab: OllamaLab, http: httpx.AsyncClient
) -> None:
    lab.tokens_per_second = 100
    await http.post("/api/chat", json=chat())
    told = (await http.get("/lab/requests")).json()

    assert [each["asked"] for each in told] == ["Say hi."]
    assert told[0]["started_at"] < told[0]["first_token_at"] < told[0]["last_token_at"] < told[0]["ended_at"]
    assert [request.path for request in lab.requests] == ["/api/chat"]
