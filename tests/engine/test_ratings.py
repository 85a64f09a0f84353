"""Good and Not good: what people say of answers, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Notice, private_thread
from bot.engine.access import Access
from bot.engine.commands import REASON_CHARS
from bot.errors import UserError
from bot.ports import Verdict
from tests.engine.talk import DANA, NOAM, ROOM, Talk

MINE = replace(ROOM, thread=private_thread(DANA.id))


async def kept(talk: Talk) -> list[tuple[Verdict, str]]:
    return [(rating.verdict, rating.reason) for rating in await talk.answers.ratings()]


async def test_a_rating_is_kept_with_the_model_that_answered() -> None:
    talk = Talk()
    answer = await talk.say("Hi")

    said = await talk.press_under(answer, "good")

    assert said.parts == [Notice("rate.done")]
    assert [(rating.model, rating.verdict) for rating in await talk.answers.ratings()] == [("falcon:7b", Verdict.GOOD)]


async def test_anybody_in_the_channel_rates_and_changes_their_mind() -> None:
    talk = Talk()
    answer = await talk.say("Hi")
    await talk.press_under(answer, "good", person=NOAM)
    await talk.press_under(answer, "bad")
    await talk.press_under(answer, "bad", person=NOAM, reason="too short")

    assert sorted(await kept(talk)) == [(Verdict.BAD, ""), (Verdict.BAD, "too short")]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  it said 2 + 2 = 5\r\nand more ", "it said 2 + 2 = 5\nand more"),
        ("/forget yes", "/forget yes"),
        ("\x00\x1b[31mred\ud800", "[31mred"),
        ("x" * 5_000, "x" * REASON_CHARS),
        ("", ""),
    ],
)
async def test_a_reason_is_any_text_cleaned_and_bounded(typed: str, stored: str) -> None:
    talk = Talk()
    await talk.press_under(await talk.say("Hi"), "bad", reason=typed)

    assert await kept(talk) == [(Verdict.BAD, stored)]


async def test_nobody_else_rates_a_private_answer() -> None:
    talk = Talk()
    answer = await talk.say("Hi", at=MINE, direct=True)
    with pytest.raises(UserError) as refused:
        await talk.press_under(answer, "good", person=NOAM, at=MINE)
    await talk.press_under(answer, "good", at=MINE)

    assert refused.value.key == "error.answer_gone"
    assert len(await kept(talk)) == 1


async def test_who_may_not_use_the_bot_presses_nothing() -> None:
    talk = Talk(access=Access(blocked=frozenset({"lab:U2"})))
    answer = await talk.say("Hi")
    with pytest.raises(UserError) as rated:
        await talk.press_under(answer, "good", person=NOAM)
    with pytest.raises(UserError) as pressed:
        await talk.press_under(answer, "again", person=NOAM)

    assert (rated.value.key, pressed.value.key) == ("error.blocked", "error.blocked")


async def test_forgetting_a_person_takes_their_ratings_and_those_of_their_answers() -> None:
    talk = Talk()
    danas, noams = await talk.say("Hi"), await talk.say("Ho", person=NOAM)
    await talk.press_under(danas, "good", person=NOAM)
    await talk.press_under(noams, "good")
    await talk.press_under(noams, "bad", person=NOAM, reason="Dana said so")
    await talk.command("forget", confirm="yes")

    assert await kept(talk) == [(Verdict.BAD, "")]
