"""Assistants at the console: a form is asked for line by line, and given up by a word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli_process import Lyceum
from tests.lab.ollama import OllamaLab, Say


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaLab]:
    async with OllamaLab() as lab:
        yield lab


@pytest.fixture
def lyceum(tmp_path: Path, ollama: OllamaLab) -> Lyceum:
    return Lyceum(tmp_path, {"OLLAMA__HOSTS": ollama.url, "MODEL__DEFAULT": "qwen2.5-coder:0.5b"})


async def test_questions_make_an_assistant_and_what_is_wrong_is_asked_again(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.next_chat(Say("Arr."))
    ollama.next_chat(Say("Arr again."))
    lines = ["/assistant create", "a@b", "Talk like a pirate.", "smollm2:135m", "", "Ahoy!", "Pirate"]
    lines += ["/assistant use Pirate", "hello", "hello again", "/model why", "/assistant list"]
    done = await lyceum("chat", said="\n".join([*lines, ""]).encode())

    assert "A name cannot have @" in done.out
    assert "Pirate is there now, yours alone." in done.out
    assert "**Pirate**\n\nAhoy!\n\nArr." in done.out
    assert "**Pirate**\n\nArr again." in done.out
    assert "with the assistant Pirate, for you here: smollm2:135m" in done.out
    assert "▶ Pirate · smollm2:135m · lessons: all" in done.out


async def test_a_form_is_given_up_and_nothing_is_changed(lyceum: Lyceum) -> None:
    done = await lyceum("chat", said=b"/assistant create\nPirate\n/cancel\n/assistant list\n")
    cut_off = await lyceum("chat", said=b"/assistant create\nPirate\n")

    assert "Nothing was changed." in done.out
    assert "There is no assistant here yet." in done.out
    assert cut_off.code == 0


async def test_an_edit_keeps_what_stands_there_and_empties_what_is_to_go(lyceum: Lyceum) -> None:
    lines = ["/assistant create Pirate: Talk like a pirate.", "/assistant edit Pirate", "Parrot", "", "", "-", "Hi!"]
    done = await lyceum("chat", said="\n".join([*lines, "/assistant show parrot", ""]).encode())

    assert "Name (such as Study Buddy) [Pirate]:" in done.out
    assert "Parrot is changed." in done.out
    assert "It is told: Talk like a pirate." in done.out
    assert "Greeting: Hi!" in done.out
