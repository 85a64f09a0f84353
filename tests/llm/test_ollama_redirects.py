"""A model host that redirects: the operator reads which setting to put right, and nothing is sent where it leads."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from bot.domain import Notice
from bot.errors import Unavailable
from bot.i18n import sentence
from bot.llm.ollama import OllamaBackend
from bot.llm.ollama_embedder import OllamaEmbedder
from bot.runtime.backends import choose_backend
from bot.settings.host_settings import OllamaSettings
from bot.settings.schema import Settings
from tests.lab.ollama import OllamaLab, Reply
from tests.llm.ollama_talk import ended

STATUSES = [301, 302, 303, 307, 308]


@pytest.fixture
async def elsewhere() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab() as running:
        yield running


def redirect(status: int, elsewhere: OllamaLab, path: str) -> Reply:
    return Reply(status, location=elsewhere.url + path)


def check_names_the_setting(error: BaseException) -> None:
    assert isinstance(error, Unavailable)
    assert error.key == "error.host_redirects"
    assert "`LYCEUM_OLLAMA__HOSTS`" in sentence(Notice(error.key, error.parameters), "en")


@pytest.mark.parametrize("status", STATUSES)
async def test_a_prompt_follows_no_redirect(
    lab: OllamaLab, backend: OllamaBackend, elsewhere: OllamaLab, status: int
) -> None:
    lab.next_chat(redirect(status, elsewhere, "/api/chat"))
    _, error = await ended(backend)

    check_names_the_setting(error)
    assert elsewhere.requests == []


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("path", ["/api/tags", "/api/ps"])
async def test_the_list_of_models_follows_no_redirect(
    lab: OllamaLab, backend: OllamaBackend, elsewhere: OllamaLab, path: str, status: int
) -> None:
    lab.next_reply(path, redirect(status, elsewhere, path))
    with pytest.raises(Unavailable) as caught:
        await backend.models()

    check_names_the_setting(caught.value)
    assert elsewhere.requests == []


@pytest.mark.parametrize("status", STATUSES)
async def test_a_text_to_embed_follows_no_redirect(lab: OllamaLab, elsewhere: OllamaLab, status: int) -> None:
    lab.next_reply("/api/embed", redirect(status, elsewhere, "/api/embed"))
    embedder = OllamaEmbedder(host=lab.url, model="all-minilm")
    with pytest.raises(Unavailable) as caught:
        await embedder.questions(["tides"])
    await embedder.close()

    check_names_the_setting(caught.value)
    assert elsewhere.requests == []


async def test_a_start_says_that_the_host_redirects(lab: OllamaLab, elsewhere: OllamaLab) -> None:
    lab.next_reply("/api/tags", redirect(301, elsewhere, "/api/tags"))
    chosen_backend = await choose_backend(Settings(ollama=OllamaSettings(hosts=(lab.url,))))
    await chosen_backend.backend.close()

    assert chosen_backend.statement == Notice("host.redirects", {"host": lab.url})
    assert not chosen_backend.answers
