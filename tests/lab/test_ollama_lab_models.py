"""What the stand-in answers to those who change its models, held against the answers of a real server (0.33.0-rc2).

Status, content type and words are as recorded there; digests are shortened, as they depend on the content alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Sequence

import httpx
import pytest

from tests.lab.ollama import LabModel, OllamaLab, PullFault
from tests.lab.ollama.pulls import TICK_S

NDJSON, JSON, BARE = "application/x-ndjson", "application/json; charset=utf-8", "application/json"
WARM = "smollm2:135m"
MODEL = b"GGUF" + b"\x03" + b"\0" * 20
ADAPTER = b"GGUF" + b"\x03" + b"\0" * 20 + b"general.type" + b"adapter"
NO_MANIFEST = "pull model manifest: file does not exist"
NO_BLOB = f"sha256:{'2' * 64}"
NOT_GGUF = b"not a model, 1130"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab() as running:
        running.offer(LabModel(name="olmo2:7b", size=4_500_000_000))
        yield running


@pytest.fixture
async def http(lab: OllamaLab) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=lab.url, timeout=60, verify=False) as client:
        for content in (MODEL, ADAPTER, NOT_GGUF):
            await client.post(f"/api/blobs/{digest_of(content)}", content=content)
        yield client


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind", "error"),
    [
        ("DELETE", "/api/delete", {}, 400, JSON, "model is required"),
        ("DELETE", "/api/delete", {"model": "nope"}, 404, JSON, "model 'nope' not found"),
        ("DELETE", "/api/delete", {"model": "bad name!!"}, 400, JSON, 'name "bad name!!" is invalid'),
        ("POST", "/api/copy", {"source": "nope", "destination": "x"}, 404, JSON, 'model "nope" not found'),
        (
            "POST",
            "/api/copy",
            {"source": WARM, "destination": "bad name!!"},
            400,
            JSON,
            'destination "bad name!!" is invalid',
        ),
        ("POST", "/api/pull", {"model": "bad name!!"}, 400, JSON, "invalid model name"),
        ("POST", "/api/pull", {"model": "nope"}, 200, NDJSON, NO_MANIFEST),
        ("POST", "/api/create", {"model": "bad name!!", "from": WARM}, 400, JSON, "invalid model name"),
        (
            "POST",
            "/api/create",
            {"model": "t", "system": "x"},
            400,
            BARE,
            "neither 'from' or 'files' was specified",
        ),
        (
            "POST",
            "/api/create",
            {"model": "t", "files": {"../x.gguf": digest_of(MODEL)}},
            400,
            JSON,
            "file path must be relative",
        ),
        ("POST", "/api/create", {"model": "t", "files": {"x.txt": digest_of(NOT_GGUF)}}, 400, BARE, "unknown type"),
        (
            "POST",
            "/api/create",
            {"model": "t", "files": {"x.gguf": digest_of(NOT_GGUF)}},
            200,
            NDJSON,
            "supplied file was not in GGUF format",
        ),
        (
            "POST",
            "/api/create",
            {"model": "t", "files": {"x.gguf": NO_BLOB}},
            200,
            NDJSON,
            f"open /usr/share/ollama/.ollama/models/blobs/{NO_BLOB.replace(':', '-')}: no such file or directory",
        ),
        (
            "POST",
            "/api/create",
            {"model": "t", "from": WARM, "template": "{{ if }}"},
            400,
            BARE,
            "template error: template: :1: missing value for if",
        ),
        (
            "POST",
            "/api/create",
            {"model": "t", "from": WARM, "quantize": "zork"},
            500,
            BARE,
            "unsupported quantization type ZORK - supported types are F32, F16, Q4_K_S, Q4_K_M, Q8_0",
        ),
        (
            "POST",
            "/api/create",
            {"model": "t", "from": WARM, "quantize": "q4_K_M"},
            500,
            BARE,
            "quantization is only supported for F16, BF16 and F32 models",
        ),
        ("POST", "/api/create", {"model": "t", "from": "no:1b"}, 200, NDJSON, NO_MANIFEST),
        (
            "POST",
            "/api/create",
            {"model": "t", "from": "nope:1b", "stream": False},
            500,
            BARE,
            NO_MANIFEST,
        ),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_refused_as_recorded(
    http: httpx.AsyncClient, method: str, path: str, body: object, status: int, kind: str, error: str
) -> None:
    answer = await http.request(method, path, json=body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert lines(answer)[-1] == {"error": error}


async def test_a_blob_is_new_once_and_known_by_its_digest(http: httpx.AsyncClient) -> None:
    digest = digest_of(b"another")
    statuses = [
        (await http.head(f"/api/blobs/{digest}")).status_code,
        (await http.post(f"/api/blobs/{digest}", content=b"another")).status_code,
        (await http.post(f"/api/blobs/{digest}", content=b"another")).status_code,
        (await http.head(f"/api/blobs/{digest}")).status_code,
        (await http.head("/api/blobs/sha256:abc")).status_code,
        (await http.delete(f"/api/blobs/{digest}")).status_code,
    ]

    assert statuses == [404, 201, 200, 200, 400, 405]


async def test_a_blob_of_another_digest_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post(f"/api/blobs/{NO_BLOB}", content=b"another")
    told = f'digest mismatch, expected "{NO_BLOB}", got "{digest_of(b"another")}"'

    assert (answer.status_code, answer.json()) == (400, {"error": told})


async def test_a_model_is_made_of_a_blob_with_its_template_and_system_prompt(http: httpx.AsyncClient) -> None:
    recipe = {"model": "tutor", "files": {"t.gguf": digest_of(MODEL)}, "system": "Be patient.", "template": "{{ .X }}"}
    told = [str(each["status"]).partition(" sha256:")[0] for each in lines(await http.post("/api/create", json=recipe))]
    card = (await http.post("/api/show", json={"model": "tutor"})).json()

    assert told == [
        "parsing GGUF",
        "verifying conversion",
        "using existing layer",
        "creating new layer",
        "creating new layer",
        "writing manifest",
        "success",
    ]
    assert (card["system"], card["template"]) == ("Be patient.", "{{ .X }}")


async def test_an_adapter_given_as_a_model_is_taken_and_does_not_chat(http: httpx.AsyncClient) -> None:
    await http.post("/api/create", json={"model": "bad", "files": {"l.gguf": digest_of(ADAPTER)}})
    answer = await http.post("/api/chat", json={"model": "bad", "messages": [{"role": "user", "content": "hi"}]})

    assert answer.status_code == 400
    assert "does not support chat" in answer.json()["error"]


async def test_what_is_made_of_a_stub_loses_its_marks(http: httpx.AsyncClient) -> None:
    stub = {"model": "plain", "from": "gpt-oss:120b", "remote_host": "https://ollama.com:443"}
    await http.post("/api/create", json=stub)
    await http.post("/api/create", json={"model": "helper", "from": "plain", "system": "Be brief."})
    rows = {row["name"]: row for row in (await http.get("/api/tags")).json()["models"]}

    assert rows["plain:latest"]["remote_host"] == "https://ollama.com:443"
    assert "remote_host" not in rows["helper:latest"]


async def test_a_model_that_is_there_is_pulled_at_once_with_all_its_files(http: httpx.AsyncClient) -> None:
    await http.post("/api/pull", json={"model": "olmo2:7b"})
    told = lines(await http.post("/api/pull", json={"model": "olmo2:7b"}))

    assert [each["total"] for each in told if "total" in each] == [4_500_000_000, 421, 59, 152]
    assert [each["status"] for each in told[-3:]] == ["verifying sha256 digest", "writing manifest", "success"]


async def test_a_pull_that_was_left_goes_on_where_it_was_also_after_a_crash(
    lab: OllamaLab, http: httpx.AsyncClient
) -> None:
    lab.pulls.bytes_per_s = 10e9
    first = await some_of(http, 4)
    await lab.until(lambda: not lab.pulls.running)
    await lab.stop()
    await lab.start()
    second = await some_of(http, 2)

    assert second[0] >= first[-1] > 0


async def test_two_who_pull_one_model_share_it_and_both_read_its_end(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.pulls.bytes_per_s = 20e9
    ask = (http.post("/api/pull", json={"model": "olmo2:7b"}) for _ in range(2))
    told = [lines(each)[-1] for each in await asyncio.gather(*ask)]

    assert told == [{"status": "success"}] * 2
    assert lab.pulls.began == 1


@pytest.mark.parametrize("fault", [PullFault.DISK_FULL, PullFault.REGISTRY_DIED])
async def test_what_goes_wrong_in_the_middle_is_a_line_and_what_came_stays(
    lab: OllamaLab, http: httpx.AsyncClient, fault: PullFault
) -> None:
    lab.pulls.next_pull(fault, after_bytes=1_000_000_000)
    answer = await http.post("/api/pull", json={"model": "olmo2:7b"})

    assert answer.status_code == 200
    assert lines(answer)[-1].keys() == {"error"}
    assert set(lab.pulls.parts.values()) == {1_000_000_000}


async def test_progress_is_told_sixteen_times_a_second(lab: OllamaLab, http: httpx.AsyncClient) -> None:
    lab.pulls.bytes_per_s = 4_500_000_000 / 0.5
    answer = await http.post("/api/pull", json={"model": "olmo2:7b"})
    told = sum("total" in each for each in lines(answer))

    assert 3 <= told <= 0.5 / TICK_S + 6


def lines(answer: httpx.Response) -> Sequence[dict[str, object]]:
    return [json.loads(line) for line in answer.text.splitlines()]


async def some_of(http: httpx.AsyncClient, count: int) -> list[int]:
    """Read so many lines with figures of a pull, and leave it."""
    seen: list[int] = []
    async with http.stream("POST", "/api/pull", json={"model": "olmo2:7b"}) as answer:
        async for line in answer.aiter_lines():
            told = json.loads(line)
            if told.get("total", 0) > 421:
                seen.append(told["completed"])
            if len(seen) == count:
                break
    return seen
