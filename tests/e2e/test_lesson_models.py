"""Every system of the lesson on open models, from being found to being compared, through the real doors.

The weights are the stand-in's; on a real server `tests/contracts/test_model_keepers.py` makes and removes models.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.catalogue.open_catalogue import OpenCatalogue
from bot.domain.open_models import OpenModel
from tests.e2e.doors import Doors, front_doors
from tests.lab.ollama import LabModel
from tests.lab.slack import Rates

CATALOGUE = OpenCatalogue()
# The rows of the lesson's table, by their ids in the catalogue; each has several sizes there.
ROWS = (
    "olmo-7b",
    "olmo-2-7b",
    "olmo-3-32b",
    "llama-2-7b",
    "elyza-japanese-llama-2-7b",
    "llama-pro-8b",
    "mistral-7b",
    "mixtral-8x7b",
    "biomistral-7b",
    "openmath-mistral-7b",
    "falcon-7b",
    "falcon-2-11b",
    "openassistant-falcon-40b",
    "gpt4all-falcon-7b",
)
OTHER = "smollm2:135m"
GB = 10**9
WITHIN_S = 60.0


@dataclass(frozen=True)
class Reader:
    """A person on one platform: what they call, and all that they read."""

    call: Callable[..., Awaitable[object]]
    ask: Callable[[str], Awaitable[object]]
    read: Callable[[], Sequence[str]]

    async def told(self, command: str, *words: str, **given: str) -> str:
        """Call a command, and wait until something new is read that holds all these words."""
        before = list(self.read())
        await self.call(command, **given)
        return await self._new(before, words)

    async def _new(self, before: Sequence[str], words: Sequence[str]) -> str:
        new: list[str] = []
        try:
            async with asyncio.timeout(WITHIN_S):
                while True:
                    new = [text for text in self.read() if text not in before]
                    if found := [text for text in new if all(word.lower() in text.lower() for word in words)]:
                        return found[0]
                    await asyncio.sleep(0.02)
        except TimeoutError as error:
            raise TimeoutError(f"{words} are not to be read in {new}") from error


def on_discord(doors: Doors) -> Reader:
    async def call(command: str, **given: str) -> object:
        return await doors.discord.slash(doors.channel_there, doors.ada_there, *command.split(), options=given)

    async def ask(text: str) -> object:
        return await doors.discord.say(doors.channel_there, doors.ada_there, text, mention=True)

    def read() -> list[str]:
        messages = doors.channel_there.messages.values()
        return [each.content for each in messages if each.author is doors.discord.bot and not each.deleted]

    return Reader(call, ask, read)


def on_slack(doors: Doors) -> Reader:
    async def call(command: str, **given: str) -> object:
        words = " ".join([*command.split()[1:], *given.values()])
        return await doors.slack.slash(doors.channel_here, doors.ada_here, f"/{command.split(maxsplit=1)[0]}", words)

    async def ask(text: str) -> object:
        return await doors.slack.say(doors.channel_here, doors.ada_here, text, mention=True)

    def read() -> list[str]:
        alone = doors.slack.private(doors.channel_here, doors.ada_here)
        return [each.shown for each in (*doors.slack.posts(doors.channel_here), *alone)]

    return Reader(call, ask, read)


def in_the_registry(model: OpenModel) -> LabModel:
    """Return a model as its registry has it: an installed one is known by its name and its parameters."""
    size = int((model.size_gb or 4) * GB)
    return LabModel(name=model.pull_name, size=size, family="llama", parameter_size=f"{model.parameters:g}B")


async def goes_all_the_way(doors: Doors, reader: Reader, model: OpenModel) -> None:
    """Have one model explained, pulled, found by what it is good for, used and compared."""
    name = model.pull_name
    await reader.told("model info", model.name, "open", name, name=name)
    await reader.told("model pull", "✅", name, name=name)
    # Of what chats there are more than a recommendation names.
    task = model.tasks[-1]
    await reader.told("model list" if task == "chat" else "model recommend", name, task=task)
    await reader.told("model use", "now answers", name, **{"name": name, "for": "channel"})
    question = f"who is {model.id}?"
    await reader.ask(question)
    await doors.ollama.until(lambda: name in asked_of(doors, question), timeout_s=WITHIN_S)
    compared = f"which is better, {model.id}?"
    await reader.told("model compare", "**A**", "**B**", first=name, second=OTHER, question=compared)

    assert asked_of(doors, compared) == {name, OTHER}


def asked_of(doors: Doors, question: str) -> set[str]:
    """Return the models that were asked this; what is listed as `:latest` is what was pulled without a tag."""
    chats = [chat.body for chat in doors.ollama.chats if question in str(chat.body["messages"])]
    return {str(body["model"]).removesuffix(":latest") for body in chats}


@pytest.mark.timeout(600)
async def test_every_system_of_the_lesson_is_found_explained_pulled_used_and_compared(tmp_path: Path) -> None:
    models = [model for row in ROWS if (model := CATALOGUE.find(row))]
    # One person calls faster than a channel bears.
    async with front_doors(tmp_path, rates=Rates(limits={})) as doors:
        doors.lyceum.variables["ACCESS__ADMINS"] = f"slack:{doors.ada_here.id}"
        doors.lyceum.variables["LIMITS__PERSON_MINUTE"] = "0"
        # The course that comes with the bot knows these models: here they are to answer themselves.
        doors.lyceum.variables["LESSONS__UNASKED"] = "no"
        doors.lyceum.variables["MODEL__DEFAULT"] = OTHER
        doors.ollama.models.clear()
        doors.ollama.install(LabModel(name=OTHER))
        doors.ollama.offer(*map(in_the_registry, models))
        async with doors.open():
            await doors.discord.until(lambda: any(doors.discord.core.commands.values()))
            readers = on_discord(doors), on_slack(doors)
            await asyncio.gather(
                *(one_after_the_other(doors, reader, models[at::2]) for at, reader in enumerate(readers))
            )

        assert len(models) == len(ROWS)
        assert all(doors.ollama.find(each.pull_name) for each in models)


async def one_after_the_other(doors: Doors, reader: Reader, models: Sequence[OpenModel]) -> None:
    for model in models:
        await goes_all_the_way(doors, reader, model)
