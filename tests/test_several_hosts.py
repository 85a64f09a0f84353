"""Several model hosts from the settings to what people read: the list, an answer, health and the doctor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.domain import Notice
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.i18n import sentence
from bot.llm.pool import Pool
from bot.observe.health import Health, as_json
from bot.runtime.backends import choose_backend
from bot.runtime.checks.model_checks import check_models
from bot.settings import Settings
from bot.settings.host_settings import OllamaSettings
from bot.settings.model_settings import ModelSettings
from tests.clocks import SetClock
from tests.engine.talk import Talk
from tests.fakes import FakeBackend, Speech, card
from tests.lab.ollama import OllamaLab


@pytest.fixture
async def labs() -> AsyncIterator[list[OllamaLab]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(OllamaLab(parallel=2)) for _ in range(2)]


def over(labs: list[OllamaLab], *slots: str) -> Settings:
    hosts = OllamaSettings(hosts=tuple(lab.url for lab in labs), slots=slots)
    return Settings(ollama=hosts, model=ModelSettings(default="smollm2:135m"))


async def test_the_start_says_which_hosts_there_are(labs: list[OllamaLab]) -> None:
    chosen = await choose_backend(over(labs, "3", "2"))
    rooms = {room.host: room.slots for room in chosen.rooms()}
    await chosen.backend.close()

    assert chosen.statement == Notice("host.answers", {"host": f"{labs[0].url}, {labs[1].url}", "count": 3})
    assert rooms == {labs[0].url: 3, labs[1].url: 2}


async def test_the_start_goes_on_without_a_host_and_says_so(labs: list[OllamaLab]) -> None:
    await labs[0].stop()
    chosen = await choose_backend(over(labs))
    await chosen.backend.close()

    assert chosen.answers
    assert f"do not answer, and are tried again and again: `{labs[0].url}`" in sentence(chosen.statement, "en")
    assert labs[0].url in sentence(chosen.statement, "he")


async def test_the_doctor_names_the_host_that_is_missing_and_looks_at_the_others(labs: list[OllamaLab]) -> None:
    await labs[0].stop()
    found = await check_models(over(labs), SetClock())
    problems = [result for result in found if not result.is_well]

    assert [result.notice.parameters["host"] for result in problems] == [labs[0].url]
    assert any(result.notice.parameters.get("version") for result in found)


async def test_the_doctor_finds_nothing_wrong_with_two_hosts(labs: list[OllamaLab]) -> None:
    found = await check_models(over(labs), SetClock())
    versions = [result.notice for result in found if result.area == "models.version"]

    assert all(result.is_well for result in found)
    assert {str(notice.parameters["host"]) for notice in versions} == {lab.url for lab in labs}


async def test_health_names_each_host_and_is_not_well_without_one(labs: list[OllamaLab]) -> None:
    await labs[0].stop()
    chosen = await choose_backend(over(labs))
    assert chosen.pool

    async def well() -> None:
        return

    health = Health(model_host=chosen.backend.models, database=well, hosts=chosen.pool.standings, clock=SetClock())
    told = as_json(await health.look())
    await chosen.backend.close()

    assert told["model_hosts"] == {labs[0].url: "error.host_unreachable", labs[1].url: None}
    assert told["well"] is False


def pooled(talk: Talk, *backends: FakeBackend, slots: int = 1) -> Pool:
    """Let a talk be answered by several hosts."""
    pool = Pool([(backend, slots) for backend in backends])
    talk.engine = Engine(
        turns=talk.turns,
        history=talk.history,
        answers=talk.answers,
        choices=talk.choices,
        backend=pool,
        access=Access(),
        answer_policy=AnswerPolicy(parallel=pool.slots),
        rooms=pool.rooms,
        worker="pooled",
    )
    return pool


async def test_the_list_says_where_a_model_is() -> None:
    talk = Talk()
    one, two = (FakeBackend(card("olmo2:7b"), host=f"http://gpu{number}:11434") for number in (1, 2))
    two.install(card("falcon:7b"))
    pool = pooled(talk, one, two)
    heard = await talk.command("model list")
    await pool.close()
    rows = [sentence(part, "en") for part in heard.of(Notice) if "olmo2" in str(part.parameters.get("model"))]
    other = [sentence(part, "en") for part in heard.of(Notice) if "falcon" in str(part.parameters.get("model"))]

    assert any("on gpu1, gpu2" in row for row in rows)
    assert any("on gpu2" in row and "gpu1" not in row for row in other)


async def test_words_of_a_lost_host_are_taken_back_and_said_anew_in_the_same_reply() -> None:
    from bot.domain import Withdrawal
    from bot.errors import Transient

    talk = Talk()
    one, two = (FakeBackend(card("olmo2:7b"), host=name) for name in ("one", "two"))
    pool = pooled(talk, one, two)
    await pool.models()
    one.say(Speech("One two three", error=Transient("error.stream_broken"), after=2))
    two.say("One two three.")
    heard = await talk.say("count")
    await pool.close()

    assert heard.of(Withdrawal)
    assert heard.text.endswith("One two three.")
    (kept,) = talk.store.turns.values()
    assert kept.answer is not None
    assert kept.answer.text == "One two three."
    assert talk.store.read_by[kept.turn.conversation_id][0] == "two"


async def test_a_conversation_stays_with_its_host() -> None:
    talk = Talk()
    one, two = (FakeBackend(card("olmo2:7b"), host=name) for name in ("one", "two"))
    pool = pooled(talk, one, two, slots=2)
    for number in range(4):
        await talk.say(f"Question {number}")
    await pool.close()

    assert (len(one.requests), len(two.requests)) == (4, 0)
