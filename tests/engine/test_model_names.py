"""Names of models and hosts, as they are typed and completed."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from bot.catalogue.open_catalogue import OpenCatalogue
from bot.domain import CommandCall, ModelCard
from bot.engine.command_parsing import parse_mention, parse_slash
from bot.engine.commands import CHANGES_MODELS
from bot.engine.model_names import nearest_of, to_pull_name, to_team_name
from bot.engine.questions import shown_words
from bot.errors import UserError
from bot.llm.host_words import told_by
from tests.engine.talk import BOSS, DANA, ROOM, Talk
from tests.fakes import FakeBackend, card

MANY = 500


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("OLMo2:7B", "olmo2:7b"),
        (" `llama3.2` ", "llama3.2"),
        ("cniongolo/biomistral", "cniongolo/biomistral"),
        ("https://ollama.com/library/mistral:7b", "mistral:7b"),
        ("registry.ollama.ai/library/mistral", "mistral"),
        ("https://huggingface.co/QuantFactory/BioMistral-7B-GGUF", "hf.co/QuantFactory/BioMistral-7B-GGUF"),
        ("hf.co/QuantFactory/BioMistral-7B-GGUF:Q4_K_M", "hf.co/QuantFactory/BioMistral-7B-GGUF:Q4_K_M"),
        ("models.example:5000/team/m:v1", "models.example:5000/team/m:v1"),
    ],
)
def test_a_name_is_read_as_a_host_knows_it(typed: str, name: str) -> None:
    assert to_pull_name(typed, registries=("models.example:5000",)) == name


@pytest.mark.parametrize(
    "typed",
    ["", "a b", "../x", "/x", "x:", "a/b/c/d", "hf.co/x", "hf.co", "x" * 400, "a\u202eb!", "http://10.0.0.1/x", "שלום"],
)  # fmt: skip
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(UserError):
        to_pull_name(typed)


def test_another_registry_has_to_be_allowed() -> None:
    with pytest.raises(UserError) as refused:
        to_pull_name("evil.example/team/m")

    assert refused.value.key == "error.pull_registry"


@pytest.mark.parametrize("typed", ["tutor", "Tutor:V2", "our_helper.2"])
def test_a_team_name_is_small_and_plain(typed: str) -> None:
    assert to_team_name(typed) == typed.lower()


def test_the_nearest_name_is_another_one() -> None:
    assert nearest_of("olmo2:7bb", ["olmo2:7b", "olmo2:13b"]) == "olmo2:7b"
    assert nearest_of("zzz", ["olmo2:7b"]) == ""


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("pull olmo2:7b", {"name": "olmo2:7b"}),
        ("pull olmo2:7b on gpu1", {"name": "olmo2:7b", "on": "gpu1"}),
        ("pull on gpu1 olmo2:7b", {"name": "olmo2:7b", "on": "gpu1"}),
        ("pull olmo2:7b on:gpu1:8080", {"name": "olmo2:7b", "on": "gpu1:8080"}),
        ("import tutor.gguf as tutor", {"source": "tutor.gguf", "as": "tutor"}),
        (
            "import lora.gguf as tuned base smollm2:135m replace yes",
            {"source": "lora.gguf", "as": "tuned", "base": "smollm2:135m", "replace": "yes"},
        ),
    ],
)
def test_options_are_typed_behind_their_names(text: str, arguments: dict[str, str]) -> None:
    assert parse_slash("model", text)[1] == arguments
    said = parse_mention(f"model {text}")

    assert said is not None
    assert said[1] == arguments


@pytest.mark.parametrize("text", ["pull", "import tutor.gguf", "remove", "pull a b c", "import as tutor"])
def test_what_is_typed_wrong_is_told_how_it_is_typed(text: str) -> None:
    with pytest.raises(UserError):
        parse_slash("model", text)


def test_others_are_shown_a_call_as_it_is_typed() -> None:
    given = {"source": "tutor.gguf", "as": "tutor", "on": "gpu1"}
    call = CommandCall(event_id="1", address=ROOM, person=BOSS, command="model import", arguments=given)

    assert shown_words(call) == "/model import tutor.gguf as tutor on gpu1"


class CountedBackend(FakeBackend):
    """A host that counts how often it is asked for its models."""

    asked = 0

    async def models(self) -> Sequence[ModelCard]:
        self.asked += 1
        return await super().models()


async def test_completion_asks_no_host_and_stays_quick_with_many_models() -> None:
    few, asked_of_few = await completed(5)
    many, asked_of_many = await completed(MANY)

    assert (asked_of_few, asked_of_many) == (0, 0)
    # A hundred times the models: a look at each is a matter of microseconds, not of a request.
    assert many < max(few, 0.001) * MANY


async def completed(count: int) -> tuple[float, int]:
    """Complete the name in each command that takes one; return the seconds, and how often the host was asked."""
    backend = CountedBackend(*(card(f"model-{number}:7b") for number in range(count)))
    talk = Talk(catalogue=OpenCatalogue(), host=backend)
    await talk.engine.catalog.refresh()
    backend.asked, began = 0, time.perf_counter()
    for command in ("model use", "model pull", "model remove"):
        found = await talk.engine.suggest(command, "name", "model-", person=DANA, address=ROOM)
        assert 0 < len(found) <= 25
    return time.perf_counter() - began, backend.asked


def test_commands_that_change_models_are_known_by_name() -> None:
    assert {"model pull", "model remove", "model import", "remove"} == CHANGES_MODELS


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("pull model manifest: file does not exist", "pull model manifest: file does not exist"),
        ('Get "https://r2.example/a?X-Amz-Signature=abc": dial tcp: timeout', 'Get "…": dial tcp: timeout'),
        ("line\none `tick`", "line one 'tick'"),
        (f"token {'a1' * 30} end", "token … end"),
        ("x " * 400, f"{('x ' * 400)[:199]}…"),
        (None, "…"),
        ({"error": 1}, "…"),
    ],
)  # fmt: skip
def test_a_hosts_words_are_told_without_addresses_and_secrets(words: object, told: str) -> None:
    assert told_by(words) == told
