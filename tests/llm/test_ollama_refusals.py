"""Who refuses, and why: each status of a host, with and without Ollama's shape, is told as what it is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Notice
from bot.errors import ModelMissing, ModelUnfit, PromptTooLong, Transient, Unavailable, UserError
from bot.i18n import sentence, sentences
from bot.llm.ollama import OllamaBackend
from bot.runtime.backends import choose_backend
from bot.settings.host_settings import OllamaSettings
from bot.settings.schema import Settings
from tests.lab.ollama import (
    BUSY,
    CLOUD_IS_OFF,
    NO_SUBSCRIPTION,
    NOT_PAID,
    NOT_SIGNED_IN,
    OUT_OF_MEMORY,
    RETIRED,
    TOO_LARGE,
    LabModel,
    OllamaLab,
    Reply,
)
from tests.llm.ollama_talk import REQUEST, ended, events, text_of

ROOT = Path(__file__).parents[1]
TESTS = [*(ROOT / "llm").glob("test_*.py"), *(ROOT / "engine").glob("test_*.py")]
CRASHED = Reply(500, "llama runner process has terminated: signal: killed")
REMOTE = LabModel(name="old-owl:cloud", size=319, remote_host="https://models.example:443", remote_model="old-owl")
WORDS = {
    "error.model_key": ("key", "מפתח"),
    "error.model_plan": ("pay", "משלם"),
    "error.model_forbidden": ("allow", "אסור"),
    "error.model_retired": ("retired", "יצא משימוש"),
    "error.request_too_large": ("larger", "גדולה"),
    "error.host_busy": ("no more requests", "אינו מקבל כרגע"),
    "error.host_failed": ("failed", "נכשל"),
    "error.host_refuses": ("let me in", "להיכנס"),
    "error.host_gateway": ("proxy", "פרוקסי"),
}
# What none but its own cause may be told: a word for each.
OTHERS = {
    "error.model_key": ("memory", "anew", "proxy", "plan"),
    "error.model_plan": ("memory", "anew", "proxy", "key"),
    "error.model_retired": ("memory", "anew", "proxy", "key", "plan"),
    "error.host_busy": ("memory", "anew", "started", "key", "plan"),
    "error.host_failed": ("memory", "large", "small", "key", "plan"),
    "error.host_gateway": ("memory", "key", "plan", "busy"),
}


def overflow(**numbers: object) -> Reply:
    return Reply(400, json.dumps({"error": {"code": 400, "type": "exceed_context_size_error", **numbers}}))


def page(status: int) -> Reply:
    return Reply(status, body=f"<html><h1>{status}</h1></html>", content_type="text/html")


@pytest.mark.parametrize(
    ("reply", "key", "kind"),
    [
        (NOT_SIGNED_IN, "error.model_key", UserError),
        (NOT_PAID, "error.model_plan", UserError),
        (NO_SUBSCRIPTION, "error.model_forbidden", UserError),
        (CLOUD_IS_OFF, "error.model_forbidden", UserError),
        (RETIRED, "error.model_retired", UserError),
        (TOO_LARGE, "error.request_too_large", PromptTooLong),
        (Reply(404, "model 'smollm2:135m' not found"), "error.model_missing", ModelMissing),
        (overflow(n_prompt_tokens=1780, n_ctx=1024), "error.prompt_too_long", PromptTooLong),
        (overflow(), "error.prompt_too_long_uncounted", PromptTooLong),
        (overflow(n_prompt_tokens=7, n_ctx=1024), "error.prompt_too_long_uncounted", PromptTooLong),
        (overflow(n_prompt_tokens="many", n_ctx=-1), "error.prompt_too_long_uncounted", PromptTooLong),
        (Reply(400, "the prompt is longer than the window"), "error.model_unfit", ModelUnfit),
        (page(413), "error.request_too_large", PromptTooLong),
        (Reply(409, "conflict"), "error.model_refused", UserError),
        (Reply(422, "unprocessable"), "error.model_refused", UserError),
        (BUSY, "error.host_busy", Transient),
        (page(503), "error.host_busy", Transient),
        (Reply(429, "too many requests"), "error.host_busy", Transient),
        (OUT_OF_MEMORY, "error.host_failed", Transient),
        (CRASHED, "error.host_failed", Transient),
        (Reply(502, "upstream closed"), "error.host_failed", Transient),
        (page(502), "error.host_gateway", Transient),
        (page(504), "error.host_gateway", Transient),
        (page(522), "error.host_gateway", Transient),
        (page(401), "error.host_refuses", Unavailable),
        (page(403), "error.host_refuses", Unavailable),
        (Reply(403, body=""), "error.host_refuses", Unavailable),
        (page(407), "error.host_refuses", Unavailable),
        (page(402), "error.host_odd", Unavailable),
        (page(410), "error.host_odd", Unavailable),
    ],
)
async def test_a_refused_chat_is_told_by_who_refuses_and_why(
    lab: OllamaLab, backend: OllamaBackend, reply: Reply, key: str, kind: type
) -> None:
    lab.next_chat(reply)
    text, error = await ended(backend)

    assert (text, error.key) == ("", key)
    assert isinstance(error, kind)
    for locale, word in zip(("en", "he"), WORDS.get(key, ("", "")), strict=True):
        assert word in sentence(Notice(error.key, error.parameters), locale)
    assert not [word for word in OTHERS.get(key, ()) if word in sentence(Notice(error.key, error.parameters), "en")]


@pytest.mark.parametrize("reply", [NOT_SIGNED_IN, NOT_PAID, NO_SUBSCRIPTION, RETIRED])
async def test_a_host_that_refuses_one_model_answers_with_the_others(
    lab: OllamaLab, backend: OllamaBackend, reply: Reply
) -> None:
    lab.install(REMOTE)
    lab.refuse_chats(REMOTE.name, reply)
    _, error = await ended(backend, replace(REQUEST, model=REMOTE.name))

    said = sentence(Notice(error.key, error.parameters), "en")
    assert f"`{REMOTE.name}`" in said
    assert lab.url not in said
    assert text_of(await events(backend))


@pytest.mark.parametrize(
    ("reply", "key", "kind"),
    [
        (NOT_SIGNED_IN, "error.host_refuses", Unavailable),
        (page(401), "error.host_refuses", Unavailable),
        (page(403), "error.host_refuses", Unavailable),
        (page(407), "error.host_refuses", Unavailable),
        (page(502), "error.host_gateway", Transient),
        (BUSY, "error.host_busy", Transient),
        (page(503), "error.host_busy", Transient),
        (Reply(500, "oops"), "error.host_erring", Transient),
        (Reply(402, "pay first"), "error.host_erring", Unavailable),
        (page(500), "error.host_odd", Unavailable),
    ],
)
@pytest.mark.parametrize("path", ["/api/tags", "/api/ps"])
async def test_a_refused_list_is_told_by_who_refuses_and_why(
    lab: OllamaLab, backend: OllamaBackend, path: str, reply: Reply, key: str, kind: type
) -> None:
    lab.next_reply(path, reply)
    with pytest.raises(Unavailable) as caught:
        await backend.models()

    assert (caught.value.key, type(caught.value)) == (key, kind)
    assert lab.url in sentence(Notice(key, caught.value.parameters), "en") or key == "error.host_busy"


async def test_cards_that_a_proxy_locks_are_the_hosts_matter(lab: OllamaLab, backend: OllamaBackend) -> None:
    for name in lab.models:
        lab.fail_card(name, page(403))
    with pytest.raises(Unavailable) as caught:
        await backend.models()

    assert caught.value.key == "error.host_refuses"


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        (page(401), "host.refuses"),
        (page(502), "host.gateway"),
        (BUSY, "host.busy"),
        (Reply(500, "oops"), "host.erring"),
        (page(200), "host.odd"),
    ],
)
async def test_a_start_says_why_the_host_is_not_to_be_had(lab: OllamaLab, reply: Reply, key: str) -> None:
    lab.next_reply("/api/tags", reply)
    chosen_backend = await choose_backend(Settings(ollama=OllamaSettings(hosts=(lab.url,))))
    await chosen_backend.backend.close()

    assert chosen_backend.statement.key == key
    assert lab.url in sentence(chosen_backend.statement, "he")
    assert not chosen_backend.answers


def test_every_sentence_on_a_hosts_or_models_cause_is_tried_with_its_cause() -> None:
    causes = {key for key in sentences("en") if re.match(r"error\.(host|model|models|prompt|request|stream)_", key)}
    tried = "".join(path.read_text(encoding="utf-8") for path in TESTS)

    assert {key for key in causes if f'"{key}"' not in tried} == set()
