from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from adapters.delivery.deliver import deliver
from adapters.delivery.layout import Rules
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    Button,
    Completion,
    Delta,
    Doing,
    FinishReason,
    Notice,
    Offer,
    ReplyPart,
    Source,
    Sources,
    State,
    Withdrawal,
)
from bot.errors import Unavailable
from tests.clocks import VirtualClock
from tests.engine.talk import until
from tests.walls import Wall

END = Completion(reason=FinishReason.STOP, model="m")


class QuickWall(Wall):
    """A wall whose time passes only when everybody waits."""

    def __init__(self, *, message_chars: int = 200, edit_interval_s: float = 0.02, call_s: float = 0.0) -> None:
        self.time = VirtualClock()
        super().__init__(message_chars=message_chars, edit_interval_s=edit_interval_s, call_s=call_s, clock=self.time)


async def reply(clock: Clock, *parts: ReplyPart | float | BaseException) -> AsyncGenerator[ReplyPart, None]:
    """Make a reply; numbers are seconds of silence, errors are raised."""
    for part in parts:
        if isinstance(part, BaseException):
            raise part
        if isinstance(part, float):
            await clock.sleep(part)
        else:
            yield part


def words(count: int) -> list[ReplyPart]:
    return [Delta(f"word{number} ") for number in range(count)]


async def delivered(
    wall: QuickWall, answer: AsyncGenerator[ReplyPart, None], *, locale: str = "en", rules: Rules | None = None
) -> None:
    await wall.time.run(deliver(answer, wall, key="k", locale=locale, rules=rules, clock=wall.time))


async def shown(
    wall: QuickWall, *parts: ReplyPart | float | BaseException, locale: str = "en", rules: Rules | None = None
) -> list[str]:
    await delivered(wall, reply(wall.time, *parts), locale=locale, rules=rules)
    return wall.texts


async def test_an_answer_is_posted_whole() -> None:
    wall = QuickWall()

    assert await shown(wall, *words(5), END) == ["word0 word1 word2 word3 word4"]
    assert not wall.messages[0].running


async def test_the_first_words_are_shown_before_the_last_ones_come() -> None:
    wall = QuickWall()

    await shown(wall, Delta("First"), 0.1, Delta(" and last."), END)

    assert wall.messages[0].edits == ["First and last."]


async def test_edits_keep_their_distance_and_the_newest_text_wins() -> None:
    wall = QuickWall(edit_interval_s=0.1)

    await shown(wall, *[part for word in words(30) for part in (word, 0.01)], END)

    gaps = [after - before for before, after in zip(wall.calls_at, wall.calls_at[1:-1], strict=False)]
    assert len(wall.messages[0].edits) < 10
    assert min(gaps) >= 0.09


async def test_a_slow_platform_never_holds_up_the_model() -> None:
    wall, taken = QuickWall(call_s=0.2), []

    async def model() -> AsyncGenerator[ReplyPart, None]:
        for word in words(20):
            taken.append(len(wall.messages))
            await asyncio.sleep(0)
            yield word
        yield END

    await delivered(wall, model())

    assert taken[-1] == 0
    assert wall.texts[0].endswith("word19")


async def test_a_long_answer_goes_into_several_messages_in_order() -> None:
    wall = QuickWall(message_chars=100)

    texts = await shown(wall, *words(60), END)

    assert " ".join(texts).split() == [f"word{number}" for number in range(60)]
    assert not any(message.running for message in wall.messages)


async def test_a_quick_answer_shows_no_state() -> None:
    wall = QuickWall()

    await shown(wall, State(Doing.LOADING, {"model": "m", "estimate": ""}), *words(3), END)

    assert wall.states == []


async def test_who_waits_reads_the_newest_state_in_their_language() -> None:
    wall = QuickWall()

    queued = State(Doing.QUEUED, {"position": 1, "total": 2})
    loading = State(Doing.LOADING, {"model": "m", "estimate": ""})

    await shown(wall, queued, loading, 0.8, *words(1), END, locale="he")

    assert wall.states == ["⏳ טוען את `m` …"]
    assert wall.texts == ["word0"]


async def test_words_that_are_taken_back_make_room_for_a_state_until_others_come() -> None:
    wall, thinking = QuickWall(), State(Doing.THINKING, {"model": "m"})

    await shown(wall, thinking, 0.7, Delta("Hello"), 0.1, Withdrawal(), thinking, 0.1, Delta("Hello"), 0.1, END)

    assert [edit for message in wall.messages for edit in message.edits] == ["💭 `m` is thinking …", "Hello", "Hello"]
    assert wall.texts == ["Hello"]


