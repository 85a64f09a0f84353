"""`/context`: how full the window is, what a model still reads here, what was dropped, and what stands for it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.domain import Notice
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import UserError
from bot.i18n import LOCALES, sentence
from tests.clocks import SetClock
from tests.engine.talk import ROOM, THREAD, Heard, Talk
from tests.fakes import FakeBackend, card

POLICY = AnswerPolicy(context_tokens=2048, answer_tokens=256)


def said(told: Heard, locale: str = "en") -> str:
    return "\n".join(sentence(notice, locale) for notice in told.of(Notice))


def percent(told: Heard) -> int:
    found = re.search(r"(\d+) %", said(told))
    assert found
    return int(found[1])


async def overflowing(talk: Talk) -> None:
    """Talk until the window was full once."""
    while "notice.oldest_dropped" not in (await talk.say("how does this go on? " * 12)).notices:
        pass


async def test_where_nothing_was_said_the_window_holds_little_and_nothing_is_read() -> None:
    told = await Talk(answer_policy=POLICY).command("context")

    assert told.notices == ["context.head", "context.nothing"]
    assert percent(told) < 10


async def test_the_window_fills_as_a_conversation_goes_on() -> None:
    talk = Talk(answer_policy=POLICY)
    shares = []
    for _ in range(5):
        await talk.say("how does this go on? " * 12)
        shares.append(percent(await talk.command("context")))

    assert shares == sorted(set(shares))
    assert "It reads all of this conversation: 10 messages." in said(await talk.command("context"))


async def test_what_is_told_is_what_the_host_counts() -> None:
    talk = Talk(answer_policy=POLICY)
    for _ in range(5):
        await talk.say("how does this go on? " * 12)
    told = said(await talk.command("context"))
    await talk.say("?")
    counted = next(kept.closed_with for kept in reversed(talk.store.turns.values()) if kept.closed_with)
    tokens = int(re.search(r"about ([\d,]+) of", told)[1].replace(",", ""))  # type: ignore[index]

    assert tokens == pytest.approx(counted.prompt_tokens, rel=0.1)
    assert "of 1,792 tokens. Its window holds 2,048, of which 256 are kept for the answer." in told


async def test_after_an_overflow_it_says_what_was_dropped_and_when() -> None:
    clock = SetClock()
    talk = Talk(answer_policy=POLICY, clock=clock)
    await overflowing(talk)
    clock.advance(3600)
    told = await talk.command("context")
    (window,) = talk.store.windows.values()

    assert told.notices == ["context.head", "context.newest", "context.dropped", "context.gap"]
    assert f"{window.dropped} older messages" in said(told)
    assert f"{window.cut_at:%Y-%m-%d %H:%M} UTC" in said(told)
    assert percent(told) < 80


async def test_messages_read_and_dropped_are_all_there_are() -> None:
    talk = Talk(answer_policy=POLICY)
    await overflowing(talk)
    await overflowing(talk)
    numbers = [int(number) for number in re.findall(r"(\d+) (?:messages|older)", said(await talk.command("context")))]
    newest = int(re.search(r"newest (\d+)", said(await talk.command("context")))[1])  # type: ignore[index]

    assert newest + numbers[-1] == sum(len(kept.messages()) for kept in talk.store.turns.values())


async def test_each_conversation_has_its_own() -> None:
    talk = Talk(answer_policy=POLICY)
    await overflowing(talk)

    assert (await talk.command("context", at=THREAD)).notices == ["context.head", "context.nothing"]
    assert (await talk.command("context", at=replace(ROOM, channel="C2"))).notices[1:] == ["context.nothing"]


async def test_after_a_reset_nothing_is_read_and_nothing_was_dropped() -> None:
    talk = Talk(answer_policy=POLICY)
    await overflowing(talk)
    await talk.command("reset")

    assert (await talk.command("context")).notices == ["context.head", "context.nothing"]


async def test_it_is_told_of_the_model_that_answers_the_person_here() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=8192))
    talk.backend = FakeBackend(card("large:7b"), card("small:1b", context_tokens=1024))
    talk.engine = talk.another_process("of two models")
    await talk.command("model use", name="small:1b")
    told = said(await talk.command("context"))

    assert "`small:1b`" in told
    assert "Its window holds 1,024" in told


async def test_where_no_model_can_be_had_that_is_said() -> None:
    talk = Talk()
    talk.backend.cards = {}

    with pytest.raises(UserError):
        await talk.command("context")


@pytest.mark.parametrize("locale", LOCALES)
async def test_the_bar_is_as_full_as_the_number_says(locale: str) -> None:
    talk = Talk(answer_policy=POLICY)
    await overflowing(talk)
    told = said(await talk.command("context"), locale)

    assert abs(told.count("█") / 20 - percent(await talk.command("context")) / 100) <= 1 / 20
    assert told.count("█") + told.count("░") == 20
