"""Whatever goes wrong while a turn is closed: its place is given up, its words are kept, and the talk goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain import Completion, FinishReason, QueueState, StoredAnswer, Turn, TurnState
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.storage.answer_store import SqlAnswers
from bot.storage.choice_store import SqlChoices
from bot.storage.database.open_database import open_database
from bot.storage.history_store import SqlHistory
from bot.storage.turns.turn_store import SqlTurns
from tests.engine.talk import Talk, accepted, heard
from tests.fakes import FakeBackend, card
from tests.memory import FakeTurns

WITHIN_S = 5.0
NOTHING: dict[str, Any] = {"prompt_tokens": 0, "answer_tokens": 0, "load_s": 0.0, "answer_s": 0.0}
ODD: dict[str, Any] = {
    "2 to the 63rd": 2**63,
    "of 400 digits": 10**400,
    "negative": -1,
    "very negative": -(10**400),
    "no number": float("nan"),
    "endless": float("inf"),
    "endless below": float("-inf"),
}


@pytest.mark.parametrize("figure", ODD.values(), ids=ODD)
@pytest.mark.parametrize("name", NOTHING)
def test_a_figure_nobody_can_have_measured_says_nothing(name: str, figure: Any) -> None:
    completion = Completion(reason=FinishReason.STOP, model="m", **{name: figure})

    assert {each: getattr(completion, each) for each in NOTHING} == NOTHING
    if "tokens" in name:
        assert getattr(StoredAnswer(TurnState.ANSWERED, "text", **{name: figure}), name) == 0


@pytest.mark.parametrize("figure", ODD.values(), ids=ODD)
async def test_a_host_that_tells_odd_figures_is_answered_from_and_the_talk_goes_on(tmp_path: Path, figure: Any) -> None:
    talk = Talk()
    backend = FakeBackend(card("falcon:7b"))
    async with await open_database(tmp_path / "lyceum.db") as database:
        history = SqlHistory(database)
        engine = Engine(
            turns=SqlTurns(database),
            history=history,
            answers=SqlAnswers(database),
            choices=SqlChoices(database),
            backend=OddBackend(backend, figure),
            access=Access(),
            answer_policy=AnswerPolicy(parallel=1),
        )
        texts: list[str] = []
        turns: list[Turn] = []
        async with asyncio.timeout(WITHIN_S):
            for words in ("Hi", "And now?"):
                turn = await accepted(engine, talk.message(words))
                assert turn is not None
                turns.append(turn)
                texts.append((await heard(engine.reply(turn))).text)
        kept = await history.recent(turns[0].conversation_id, before_turn=99)

    assert all(texts)
    assert [message.text for message in kept] == ["Hi", texts[0], "And now?", texts[1]]


class OddBackend(FakeBackend):
    """Tells one odd figure wherever it tells one."""

    def __init__(self, backend: FakeBackend, figure: Any) -> None:
        super().__init__(*backend.cards.values())
        self._figure = figure

    async def chat(self, request: Any) -> Any:
        async for event in super().chat(request):
            yield replace(event, **dict.fromkeys(NOTHING, self._figure)) if isinstance(event, Completion) else event


class TurnsThatFail(FakeTurns):
    """Fails so many times as no store should, in what is named."""

    name = ""
    times = 0

    def _fail(self, name: str) -> None:
        if self.times and name == self.name:
            self.times -= 1
            raise OverflowError(name)

    async def finish(self, turn_id: int, answer: StoredAnswer, *, worker: str) -> bool:
        self._fail("finish")
        return await super().finish(turn_id, answer, worker=worker)

    async def look(self, worker: str) -> QueueState:
        self._fail("look")
        return await super().look(worker)


@pytest.fixture
def failing() -> Callable[[str, int], Talk]:
    """Make a conversation whose store fails in this, so many times. One turn runs at a time."""

    def make(name: str, times: int) -> Talk:
        talk = Talk(answer_policy=AnswerPolicy(parallel=1))
        turns = talk.turns = TurnsThatFail(talk.store)
        turns.name, turns.times = name, times
        talk.engine = talk.another_process("failing")
        return talk

    return make


async def test_an_answer_that_cannot_be_stored_as_it_is_is_stored_by_its_words(
    failing: Callable[[str, int], Talk],
) -> None:
    talk = failing("finish", 1)
    async with asyncio.timeout(WITHIN_S):
        with pytest.raises(OverflowError):
            await talk.say("Hi")
        later = await talk.say("And now?")

    assert later.text
    assert talk.store.turns[1].state is TurnState.ANSWERED
    assert talk.store.turns[1].answer is not None


async def test_a_turn_that_cannot_be_closed_is_found_again_and_everybody_else_is_answered(
    failing: Callable[[str, int], Talk],
) -> None:
    talk = failing("finish", 2)
    async with asyncio.timeout(WITHIN_S):
        with pytest.raises(OverflowError):
            await talk.say("Hi")
        await talk.engine.adopt("lab")
        (found,) = await talk.engine.adopt("lab")
        answer = await heard(talk.engine.reply(found))
        later = await talk.say("And now?")

    assert answer.text
    assert later.text


async def test_who_waits_is_answered_though_a_look_at_the_line_failed(
    failing: Callable[[str, int], Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.queue.TROUBLE_WAIT_S", 0.0)
    talk = failing("look", 1)
    async with asyncio.timeout(WITHIN_S):
        answers = await asyncio.gather(talk.say("One"), talk.say("Two"))

    assert all(answer.text for answer in answers)