async def test_notices_stand_under_an_answer_and_by_themselves() -> None:
    with_words, alone = QuickWall(), QuickWall()

    assert await shown(with_words, Delta("Hi."), Notice("notice.length"), END) == [
        "Hi.\n\n-# The answer reached its length limit. Say “go on” to read more."
    ]
    assert await shown(alone, Notice("reset.done")) == [
        "Done: I start afresh here. What was said before reaches no answer any more."
    ]


async def test_sources_are_numbered_under_the_answer() -> None:
    wall = QuickWall()
    sources = Sources((Source("Lesson 1", "https://example.org/1"), Source("Lesson 2", "https://example.org/2")))

    text = (await shown(wall, Delta("So [1][2]."), sources, END))[0]

    assert text.endswith("[1] [Lesson 1](https://example.org/1)\n[2] [Lesson 2](https://example.org/2)")


async def test_an_error_is_a_sentence_under_what_was_written() -> None:
    wall = QuickWall()

    text = (await shown(wall, Delta("Half an"), Unavailable("error.queue_full", waiting=7)))[0]

    assert text.startswith("Half an\n\n-# Too many people are asking: 7 messages already wait")


async def test_an_unforeseen_failure_is_told_without_a_traceback() -> None:
    wall = QuickWall()

    text = (await shown(wall, ZeroDivisionError("secret detail")))[0]

    assert text.startswith("Something went wrong on my side")
    assert "secret" not in text
    assert "Traceback" not in text


async def test_a_call_that_fails_is_made_again() -> None:
    wall = QuickWall()
    wall.fail_next = 2

    assert await shown(wall, *words(2), END) == ["word0 word1"]


async def test_a_refusal_for_good_ends_the_reply_and_the_generation() -> None:
    wall, closed = QuickWall(), asyncio.Event()
    wall.is_closed = True

    async def model() -> AsyncGenerator[ReplyPart, None]:
        try:
            while True:
                yield Delta("word ")
                await wall.time.sleep(0.01)
        finally:
            closed.set()

    await delivered(wall, model())

    assert closed.is_set()
    assert wall.texts == []


async def test_a_cancelled_delivery_says_that_the_answer_broke_off() -> None:
    wall = Wall()
    delivering = asyncio.create_task(deliver(reply(SYSTEM_CLOCK, Delta("Half an"), 60.0), wall, key="k", locale="en"))
    await until(lambda: wall.messages)
    delivering.cancel()

    with pytest.raises(asyncio.CancelledError):
        await delivering

    assert wall.texts == ["Half an\n\n-# The answer broke off here."]


