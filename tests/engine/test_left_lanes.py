"""A model that is done with its answer gives its place to the next turn, though the answer waits for its platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.domain import Completion, ReplyPart, TurnState
from bot.engine import lane_leaving
from bot.engine.answer_policy import AnswerPolicy
from tests.engine.talk import BOSS, DANA, NOAM, Talk, heard

PATIENCE_S = 5.0


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_leaving, "LEFT_AFTER_S", 0.01)


async def said(parts: AsyncGenerator[ReplyPart, None]) -> None:
    """Read a reply up to its end, and do not say that it is shown."""
    async for part in parts:
        if isinstance(part, Completion):
            return


def talk_of(parallel: int) -> Talk:
    return Talk(answer_policy=AnswerPolicy(parallel=parallel))


async def test_the_next_person_is_answered_meanwhile() -> None:
    talk = talk_of(1)
    waiting = talk.engine.reply(await talk.accept("first", person=DANA))
    await said(waiting)
    async with asyncio.timeout(PATIENCE_S):
        answer = await talk.say("second", person=NOAM)

    assert "second" in answer.text
    assert [kept.state for kept in talk.turns.turns.values()] == [TurnState.RUNNING, TurnState.ANSWERED]
    await heard(waiting)


async def test_the_same_persons_next_question_waits_for_its_turn() -> None:
    talk = talk_of(1)
    waiting = talk.engine.reply(await talk.accept("first", person=DANA))
    await said(waiting)
    next_one = asyncio.create_task(talk.say("second", person=DANA))
    await asyncio.sleep(0.1)

    assert not next_one.done()
    await heard(waiting)
    assert "second" in (await next_one).text


async def test_of_answers_that_wait_only_so_many_leave_their_places() -> None:
    talk = talk_of(1)
    one = talk.engine.reply(await talk.accept("first", person=DANA))
    two = talk.engine.reply(await talk.accept("second", person=NOAM))
    await said(one)
    await said(two)
    third = asyncio.create_task(talk.say("third", person=BOSS))
    await asyncio.sleep(0.1)

    assert not third.done()
    await heard(one)
    assert "third" in (await third).text
    await heard(two)


async def test_an_answer_that_is_shown_at_once_is_written_no_more_often() -> None:
    talk = talk_of(1)
    left: list[int] = []

    async def leave_lane(turn_id: int, *, worker: str) -> None:  # noqa: ARG001 - see the port
        left.append(turn_id)

    talk.turns.leave_lane = leave_lane  # type: ignore[method-assign]
    await talk.say("first", person=DANA)
    await asyncio.sleep(0.05)

    assert left == []
