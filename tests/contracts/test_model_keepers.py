"""What `ports.ModelKeeper` promises: the fake, Ollama's stand-in, and the real server at LYCEUM_TEST_OLLAMA.

On the real server the smallest model that chats stands in for what is fetched: models of a name of ours are made of it,
and removed again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.domain import ModelProgress
from bot.domain.model_jobs import FETCHING
from bot.errors import ModelElsewhere, ModelMissing, Transient, UserError
from bot.llm.ollama import OllamaBackend
from bot.llm.ollama_keeper import OllamaKeeper
from bot.ports import MadeOf, ModelKeeper
from tests.contracts.lacking import on_each
from tests.fakes import FakeBackend, card
from tests.lab.ollama import LabModel, OllamaLab
from tests.memory import FakeKeeper

OURS = "lyceum-contract-test"
CONTENT = b"GGUF" + bytes(100)
DIGEST = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
FETCHED = "tiny:1b"


@dataclass(frozen=True)
class Kept:
    """A keeper to be tested, and a model that its host has."""

    keeper: ModelKeeper
    model: str


@asynccontextmanager
async def fake() -> AsyncGenerator[Kept]:
    backend = FakeBackend(card("smollm2:135m"))
    backend.offered = {FETCHED: replace(card(FETCHED), size_bytes=1000)}
    backend.install(replace(card("cloudy"), is_remote=True))
    yield Kept(FakeKeeper(backend), "smollm2:135m")


@asynccontextmanager
async def ollama() -> AsyncGenerator[Kept]:
    async with OllamaLab() as lab:
        lab.offer(LabModel(name=FETCHED))
        lab.install(LabModel(name="cloudy", remote_host="https://ollama.com:443", remote_model="x", size=200))
        keeper = OllamaKeeper(host=lab.url)
        yield Kept(keeper, "smollm2:135m")
        await keeper.close()


@asynccontextmanager
async def real_ollama() -> AsyncGenerator[Kept]:
    host = os.environ.get("LYCEUM_TEST_OLLAMA")
    if not host:
        pytest.skip("LYCEUM_TEST_OLLAMA names no server")
    backend, keeper = OllamaBackend(host=host), OllamaKeeper(host=host)
    chatting = [each for each in await backend.models() if each.can_chat]
    await backend.close()
    if not chatting:
        pytest.skip("the server at LYCEUM_TEST_OLLAMA has no model that chats")
    yield Kept(keeper, min(chatting, key=lambda each: each.size_bytes).name)
    await keeper.remove(OURS)
    await keeper.close()


KEEPERS: dict[str, Callable[[], AbstractAsyncContextManager[Kept]]] = {
    "fake": fake,
    "ollama": ollama,
    "real ollama": real_ollama,
}
LACKS = {
    "real ollama": {
        "a registry": "its registry may not be reached, and has its own models",
        "a stub": "none may be made where nobody wants it",
    }
}


def on_every(*needs: str) -> pytest.MarkDecorator:
    return on_each("kept", KEEPERS, LACKS, needs)


@pytest.fixture
async def kept(request: pytest.FixtureRequest) -> AsyncIterator[Kept]:
    async with KEEPERS[request.param]() as kept:
        yield kept


async def all_of(steps: AsyncGenerator[ModelProgress]) -> list[ModelProgress]:
    return [step async for step in steps]


@on_every()
async def test_a_model_that_is_made_of_another_is_there_and_can_be_removed_once(kept: Kept) -> None:
    await all_of(kept.keeper.make(OURS, MadeOf(base=kept.model, system="Be brief.")))
    await kept.keeper.check_here(OURS)
    there = f"{OURS}:latest" in (await kept.keeper.room()).models
    removed = await kept.keeper.remove(OURS), await kept.keeper.remove(OURS)

    assert there
    assert removed == (True, False)
    assert f"{OURS}:latest" not in (await kept.keeper.room()).models


@on_every()
async def test_what_is_not_there_is_missing(kept: Kept) -> None:
    with pytest.raises(ModelMissing):
        await kept.keeper.check_here("lyceum-no-such-model")


@on_every()
async def test_a_file_is_sent_once(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "a.gguf"
    file.write_bytes(CONTENT)
    await all_of(kept.keeper.send(file, DIGEST))

    assert await all_of(kept.keeper.send(file, DIGEST)) == []


@on_every()
async def test_a_file_of_another_digest_is_refused(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "a.gguf"
    file.write_bytes(b"another content")
    with pytest.raises(UserError) as refused:
        await all_of(kept.keeper.send(file, f"sha256:{'3' * 64}"))

    assert refused.value.key == "error.import_refused"


@on_every()
async def test_a_file_that_is_gone_is_told(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        await all_of(kept.keeper.send(tmp_path / "gone.gguf", f"sha256:{'4' * 64}"))

    assert refused.value.key == "error.import_no_file"


@on_every()
async def test_what_is_made_of_nothing_that_is_there_is_refused(kept: Kept) -> None:
    with pytest.raises(UserError) as refused:
        await all_of(kept.keeper.make(OURS, MadeOf(files={"x.gguf": f"sha256:{'2' * 64}"})))

    assert refused.value.key == "error.import_refused"


@on_every("a registry")
async def test_a_fetched_model_is_there_and_its_progress_grows(kept: Kept) -> None:
    steps = await all_of(kept.keeper.pull(FETCHED))
    done = [step.done for step in steps if step.step == FETCHING]

    assert FETCHED in (await kept.keeper.room()).models
    assert done == sorted(done)
    assert any(step.total for step in steps)


@on_every("a registry")
async def test_a_name_that_no_registry_has_is_refused(kept: Kept) -> None:
    with pytest.raises(UserError) as refused:
        await all_of(kept.keeper.pull("nothing-of-this-name:1b"))

    assert refused.value.key == "error.pull_not_found"


@on_every("a stub")
async def test_a_stub_is_known_for_one(kept: Kept) -> None:
    with pytest.raises(ModelElsewhere):
        await kept.keeper.check_here("cloudy")


async def test_a_host_that_is_away_may_come_back() -> None:
    async with OllamaLab() as lab:
        keeper = OllamaKeeper(host=lab.url)
    for trying in (keeper.room(), all_of(keeper.pull(FETCHED)), keeper.remove(FETCHED)):
        with pytest.raises(Transient):
            await trying
    await keeper.close()
