from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from adapters.delivery import deliver
from bot.domain import Completion, Delta, Doing, FinishReason, Notice, ReplyPart, Source, Sources, State
from bot.errors import Unavailable
from tests.engine.talk import until
from tests.walls import Wall

END = Completion(reason=FinishReason.STOP, model="m")


async def reply(*parts: ReplyPart | float | BaseException) -> AsyncGenerator[ReplyPart, None]:
    """Make a reply; numbers are seconds of silence, errors are raised."""
    for part in parts:
        if isinstance(part, BaseException):
            raise part
        if isinstance(part, float):
            await asyncio.sleep(part)
        else:
            yield part


def words(count: int) -> list[ReplyPart]:
    return [Delta(f"word{number} ") for number in range(count)]


async def shown(wall: Wall, *parts: ReplyPart | float | BaseException, locale: str = "en") -> list[str]:
    await deliver(reply(*parts), wall, key="k", locale=locale)
    return wall.texts


async def test_an_answer_is_posted_whole() -> None:
    wall = Wall()

    assert await shown(wall, *words(5), END) == ["word0 word1 word2 word3 word4"]
    assert not wall.messages[0].running


async def test_the_first_words_are_shown_before_the_last_ones_come() -> None:
    wall = Wall()

    await shown(wall, Delta("First"), 0.1, Delta(" and last."), END)

    assert wall.messages[0].edits == ["First and last."]


async def test_edits_keep_their_distance_and_the_newest_text_wins() -> None:
    wall = Wall(edit_interval_s=0.1)

    await shown(wall, *[part for word in words(30) for part in (word, 0.01)], END)

    gaps = [after - before for before, after in zip(wall.calls_at, wall.calls_at[1:-1], strict=False)]
    assert len(wall.messages[0].edits) < 10
    assert min(gaps) >= 0.09


async def test_a_slow_platform_never_holds_up_the_model() -> None:
    wall, taken = Wall(call_s=0.2), []

    async def model() -> AsyncGenerator[ReplyPart, None]:
        for word in words(20):
            taken.append(len(wall.messages))
            await asyncio.sleep(0)
            yield word
        yield END

    await deliver(model(), wall, key="k", locale="en")

    assert taken[-1] == 0
    assert wall.texts[0].endswith("word19")


async def test_a_long_answer_goes_into_several_messages_in_order() -> None:
    wall = Wall(message_chars=100)

    texts = await shown(wall, *words(60), END)

    assert " ".join(texts).split() == [f"word{number}" for number in range(60)]
    assert not any(message.running for message in wall.messages)


async def test_a_quick_answer_shows_no_state() -> None:
    wall = Wall()

    await shown(wall, State(Doing.LOADING, {"model": "m", "estimate": ""}), *words(3), END)

    assert wall.states == []


async def test_who_waits_reads_the_newest_state_in_their_language() -> None:
    wall = Wall()

    queued = State(Doing.QUEUED, {"position": 1, "total": 2})
    loading = State(Doing.LOADING, {"model": "m", "estimate": ""})

    await shown(wall, queued, loading, 0.8, *words(1), END, locale="he")

    assert wall.states == ["⏳ טוען את `m` …"]
    assert wall.texts == ["word0"]


async def test_notices_stand_under_an_answer_and_by_themselves() -> None:
    with_words, alone = Wall(), Wall()

    assert await shown(with_words, Delta("Hi."), Notice("notice.length"), END) == [
        "Hi.\n\n-# The answer reached its length limit. Say “go on” to read more."
    ]
    assert await shown(alone, Notice("reset.done")) == [
        "Done: I start afresh here. What was said before reaches no answer any more."
    ]


async def test_sources_are_numbered_under_the_answer() -> None:
    wall = Wall()
    sources = Sources((Source("Lesson 1", "https://example.org/1"), Source("Lesson 2", "https://example.org/2")))

    text = (await shown(wall, Delta("So [1][2]."), sources, END))[0]

    assert text.endswith("[1] [Lesson 1](https://example.org/1)\n[2] [Lesson 2](https://example.org/2)")


async def test_an_error_is_a_sentence_under_what_was_written() -> None:
    wall = Wall()

    text = (await shown(wall, Delta("Half an"), Unavailable("error.queue_full", waiting=7)))[0]

    assert text.startswith("Half an\n\n-# Too many people are asking: 7 messages already wait")


async def test_an_unforeseen_failure_is_told_without_a_traceback() -> None:
    wall = Wall()

    text = (await shown(wall, ZeroDivisionError("secret detail")))[0]

    assert text.startswith("Something went wrong on my side")
    assert "secret" not in text
    assert "Traceback" not in text


async def test_a_call_that_fails_is_made_again() -> None:
    wall = Wall()
    wall.fail_next = 2

    assert await shown(wall, *words(2), END) == ["word0 word1"]


async def test_a_refusal_for_good_ends_the_reply_and_the_generation() -> None:
    wall, closed = Wall(), asyncio.Event()
    wall.is_closed = True

    async def model() -> AsyncGenerator[ReplyPart, None]:
        try:
            while True:
                yield Delta("word ")
                await asyncio.sleep(0.01)
        finally:
            closed.set()

    await deliver(model(), wall, key="k", locale="en")

    assert closed.is_set()
    assert wall.texts == []


async def test_a_cancelled_delivery_says_that_the_answer_broke_off() -> None:
    wall = Wall()
    delivering = asyncio.create_task(deliver(reply(Delta("Half an"), 60.0), wall, key="k", locale="en"))
    await until(lambda: wall.messages)
    delivering.cancel()

    with pytest.raises(asyncio.CancelledError):
        await delivering

    assert wall.texts == ["Half an\n\n-# The answer broke off here."]


async def test_each_message_has_an_idempotency_key_of_its_own() -> None:
    wall = Wall(message_chars=50)

    await shown(wall, *words(30), END)

    assert [message.key for message in wall.messages] == [f"k:{number}" for number in range(len(wall.messages))]


async def test_a_turn_is_closed_only_when_its_answer_is_shown() -> None:
    wall, closed_with = Wall(call_s=0.1), []

    async def model() -> AsyncGenerator[ReplyPart, None]:
        yield Delta("Hi.")
        yield END
        closed_with.extend(wall.texts)

    await deliver(model(), wall, key="k", locale="en")

    assert closed_with == ["Hi."]


async def test_an_answer_no_platform_takes_is_given_back() -> None:
    wall, given_back = Wall(), asyncio.Event()
    wall.fail_next = 1000

    async def model() -> AsyncGenerator[ReplyPart, None]:
        try:
            yield Delta("Hi.")
            yield END
        except asyncio.CancelledError:
            given_back.set()
            raise

    await deliver(model(), wall, key="k", locale="en")

    assert given_back.is_set()
