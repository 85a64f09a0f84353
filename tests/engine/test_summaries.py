"""Summaries of what a full window drops: made ahead while nobody waits, and gone with what they rest on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from bot.domain import ChatRequest
from bot.domain.defaults import StandsForDropped
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.prompt import GAP, SUMMARY
from bot.errors import Transient
from tests.clocks import SetClock
from tests.engine.talk import DANA, NOAM, ROOM, Heard, Talk, until
from tests.engine.test_stable_prefix import breaks, question, shared
from tests.fakes import FakeBackend, Speech, card

TOLD = "They spoke of OWL-4711 and settled on Tuesday."


def policy(dropped: StandsForDropped = "auto") -> AnswerPolicy:
    return AnswerPolicy(context_tokens=2048, answer_tokens=256, dropped=dropped)


def is_summary(request: ChatRequest) -> bool:
    return request.prompt[-1].content.startswith("Sum up the conversation")


def answering(request: ChatRequest) -> Speech:
    return Speech(TOLD if is_summary(request) else "All of it is well, and this is what I say to it. " * 8)


def talk_of(*, dropped: StandsForDropped = "auto", parameters: str = "7B", clock: SetClock | None = None) -> Talk:
    talk = Talk(answer_policy=policy(dropped), clock=clock or SetClock())
    talk.backend = FakeBackend(card("falcon:7b", parameters=parameters))
    talk.backend.answer = answering
    talk.engine = talk.another_process("that sums up")
    return talk


@asynccontextmanager
async def idle(talk: Talk) -> AsyncGenerator[None]:
    """Have summaries made beside what is said."""
    making = asyncio.create_task(talk.engine.keep_summaries())
    try:
        yield
    finally:
        making.cancel()
        await asyncio.wait([making])


def asked(talk: Talk) -> list[ChatRequest]:
    return [request for request in talk.backend.requests if not is_summary(request)]


def summaries(talk: Talk) -> list[ChatRequest]:
    return [request for request in talk.backend.requests if is_summary(request)]


async def planned(talk: Talk, *, number: int = 0) -> int:
    """Talk until a summary is made ahead; return how many turns there were."""
    while not any(window.next_turn for window in talk.store.windows.values()):
        await talk.say(question(number), person=(DANA, NOAM)[number % 2])
        number += 1
        for _ in range(60):
            await asyncio.sleep(0)
    return number


async def overflowing(talk: Talk, *, number: int = 0) -> Heard:
    """Talk until the window is full."""
    while True:
        told = await talk.say(question(number))
        number += 1
        if {"notice.oldest_summed_up", "notice.oldest_dropped"} & set(told.notices):
            return told


async def test_a_full_window_begins_with_a_summary_that_was_made_before() -> None:
    talk = talk_of()
    async with idle(talk):
        number = await planned(talk)
    told = await overflowing(talk, number=number)

    assert told.notices == ["notice.oldest_summed_up"]
    assert f"{SUMMARY}\n> {TOLD}" in asked(talk)[-1].prompt[0].content
    assert (await talk.command("context")).notices == [
        "context.head", "context.newest", "context.dropped", "context.summary",
    ]  # fmt: skip


async def test_what_asks_for_a_summary_begins_like_the_conversation_and_costs_no_cache() -> None:
    talk = talk_of()
    async with idle(talk):
        await planned(talk)
    (wish,) = summaries(talk)
    before = asked(talk)[-1]

    assert shared(before, wish) == len(before.prompt)
    assert (wish.context_tokens, wish.answer_tokens) == (before.context_tokens, before.answer_tokens)


async def test_a_summary_is_booked_on_the_place_and_on_nobody() -> None:
    talk = talk_of()
    async with idle(talk):
        await planned(talk)
    await talk.engine.usage.work_book.store()

    (booked,) = [work.account for work in talk.store.works if not work.account.person_id]
    assert (booked.workspace, booked.channel, booked.turn_id) == (ROOM.workspace, ROOM.channel, 0)


async def test_the_prefix_breaks_once_a_window_with_summaries_too() -> None:
    talk = talk_of()
    told = []
    async with idle(talk):
        for number in range(50):
            heard = await talk.say(question(number))
            if "notice.oldest_summed_up" in heard.notices:
                told.append(number)
            await asyncio.sleep(0.003)

    assert len(told) >= 2
    assert breaks(asked(talk)) == told


async def test_a_second_summary_goes_on_from_the_first() -> None:
    talk = talk_of()
    async with idle(talk):
        number = await planned(talk)
        await overflowing(talk, number=number)
        await planned(talk, number=50)
    first, second = summaries(talk)[:2]

    assert TOLD not in first.prompt[0].content
    assert TOLD in second.prompt[0].content


@pytest.mark.parametrize(
    ("dropped", "parameters", "is_made"),
    [
        ("auto", "7B", True),
        ("auto", "1.5B", False),
        ("auto", "630.17M", False),
        ("summary", "630.17M", True),
        ("gap", "7B", False),
    ],
)
async def test_a_capable_model_sums_up_unless_the_operator_says_otherwise(
    dropped: StandsForDropped, parameters: str, *, is_made: bool
) -> None:
    talk = talk_of(dropped=dropped, parameters=parameters)
    async with idle(talk):
        for number in range(7):
            await talk.say(question(number))
            for _ in range(60):
                await asyncio.sleep(0)

    assert bool(summaries(talk)) is is_made


async def test_where_the_host_was_never_idle_the_gap_is_stated() -> None:
    talk = talk_of()
    told = await overflowing(talk)

    assert told.notices == ["notice.oldest_dropped"]
    assert asked(talk)[-1].prompt[0].content.endswith(GAP)


async def test_whoever_asks_something_comes_before_a_summary() -> None:
    talk = talk_of()
    number = 0
    while number < 6:
        await talk.say(question(number))
        number += 1
    talk.backend.say(Speech(TOLD, holds=True, after=2))
    async with idle(talk):
        await until(lambda: talk.backend.running == 1)
        answer = await talk.say("Short?")

    assert answer.text
    assert talk.backend.running == 0
    assert not any(window.next_turn for window in talk.store.windows.values())


async def test_a_host_in_trouble_costs_the_summary_alone() -> None:
    talk = talk_of()
    for number in range(6):
        await talk.say(question(number))
    talk.backend.say(Speech(error=Transient("error.host_busy", host="fake")))
    async with idle(talk):
        await until(lambda: bool(summaries(talk)))
        await asyncio.sleep(0.01)
        answer = await talk.say("Still there?")

    assert answer.text


@pytest.mark.parametrize("words", ["", " \n", "<think>Hm, what did they say</think>", "word " * 2000])
async def test_what_is_no_summary_is_not_kept(words: str) -> None:
    talk = talk_of()
    for number in range(6):
        await talk.say(question(number))
    talk.backend.say(words)
    async with idle(talk):
        await until(lambda: bool(summaries(talk)))
        await asyncio.sleep(0.01)

    assert not any(window.next_turn for window in talk.store.windows.values())


async def test_a_deleted_message_takes_the_summary_with_it_before_and_after_the_cut() -> None:
    talk = talk_of()
    async with idle(talk):
        number = await planned(talk)
    await talk.engine.withdraw(ROOM, message_id="M1")
    assert not any(window.next_summary for window in talk.store.windows.values())
    async with idle(talk):
        number = await planned(talk, number=number)
    await overflowing(talk, number=number)
    await talk.engine.withdraw(ROOM, message_id="M2")
    await talk.say("And now?")

    assert TOLD not in repr(asked(talk)[-1].prompt)
    assert asked(talk)[-1].prompt[0].content.endswith(GAP)


async def test_what_a_person_has_erased_is_in_no_summary_any_more() -> None:
    talk = talk_of()
    async with idle(talk):
        number = await planned(talk)
    await overflowing(talk, number=number)
    await talk.command("forget", person=NOAM, confirm="yes")
    await talk.say("And now?")

    assert "OWL-4711" not in repr(asked(talk)[-1].prompt)
    assert TOLD not in repr(talk.store.windows)


async def test_words_that_are_erased_while_they_are_summed_up_are_not_kept() -> None:
    talk = talk_of()
    for number in range(6):
        await talk.say(question(number), person=NOAM)
    talk.backend.say(Speech(TOLD, holds=True, after=3))
    async with idle(talk):
        await until(lambda: talk.backend.running == 1)
        await talk.history.forget_person("lab", NOAM.id)
        talk.backend.release()
        await asyncio.sleep(0.02)

    assert TOLD not in repr(talk.store.windows)
