"""`lyceum probe` as its user meets it, and the settings that a model is asked with at the command line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.lessons.answers.probe_questions import probe_questions
from tests.cli_process import Lyceum
from tests.lab.ollama import OllamaLab
from tests.lab.ollama.cards import SMOLLM, THINKING
from tests.lab.ollama.script import LabChat, Say

QUESTIONS = probe_questions()[1]


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaLab]:
    async with OllamaLab() as lab:
        lab.answer = quoting
        yield lab


@pytest.fixture
def lyceum(tmp_path: Path, ollama: OllamaLab) -> Lyceum:
    return Lyceum(tmp_path, {"MODEL__EMBEDDED": "never", "OLLAMA__HOSTS": ollama.url})


def quoting(chat: LabChat) -> str:
    """Quote whole passages that hold a fact, in English only."""
    question = next(each for each in QUESTIONS if chat.last.endswith(each.text))
    if question.language != "en" or not question.tells:
        return "NO ANSWER"
    text = " ".join(passage.chunk.text for passage in question.passages)
    told = [each for each in text.split(". ") if any(way in each for fact in question.tells for way in fact)]
    return ". ".join(each for each in told if not any(wrong in each for wrong in question.forbids)) + "."


async def test_a_model_is_asked_sixty_questions_and_what_it_earned_is_told_and_kept(lyceum: Lyceum) -> None:
    model = SMOLLM.full_name
    done = await lyceum("probe", model)
    shown = await lyceum("chat", said=f"/model info {model}\n".encode())
    english, hebrew = (next(each for each in done.out.splitlines() if each.startswith(tag)) for tag in ("en:", "he:"))

    assert done.code == 0
    assert f"{model}: 60 questions asked." in done.out
    assert english.endswith(": words answers")
    assert "6 of 6 refused wrongly" in hebrew
    assert "it words answers in en; in ar, de, es, he, zh the lessons are quoted" in shown.out


async def test_as_json_all_counts_are_told(lyceum: Lyceum, ollama: OllamaLab) -> None:
    model = SMOLLM.full_name
    done = await lyceum.with_(OLLAMA__HOSTS="http://127.0.0.1:9")("probe", model, "--host", ollama.url, "--json")
    told = json.loads(done.out)

    assert (told["model"], told["digest"]) == (model, ollama.models[model].digest)
    assert told["server"]
    assert told["languages"]["en"]["words"]
    assert (told["languages"]["he"]["words"], told["languages"]["he"]["refused"]) == (False, 6)


async def test_a_model_that_is_not_there_is_told(lyceum: Lyceum) -> None:
    done = await lyceum("probe", "nothere")

    assert (done.code, done.out) == (1, "")
    assert "nothere" in done.err


async def test_a_thinking_model_is_told_not_to_think_and_one_that_only_thinks_is_named(
    lyceum: Lyceum, ollama: OllamaLab
) -> None:
    ollama.answer = lambda _: Say(text="")
    served = lyceum.with_(MODEL__CONTEXT_TOKENS="2048", MODEL__ANSWER_TOKENS="200")
    done = await served("ask", "Which licence has Mistral 7B?", "--model", THINKING.name)
    chat = json.loads(json.dumps(ollama.chats[0].body))

    assert (chat["think"], chat["options"]["num_ctx"]) == (False, 2048)
    assert f"{THINKING.full_name} said nothing" in done.out
    assert "Apache" in done.out
