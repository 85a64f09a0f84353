"""Two hundred people at once, each with a canary word: no conversation ever learns a word of another.

One real process of `lyceum run` answers Discord and Slack; the prompts are read off the stand-in for Ollama, which
repeats every canary it is shown, so that a word that leaks once goes on leaking.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cli_process import Lyceum, read_until
from tests.e2e.crowd import CANARY, PLACE, Crowd, Person, gather_crowd
from tests.e2e.stored import KINDS, Stored, StoredInFile, rows_that_hold
from tests.lab.discord import DiscordLab
from tests.lab.ollama import LabModel, OllamaLab
from tests.lab.slack import Rates, SlackLab

# Two hundred people cost 20 s of processor time a round; beside other work that takes several times as long.
pytestmark = [pytest.mark.timeout(400), pytest.mark.asyncio(loop_scope="module")]

PEOPLE = 200
PARALLEL = 16
FAST = 1_000_000


@dataclass(frozen=True)
class Prompt:
    """What one chat let the model read: the places its messages come from, and the canaries in them."""

    places: frozenset[str]
    canaries: frozenset[str]


@dataclass
class Town:
    """The crowd, the model host and the bot's database; `at_home` are the answers where each told their canary."""

    crowd: Crowd
    ollama: OllamaLab
    stored: Stored
    at_home: dict[int, str] = field(default_factory=dict)

    def prompts(self, *, since: int = 0) -> list[Prompt]:
        """Return what models were asked, oldest first, without the first `since`."""
        texts = [str(chat.body["messages"]) for chat in self.ollama.chats[since:]]
        return [Prompt(frozenset(PLACE.findall(text)), frozenset(CANARY.findall(text))) for text in texts]

    async def everybody(self, people: Sequence[Person], deed: str, *arguments: str) -> dict[int, str]:
        """Let all of them do the same at once; return the answer each got, by the person's number."""
        said = await asyncio.gather(*(getattr(person, deed)(*arguments) for person in people))
        answers = await self.crowd.answers(said)
        return {person.number: answer for person, answer in zip(people, answers, strict=True)}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=KINDS)
async def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """Let everybody tell their canary and ask for it, once for all tests on a kind of database."""
    folder = tmp_path_factory.mktemp("town")
    async with KINDS[request.param](folder) as stored, inhabited(folder, stored) as town:
        await town.everybody(town.crowd.people, "plant")
        town.at_home = await town.everybody(town.crowd.people, "ask", "first")
        yield town


@asynccontextmanager
async def inhabited(folder: Path, stored: Stored) -> AsyncIterator[Town]:
    """Let the crowd in and run the bot; it must end in order, and have met no error."""
    model = LabModel(name="falcon:7b")
    async with OllamaLab([model], parallel=PARALLEL) as ollama, discord() as there, slack() as here:
        lyceum = Lyceum(
            folder,
            stored.settings
            | {
                "OLLAMA__HOSTS": ollama.url,
                "MODEL__PARALLEL": str(PARALLEL),
                "MODEL__QUEUE_LIMIT": str(2 * PEOPLE),
                "LOG__LEVEL": "error",
                "DISCORD__TOKEN": there.token,
                "DISCORD__API_URL": there.api_url,
                "DISCORD__GATEWAY_URL": there.gateway_url,
                "SLACK__BOT_TOKEN": here.bot_token,
                "SLACK__APP_TOKEN": here.app_token,
                "SLACK__API_URL": here.api_url,
            },
        )
        crowd = gather_crowd(there, here)
        async with lyceum.running("run") as process:
            await read_until(process.stdout, "Discord is connected")
            await here.socket.connected()
            yield Town(crowd, ollama, stored)
            process.terminate()
            async with asyncio.timeout(20):
                _, errors = await process.communicate()
        assert (process.returncode, errors.decode()) == (0, "")


@asynccontextmanager
async def discord() -> AsyncIterator[DiscordLab]:
    """Open a Discord that limits no rates: this is about words, not about speed."""
    async with DiscordLab(validate=False) as lab:
        for route in ("POST /channels/{channel_id}/messages", "PATCH /channels/{channel_id}/messages/{message_id}"):
            lab.rate_limits.set(route, FAST, 1.0)
        lab.rate_limits.global_per_s = FAST
        yield lab


@asynccontextmanager
async def slack() -> AsyncIterator[SlackLab]:
    """Open a Slack that limits no rates."""
    async with SlackLab(validate=False, rates=Rates(limits={})) as lab:
        yield lab


async def test_a_file_holds_nothing_of_what_was_taken_back_even_where_no_row_does(tmp_path: Path) -> None:
    stored = StoredInFile(tmp_path / "lyceum.db")
    async with inhabited(tmp_path, stored) as town:
        leaving = town.crowd.first_of_each_place
        await town.everybody(leaving, "plant")
        told = stored.bytes()
        await town.everybody(leaving, "forget")
    left = stored.bytes()

    assert [person.number for person in leaving if person.canary.encode() not in told] == []
    assert [person.number for person in leaving if person.canary.encode() in left] == []


async def test_nobody_reads_a_word_of_another_conversation(town: Town) -> None:
    people, own = town.crowd.people, town.crowd.places
    alone = await town.everybody([person for person in people if person.alone], "ask_alone")
    prompts = town.prompts()

    assert len(people) == PEOPLE
    assert [prompt for prompt in prompts if len(prompt.places) != 1] == []
    assert [prompt for prompt in prompts if not prompt.canaries <= own[next(iter(prompt.places))]] == []
    assert [person.number for person in people if person.canary not in town.at_home[person.number]] == []
    assert [number for number, answer in alone.items() if CANARY.search(answer)] == []


async def test_what_a_person_takes_back_is_in_no_later_prompt_and_no_row(town: Town) -> None:
    people, leaving = town.crowd.people, town.crowd.first_of_each_place
    staying = [person for person in people if person not in leaving]
    gone = frozenset(person.canary for person in leaving)
    before = await rows_that_hold(town.stored, gone)
    await town.everybody(leaving, "forget")
    after, asked = await rows_that_hold(town.stored, gone), len(town.ollama.chats)
    answers = await town.everybody(people, "ask", "second")
    at_the_end = await rows_that_hold(town.stored, gone)

    assert len(before) >= len(leaving)
    assert after == []
    assert [prompt.canaries & gone for prompt in town.prompts(since=asked) if prompt.canaries & gone] == []
    assert at_the_end == []
    assert [person.number for person in staying if person.canary not in answers[person.number]] == []
