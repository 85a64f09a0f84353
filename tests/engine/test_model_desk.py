from __future__ import annotations

import pytest

from bot.catalogue.open_catalogue import OpenCatalogue
from bot.domain import Notice
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.command_parsing import parse_slash
from bot.errors import UserError
from bot.i18n import LOCALES, sentence
from tests.engine.talk import DANA, ROOM, Heard, Talk
from tests.fakes import FakeBackend, card

CATALOGUE = OpenCatalogue()
# Two screens of a phone: some 40 characters a line, 40 lines a screen.
TWO_SCREENS = 3_200


def said(answer: Heard, locale: str = "en") -> str:
    return "\n".join(sentence(notice, locale) for notice in answer.of(Notice))


def talk_with(*cards: object, memory_gb: float = 0) -> Talk:
    talk = Talk(catalogue=CATALOGUE, answer_policy=AnswerPolicy(memory_gb=memory_gb))
    if cards:
        talk.backend = FakeBackend(*cards)  # type: ignore[arg-type]
        talk.engine = talk.another_process("first")
    return talk


async def test_the_card_of_an_installed_model_says_how_open_it_is_and_by_whom() -> None:
    text = said(await talk_with().command("model info", name="mistral:7b"))

    assert "Mistral 7B Instruct" in text
    assert "❌ training data" in text
    assert "◐ full weights" in text
    assert "❔ training metrics" in text
    assert "Installed here as `mistral:7b`" in text
    assert "Mixtral 8x7B Instruct" in text
    assert "osai-index.eu" in text
    assert "2024-10-17" in text


async def test_the_card_of_a_model_that_is_not_installed_says_how_to_get_it() -> None:
    text = said(await talk_with().command("model info", name="BioMistral"))

    assert "ollama pull cniongolo/biomistral" in text


async def test_a_model_that_is_installed_under_another_name_is_told_by_that_name() -> None:
    talk = talk_with(card("llama3.2:3b-instruct-q8_0", parameters="3.2B"))

    text = said(await talk.command("model info", name="llama3.2"))

    assert "Installed here as `llama3.2:3b-instruct-q8_0`" in text


async def test_a_model_the_catalogue_does_not_know_shows_what_the_host_says() -> None:
    talk = talk_with(card("our-helper", parameters="8.0B"))

    answer = await talk.command("model info", name="our-helper")

    assert "model.info.not_in_catalogue" in answer.notices
    assert "8.0B" in said(answer)


async def test_a_name_nobody_knows_is_told_with_what_to_do() -> None:
    with pytest.raises(UserError) as refused:
        await talk_with().command("model info", name="nosuch:1b")

    assert refused.value.key == "error.model_not_known"


@pytest.mark.parametrize("model", CATALOGUE.facts.models, ids=lambda model: model.id)
@pytest.mark.parametrize("locale", LOCALES)
async def test_every_card_fits_two_screens(model: object, locale: str) -> None:
    answer = await talk_with().command("model info", name=getattr(model, "id", ""))

    shown = "\n".join(sentence(part, locale) for part in answer.of(Notice) if part.key != "model.info.sources")
    assert len(shown) <= TWO_SCREENS


async def test_recommendations_name_what_is_installed_first_and_what_fits() -> None:
    talk = talk_with(card("llama3.2", parameters="3.2B"), memory_gb=8)

    text = said(await talk.command("model recommend", task="chat"))
    rows = [line for line in text.splitlines() if line.startswith("•")]

    assert rows[0].startswith("• **`llama3.2`** installed")
    assert all("installed" in row or "can be pulled" in row for row in rows)
    assert "671b" not in text
    assert 2 <= len(rows) <= 5


async def test_recommendations_for_a_language_name_those_first_that_know_it() -> None:
    talk = talk_with(card("llama3.2", parameters="3.2B"), memory_gb=16)

    rows = list(said(await talk.command("model recommend", task="chat", language="he")).splitlines())

    assert "knows he" in rows[1]
    assert not any("llama3.2" in row for row in rows[1:2])


async def test_a_task_no_model_is_for_is_told() -> None:
    talk = talk_with(card("llama3.2", parameters="3.2B"), memory_gb=1)

    with pytest.raises(UserError) as refused:
        await talk.command("model recommend", task="medicine")

    assert refused.value.key == "error.nothing_to_recommend"


async def test_the_list_is_narrowed_by_task_language_and_memory() -> None:
    small = card("llama3.2:1b", parameters="1.2B")
    talk = talk_with(small, card("qwen3:8b", parameters="8.2B"), card("gpt-oss:20b", parameters="20.9B"), memory_gb=8)

    reasoning = said(await talk.command("model list", task="reasoning"))
    hebrew = said(await talk.command("model list", language="he"))
    nothing = await talk.command("model list", task="medicine")

    assert "qwen3:8b" in reasoning
    assert "gpt-oss:20b" in reasoning
    assert "llama3.2:1b" not in reasoning
    assert "qwen3:8b" in hebrew
    assert "llama3.2:1b" not in hebrew
    assert "model.list.none_suits" in nothing.notices


@pytest.mark.parametrize(
    ("typed", "arguments"),
    [
        ("list", {}),
        ("list code", {"task": "code"}),
        ("list task:code", {"task": "code"}),
        ("list language:he", {"language": "he"}),
        ("list code he", {"task": "code", "language": "he"}),
        ("list fits:yes", {"fits": "yes"}),
        ("list CODE fits:YES", {"task": "code", "fits": "yes"}),
        ("list task:code language:he fits:yes", {"task": "code", "language": "he", "fits": "yes"}),
    ],
)
def test_options_are_typed_by_place_or_by_name(typed: str, arguments: dict[str, str]) -> None:
    assert parse_slash("model", typed) == ("model list", arguments)


def test_a_models_own_colon_is_no_option() -> None:
    assert parse_slash("model", "info llama3.2:1b") == ("model info", {"name": "llama3.2:1b"})
    assert parse_slash("model", "info name:1b") == ("model info", {"name": "1b"})


async def test_names_are_completed_from_the_catalogue_too() -> None:
    talk = talk_with()

    names = await talk.engine.suggest("model info", "name", "gemma3", person=DANA, address=ROOM)

    assert set(names) >= {"gemma3", "gemma3:1b", "gemma3:12b", "gemma3:27b"}
