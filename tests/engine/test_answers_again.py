"""An answer tried again: what a person meets when the model host fails for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from bot.domain import Completion, Doing, FinishReason, Notice, ReplyPart, State
from bot.engine.answer import Answerer
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.attempts import RETRY_WAITS_S
from bot.engine.catalog import Catalog
from bot.engine.generation import Writing
from bot.engine.selection import Selector
from bot.engine.turn_answers import TurnAnswerer
from bot.errors import BotError, Transient, Unavailable
from bot.i18n import LOCALES, sentence
from tests.clocks import SetClock
from tests.engine.talk import Heard, Talk, heard, until
from tests.fakes import Speech

BUSY = Transient("error.host_busy", host="fake")


class Waits(SetClock):
    """A clock that takes no time; where it `holds`, a sleep lasts until it is cancelled."""

    def __init__(self, *, holds: bool = False) -> None:
        super().__init__()
        self._holds = holds

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self._holds:
            await asyncio.Event().wait()


async def parts(talk: Talk, waits: Waits, writing: Writing | None = None) -> AsyncGenerator[ReplyPart, None]:
    catalog = Catalog(backend=talk.backend)
    answerer = TurnAnswerer(
        answerer=Answerer(backend=talk.backend, answer_policy=AnswerPolicy(), clock=waits),
        history=talk.history,
        selector=Selector(choices=talk.choices, catalog=catalog, default_model="falcon:7b"),
    )
    async with aclosing(answerer.parts(await talk.accept("Hi"), writing or Writing())) as answer:
        async for part in answer:
            yield part


async def test_a_fault_that_passes_costs_a_wait_and_not_the_answer() -> None:
    talk, waits = Talk(), Waits()
    talk.backend.say(Speech(error=BUSY), Speech(error=BUSY), "Here you are.")

    answer = await heard(parts(talk, waits))

    assert answer.text == "Here you are."
    assert waits.waits[: len(RETRY_WAITS_S)] == list(RETRY_WAITS_S)


async def test_who_waits_is_told_of_each_new_try() -> None:
    talk = Talk()
    talk.backend.say(Speech(error=BUSY), Speech(error=BUSY), "Here you are.")

    answer = await heard(parts(talk, Waits()))

    tries = [state.parameters for state in answer.of(State) if state.doing is Doing.RETRYING]
    assert tries == [{"number": 1, "most": 2}, {"number": 2, "most": 2}]


async def test_a_fault_that_stays_is_told_after_the_last_try() -> None:
    talk, waits = Talk(), Waits()
    talk.backend.down = BUSY

    with pytest.raises(Transient) as told:
        await heard(parts(talk, waits))

    assert told.value.key == "error.host_busy"
    assert len(waits.waits) == len(RETRY_WAITS_S)


@pytest.mark.parametrize("error", [Unavailable("error.host_silent", host="fake", model="m"), BotError("error.x")])
async def test_a_fault_that_does_not_pass_is_told_at_once(error: BotError) -> None:
    talk, waits = Talk(), Waits()
    talk.backend.say(Speech(error=error))

    with pytest.raises(BotError):
        await heard(parts(talk, waits))

    assert waits.waits == []


async def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    talk, waits, got = Talk(), Waits(), Heard()
    talk.backend.say(Speech(text="one two three", error=BUSY, after=2))

    with pytest.raises(Transient):
        await heard(parts(talk, waits), got)

    assert got.text
    assert [state for state in got.of(State) if state.doing is Doing.RETRYING] == []


async def test_stop_ends_the_wait_at_once() -> None:
    talk, waits, got = Talk(), Waits(holds=True), Heard()
    talk.backend.down = BUSY
    writing = Writing()
    hearing = asyncio.create_task(heard(parts(talk, waits, writing), got))
    await until(lambda: waits.waits)
    writing.stop()
    await asyncio.wait_for(hearing, timeout=5)

    assert [completion.reason for completion in got.of(Completion)] == [FinishReason.STOPPED]


async def test_what_was_told_before_a_new_try_is_not_told_again() -> None:
    talk = Talk()
    await talk.command("model use", name="mistral:7b")
    talk.backend.remove("mistral:7b")
    talk.backend.say(Speech(error=BUSY), "Here you are.")

    answer = await heard(parts(talk, Waits()))

    assert answer.notices == ["notice.model_gone"]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_new_try_is_a_sentence_in_every_language(locale: str) -> None:
    assert "2" in sentence(Notice("state.retrying", {"number": 1, "most": 2}), locale)