@pytest.mark.parametrize(("call_s", "is_whole"), [(0.02, True), (0.5, False)])
async def test_an_answer_whose_last_edit_is_under_way_is_handed_back_only_where_it_does_not_arrive(
    call_s: float, *, is_whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.delivery.deliver.LAST_WORDS_S", 0.2)
    is_at_its_end, ended = asyncio.Event(), []

    async def answer() -> AsyncGenerator[ReplyPart, None]:
        yield Delta("Whole.")
        is_at_its_end.set()
        try:
            yield END
            ended.append("shown")
        except asyncio.CancelledError:
            ended.append("handed back")
            raise

    delivering = asyncio.create_task(deliver(answer(), Wall(call_s=call_s), key="k", locale="en"))
    await is_at_its_end.wait()
    await asyncio.sleep(call_s / 2)
    delivering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivering

    assert ended == ["shown" if is_whole else "handed back"]


async def test_each_message_has_an_idempotency_key_of_its_own() -> None:
    wall = QuickWall(message_chars=64)

    await shown(wall, *words(30), END)

    assert len(wall.messages) > 2
    assert [message.key for message in wall.messages] == [f"k:{number}" for number in range(len(wall.messages))]


async def test_a_turn_is_closed_only_when_its_answer_is_shown() -> None:
    wall, closed_with = QuickWall(call_s=0.1), []

    async def model() -> AsyncGenerator[ReplyPart, None]:
        yield Delta("Hi.")
        yield END
        closed_with.extend(wall.texts)

    await delivered(wall, model())

    assert closed_with == ["Hi."]


async def test_an_answer_no_platform_takes_is_given_back() -> None:
    wall, given_back = QuickWall(), asyncio.Event()
    wall.fail_next = 1000

    async def model() -> AsyncGenerator[ReplyPart, None]:
        try:
            yield Delta("Hi.")
            yield END
        except asyncio.CancelledError:
            given_back.set()
            raise

    await delivered(wall, model())

    assert given_back.is_set()


MADE = Completion(reason=FinishReason.STOP, model="smollm2:135m", answer_tokens=90, answer_s=1.5)
FIXED_RULES = Rules(has_footer=True)


async def test_a_finished_answer_says_who_wrote_it_and_how_fast() -> None:
    english, hebrew = QuickWall(), QuickWall()
    await shown(english, Delta("Hi."), MADE, rules=FIXED_RULES)
    await shown(hebrew, Delta("Hi."), MADE, locale="he", rules=FIXED_RULES)

    assert english.texts == ["Hi.\n\n-# `smollm2:135m`, 1.5 s, 60 tokens/s"]
    assert hebrew.texts == ["Hi.\n\n-# `smollm2:135m`, 1.5 שניות, 60 אסימונים לשנייה"]


async def test_there_is_one_footer_and_it_stands_last() -> None:
    wall = QuickWall(message_chars=120)
    parts = [*words(30), Notice("notice.length"), MADE]
    await shown(wall, *parts, rules=FIXED_RULES)

    assert "\n".join(wall.texts).count("tokens/s") == 1
    assert wall.texts[-1].endswith("tokens/s")


async def test_a_host_that_measures_nothing_and_a_command_have_no_footer() -> None:
    unmeasured, command = QuickWall(), QuickWall()
    await shown(unmeasured, Delta("Hi."), END, rules=FIXED_RULES)
    await shown(command, Notice("reset.done"), rules=FIXED_RULES)

    assert unmeasured.texts == ["Hi."]
    assert "tokens/s" not in command.texts[0]


async def test_buttons_stand_under_the_last_message_once_all_is_said() -> None:
    wall = QuickWall(message_chars=120)
    early, late = (Offer((Button(Notice(f"button.{name}"), "answer go_on"),)) for name in ("good", "go_on"))
    await shown(wall, *words(10), 0.05, *words(30), early, late, END)

    assert [message.content.buttons for message in wall.messages] == [*[()] * (len(wall.messages) - 1), late.buttons]


async def test_a_message_that_cannot_be_edited_any_more_is_replaced_and_nothing_is_lost() -> None:
    wall = QuickWall()
    wall.fixed = {"0"}
    await shown(wall, Delta("First"), 0.1, Delta(" and last."), END)

    assert [(message.key, message.text) for message in wall.messages] == [
        ("removed", ""),
        ("k:0 again 1", "First and last."),
    ]


async def test_messages_below_one_that_is_replaced_are_posted_anew_in_their_order() -> None:
    wall = QuickWall(message_chars=100)
    wall.fixed = {"0"}
    texts = await shown(wall, *words(14), 0.1, *words(30), END)

    assert " ".join(texts).split() == [f"word{number}" for number in (*range(14), *range(30))]


async def test_a_message_whose_edits_fail_again_and_again_is_replaced_at_last() -> None:
    wall = QuickWall()
    wall.stubborn = {"0"}
    await shown(wall, Delta("First"), 0.1, Delta(" and last."), END)

    assert wall.texts == ["", "First and last."]


async def test_an_answer_that_is_too_long_becomes_a_file_below_its_beginning() -> None:
    wall = QuickWall()
    sources = Sources((Source("Lesson 1", "https://example.org/1"),))
    rules = Rules(file_chars=300, has_footer=True)
    await shown(wall, *words(100), sources, MADE, rules=rules)

    (message,) = wall.messages
    (file,) = message.content.files
    assert message.text.startswith("word0 word1")
    assert "The whole answer is in `answer.md`." in message.text
    assert message.text.endswith("tokens/s")
    assert file.name == "answer.md"
    assert file.text.startswith(" ".join(f"word{number}" for number in range(100)))
    assert "[1] [Lesson 1](https://example.org/1)" in file.text


async def test_what_was_posted_before_an_answer_grew_too_long_stays() -> None:
    wall = QuickWall(message_chars=200)
    rules = Rules(file_chars=500)
    await shown(wall, *words(60), 0.1, *words(200), END, rules=rules)

    assert len(wall.messages) > 1
    assert wall.removed == []
    assert [len(message.content.files) for message in wall.messages] == [*[0] * (len(wall.messages) - 1), 1]


async def test_an_answer_of_any_length_is_messages_where_no_length_is_set() -> None:
    wall = QuickWall()
    await shown(wall, *words(300), END, rules=Rules(file_chars=0))

    assert " ".join(wall.texts).split() == [f"word{number}" for number in range(300)]
