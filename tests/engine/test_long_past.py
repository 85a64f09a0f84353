"""Conversations that go on for long: a turn reads what its model does, and a store in trouble ends no answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.domain import StoredMessage
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import Unavailable
from tests.engine.talk import Talk
from tests.memory import FakeHistory

POLICY = AnswerPolicy(context_tokens=2048, answer_tokens=100)
MUCH = "plain english words of usual length again " * 30


class MeasuredHistory(FakeHistory):
    """Counts how many messages each turn read, and takes no cut where it is `stuck`."""

    stuck = False

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk.store)
        self.read: list[int] = []

    async def recent(self, conversation_id: int, *, before_turn: int, from_turn: int = 0) -> Sequence[StoredMessage]:
        found = await super().recent(conversation_id, before_turn=before_turn, from_turn=from_turn)
        self.read.append(len(found))
        return found

    async def cut(self, conversation_id: int, *, model: str, from_turn: int, dropped: int) -> None:
        if self.stuck:
            raise Unavailable("error.storage_locked")
        await super().cut(conversation_id, model=model, from_turn=from_turn, dropped=dropped)


def measured() -> tuple[Talk, MeasuredHistory]:
    talk = Talk(answer_policy=POLICY)
    talk.history = history = MeasuredHistory(talk)
    talk.engine = talk.another_process("measured")
    return talk, history


async def until_full(talk: Talk) -> None:
    """Talk until the oldest messages were left out."""
    for number in range(40):
        if "notice.oldest_dropped" in (await talk.say(f"{number} {MUCH}")).notices:
            return
    pytest.fail("the window never was full")


async def test_what_a_model_does_not_read_any_more_is_not_read_for_it_though_another_model_would() -> None:
    talk, history = measured()
    await talk.command("model use", name="mistral:7b")
    await talk.say(f"Question? {MUCH}")
    await talk.command("model use", name="olmo2:7b")
    for _ in range(3):
        await until_full(talk)
    await talk.say("And now?")

    assert history.read[-1] == len(talk.backend.requests[-1].prompt) - 2


async def test_another_model_reads_all_of_what_it_reads_where_the_first_one_is_gone() -> None:
    talk, history = measured()
    await talk.say(f"Question? {MUCH}")
    await talk.command("model use", name="olmo2:7b")
    await until_full(talk)
    del talk.backend.cards["olmo2:7b"]
    await talk.say("And now?")

    assert history.read[-1] > history.read[-2]
    assert talk.backend.requests[-1].model == "falcon:7b"


async def test_an_answer_comes_though_the_store_does_not_take_what_is_left_out() -> None:
    talk, history = measured()
    history.stuck = True
    await until_full(talk)
    answer = await talk.say("And now?")

    assert "And now?" in answer.text
