"""A reply that goes on where an earlier attempt's process ended: one answer on the wall, whatever was posted before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from functools import partial

import pytest

from adapters.base import Undeliverable
from adapters.delivery.deliver import deliver
from bot.domain import (
    Address,
    ChatMessage,
    Completion,
    Delta,
    Doing,
    FinishReason,
    Notice,
    Person,
    Post,
    ReplyPart,
    State,
    Turn,
)
from bot.errors import TakenOver
from tests.walls import Posted, Wall

ASKED = ChatMessage(
    event_id="E", message_id="M", address=Address("lab", "W", "C"), person=Person("U", "Dana"), text="Hi"
)
END = Completion(reason=FinishReason.STOP, model="m")


async def answer(*words: str) -> AsyncGenerator[ReplyPart, None]:
    for word in words:
        yield Delta(word)
    yield END


class Notes:
    """What was noted of the posts."""

    def __init__(self) -> None:
        self.posts: list[Post] = []

    async def __call__(self, turn_id: int, post: Post) -> None:
        assert turn_id == 7
        self.posts.append(post)


async def shown(wall: Wall, *words: str, attempt: int = 1, posts: tuple[Post, ...] = ()) -> Notes:
    notes = Notes()
    turn = Turn(7, 1, ASKED, attempt=attempt, posts=posts)
    await deliver(answer(*words), wall, key="turn-7", locale="en", turn=turn, note_post=notes)
    return notes


def left_behind(*texts: str) -> Wall:
    wall = Wall(message_chars=100)
    wall.messages = [Posted(f"turn-7:{number}", text, running=True) for number, text in enumerate(texts)]
    return wall


async def test_each_posted_message_is_noted_under_its_key() -> None:
    notes = await shown(Wall(message_chars=100), *["word "] * 30, attempt=0)

    assert notes.posts == [Post("turn-7:0", "0"), Post("turn-7:1", "1")]


async def test_a_message_that_was_noted_is_edited_and_none_is_posted() -> None:
    wall = left_behind("Half an ans")

    await shown(wall, "A whole answer.", posts=(Post("turn-7:0", "0"),))

    assert wall.texts == ["A whole answer."]
    assert not wall.messages[0].running


async def test_a_message_posted_and_not_noted_is_found_again() -> None:
    wall = left_behind("Half an ans")

    notes = await shown(wall, "A whole answer.")

    assert wall.texts == ["A whole answer."]
    assert notes.posts == [Post("turn-7:0", "0")]


async def test_what_was_posted_beyond_the_new_answer_is_removed() -> None:
    wall = left_behind("One", "Two", "Three")
    posts = tuple(Post(f"turn-7:{number}", str(number)) for number in range(3))

    await shown(wall, "Short.", posts=posts)

    assert [text for text in wall.texts if text] == ["Short."]
    assert wall.removed == ["2", "1"]


async def test_a_state_that_is_a_message_is_noted_so_that_it_can_be_taken_over() -> None:
    async def slow() -> AsyncGenerator[ReplyPart, None]:
        yield State(Doing.WRITING, {"model": "m"})
        await asyncio.sleep(0.8)
        yield Delta("Hi.")
        yield END

    wall, notes = Wall(), Notes()
    wall.has_state_messages = True

    await deliver(slow(), wall, key="turn-7", locale="en", turn=Turn(7, 1, ASKED), note_post=notes)

    assert wall.texts == ["Hi."]
    assert set(notes.posts) == {Post("turn-7:0", "0")}


async def test_a_turn_another_process_answers_is_left_without_a_word() -> None:
    async def lost() -> AsyncGenerator[ReplyPart, None]:
        yield Notice("notice.continued")
        raise TakenOver

    wall = Wall()

    await deliver(lost(), wall, key="turn-7", locale="en", turn=Turn(7, 1, ASKED, attempt=1))

    assert wall.texts == []


async def test_what_was_posted_beyond_it_and_never_noted_is_removed_too() -> None:
    wall = left_behind("One", "Two")

    await shown(wall, "Short.", posts=(Post("turn-7:0", "0"),))

    assert wall.removed == ["1"]


async def test_a_place_in_line_gives_way_to_an_answer_posted_anew() -> None:
    async def slow() -> AsyncGenerator[ReplyPart, None]:
        yield State(Doing.QUEUED, {"position": 1, "total": 1})
        await asyncio.sleep(0.8)
        yield Delta("Hi.")
        yield END

    wall, notes = Wall(), Notes()
    wall.has_state_messages = True

    await deliver(slow(), wall, key="turn-7", locale="en", turn=Turn(7, 1, ASKED), note_post=notes)

    assert wall.removed == ["0"]
    assert wall.texts == ["", "Hi."]
    assert notes.posts == [Post("turn-7:in line", "0"), Post("turn-7:0", "1")]


async def test_a_place_in_line_left_by_another_process_is_taken_away() -> None:
    wall = left_behind("In line: 1 of 1")

    await shown(wall, "Hi.", posts=(Post("turn-7:in line", "0"),))

    assert wall.removed == ["0"]
    assert wall.texts == ["", "Hi."]


async def test_a_turn_is_open_until_its_asker_has_heard_that_it_cannot_be_answered_there() -> None:
    wall, is_open = Wall(), True
    heard: list[bool] = []

    async def spoken() -> AsyncGenerator[ReplyPart, None]:
        nonlocal is_open
        try:
            yield Delta("words")
            yield END
        finally:
            is_open = False

    async def refused(_: Undeliverable) -> None:
        heard.append(is_open)

    wall.is_closed = True
    await deliver(spoken(), wall, key="turn-7", locale="en", turn=Turn(7, 1, ASKED), on_refused=refused)

    assert heard == [True]
    assert not is_open


@pytest.mark.parametrize("is_told", [False, True])
@pytest.mark.parametrize("is_open_again", [False, True])
async def test_a_process_that_ends_before_or_after_it_told_of_a_closed_place_loses_nothing(
    *, is_told: bool, is_open_again: bool
) -> None:
    wall, told, ended = Wall(), list[str](), asyncio.Event()
    wall.is_closed = True

    async def tells(_: Undeliverable) -> None:
        if is_told:
            told.append("first")
        ended.set()
        await asyncio.Event().wait()

    async def tells_too(_: Undeliverable) -> None:
        told.append("second")

    deliver_as = partial(deliver, poster=wall, key="turn-7", locale="en")
    first = asyncio.create_task(deliver_as(answer("Hi."), turn=Turn(7, 1, ASKED), on_refused=tells))
    await ended.wait()
    wall.is_closed = not is_open_again
    await deliver_as(answer("Hi."), turn=Turn(7, 1, ASKED, attempt=1), on_refused=tells_too)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

    assert wall.texts == (["Hi."] if is_open_again else [])
    assert told == ["first"] * is_told + ["second"] * (not is_open_again)
