"""Answers side by side in one conversation: each begins below those to earlier questions, and waits for none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.base import Content, ContentRefused
from adapters.delivery.deliver import deliver
from adapters.delivery.editor import MOST_REFUSED_HOLDS, Editor
from adapters.delivery.layout import Rules
from adapters.delivery.page import Page
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Doing, Person, Post, State, Turn
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.engine.openings import OPENING_S
from tests.clocks import SetClock, VirtualClock
from tests.engine.talk import DANA, NOAM, Talk, accepted, until
from tests.fakes import Speech
from tests.walls import Wall

IDA = Person("U3", "Ida")


class Channel(Wall):
    """One reply's messages in a channel that tells in which order all of them were posted."""

    def __init__(
        self, name: str, posts: list[str], *, states_are_messages: bool = True, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        super().__init__(clock=clock)
        self.name, self.posts = name, posts
        self.has_state_messages = states_are_messages

    async def show_state(self, text: str, *, holds: bool = False) -> str:
        before = len(self.messages)
        shown = await super().show_state(text, holds=holds)
        self._note(before)
        return shown

    async def post(self, content: Content, *, key: str) -> str:
        before = len(self.messages)
        posted = await super().post(content, key=key)
        self._note(before)
        return posted

    def _note(self, before: int) -> None:
        if len(self.messages) > before:
            self.posts.append(self.name)


class Room:
    """A channel with an engine behind it."""

    def __init__(self, *, parallel: int = 4, states_are_messages: bool = True) -> None:
        self.talk = Talk(answer_policy=AnswerPolicy(parallel=parallel))
        self.posts: list[str] = []
        self.walls: dict[str, Channel] = {}
        self.replies: dict[str, asyncio.Task[None]] = {}
        self.wall_of: dict[str, type[Channel]] = {}
        self._states_are_messages = states_are_messages

    async def ask(
        self, person: Person, *, speech: Speech | str = "Here.", name: str = "", engine: Engine | None = None
    ) -> Turn:
        engine, name = engine or self.talk.engine, name or person.name
        self.talk.backend.say(speech)
        turn = await accepted(engine, self.talk.message(f"{name} asks", person=person))
        assert turn is not None
        made = self.wall_of.get(name, Channel)
        wall = self.walls[name] = made(name, self.posts, states_are_messages=self._states_are_messages)
        reply = deliver(
            engine.reply(turn),
            wall,
            key=f"turn-{turn.id}",
            locale="en",
            turn=turn,
            note_post=engine.note_post,
            opening=engine.opening(turn),
        )
        self.replies[name] = asyncio.create_task(reply)
        return turn

    async def end(self) -> None:
        self.talk.backend.release()
        await asyncio.gather(*self.replies.values())


@asynccontextmanager
async def room(*, parallel: int = 4, states_are_messages: bool = True) -> AsyncIterator[Room]:
    opened = Room(parallel=parallel, states_are_messages=states_are_messages)
    yield opened
    await opened.end()


class Moderated(Channel):
    """A channel that takes no state: its moderation stops the words."""

    refused = 0

    async def show_state(self, text: str, *, holds: bool = False) -> str:
        del text, holds
        self.refused += 1
        await asyncio.sleep(0)
        raise ContentRefused("blocked")


@pytest.mark.parametrize("states_are_messages", [True, False])
async def test_who_has_words_first_has_the_earlier_answer_take_its_place(*, states_are_messages: bool) -> None:
    async with room(states_are_messages=states_are_messages) as here:
        await here.ask(DANA, speech=Speech("Late.", holds=True))
        await until(lambda: here.talk.backend.running)
        await here.ask(NOAM, speech="Soon.")
        await here.replies["Noam"]
        before = here.posts.copy()

    assert before == ["Dana", "Noam"]
    assert [here.walls[name].texts for name in ("Dana", "Noam")] == [["Late."], ["Soon."]]
    assert here.posts == before


async def test_answers_that_are_quick_begin_in_the_order_of_their_questions() -> None:
    async with room() as here:
        for number in range(4):
            await here.ask(Person(f"P{number}", f"{number}"))

    assert here.posts == ["0", "1", "2", "3"]


async def test_one_that_waits_in_line_takes_its_place_too_and_is_answered_there() -> None:
    async with room(parallel=2) as here:
        await here.ask(DANA, speech=Speech("One.", holds=True, after=1))
        await until(lambda: here.talk.backend.running)
        again = await here.ask(DANA, speech="Three.", name="Dana again")
        await until(lambda: here.talk.engine.opening(again).ahead or here.walls["Dana again"].states)
        await here.ask(NOAM)
        await here.replies["Noam"]
        before = here.posts.copy()

    assert before == here.posts == ["Dana", "Dana again", "Noam"]
    assert [wall.texts for wall in here.walls.values()] == [["One."], ["Here."], ["Three."]]


async def test_an_answer_whose_question_is_withdrawn_holds_nobody_up() -> None:
    async with room() as here:
        turn = await here.ask(DANA, speech=Speech("Late.", holds=True))
        await until(lambda: here.talk.backend.running)
        await here.ask(NOAM, speech=Speech("Soon.", holds=True))
        await here.talk.engine.withdraw(turn.message.address, message_id=turn.message.message_id)
        await here.replies["Dana"]
        here.talk.backend.release()
        await here.replies["Noam"]

    assert here.walls["Noam"].texts == ["Soon."]


async def test_an_answer_of_another_process_takes_its_place_as_well() -> None:
    async with room() as here:
        other = here.talk.another_process("other")
        await here.ask(DANA, speech=Speech("Late.", holds=True))
        await until(lambda: here.talk.backend.running)
        await here.ask(NOAM, speech="Soon.", engine=other)
        await here.replies["Noam"]

    assert here.posts == ["Dana", "Noam"]


async def test_a_place_that_may_not_be_kept_is_not_asked_for_again_and_again() -> None:
    async with room() as here:
        here.wall_of["Dana"] = Moderated
        await here.ask(DANA, speech=Speech("Late.", holds=True))
        await until(lambda: here.talk.backend.running)
        await here.ask(NOAM, speech="Soon.")
        await here.replies["Noam"]
        wall = here.walls["Dana"]
        await asyncio.sleep(0.05)

    assert isinstance(wall, Moderated)
    assert wall.refused <= MOST_REFUSED_HOLDS + 1
    assert here.posts == ["Noam", "Dana"]


async def test_nobody_waits_for_ever_for_an_answer_that_takes_no_place() -> None:
    clock = SetClock()
    talk = Talk(clock=clock)
    first = await talk.accept("One", person=DANA)
    second = await talk.accept("Two", person=NOAM)
    opening = talk.engine.opening(second)
    opening.move(frozenset({first.id}))
    await opening.granted()

    assert clock.passed_s == OPENING_S
    assert opening.is_free


async def test_a_place_in_line_is_no_place_of_an_answer() -> None:
    talk = Talk()
    turn = await talk.accept("One", person=DANA)
    later = talk.engine.opening(await talk.accept("Two", person=NOAM))
    later.move(frozenset({turn.id}))
    talk.engine.opening(turn)
    await talk.engine.note_post(turn.id, Post(f"turn-{turn.id}:in line", "1"))
    before = later.is_free
    await talk.engine.note_post(turn.id, Post(f"turn-{turn.id}:0", "2"))

    assert (before, later.is_free) == (False, True)


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_place_without_words_is_never_taken_before_its_turn(*, is_known: bool) -> None:
    clock = VirtualClock()
    talk = Talk(clock=clock)
    first, second = await talk.accept("One", person=DANA), await talk.accept("Two", person=DANA)
    opening = talk.engine.opening(second)
    if is_known:  # else it is hurried before the store said who is before it
        opening.move(frozenset({first.id}))
    wall = Channel("second", [], clock=clock)
    page = Page(locale="en")
    page.take(State(Doing.QUEUED, {"position": 1, "total": 1}))
    editor = Editor(poster=wall, page=page, key="turn-2", rules=Rules(), turn=second, opening=opening, clock=clock)
    opening.hurry()
    await clock.run(_for_a_while(editor, clock, OPENING_S * 3))
    waited = wall.messages.copy()
    opening.move(frozenset())
    await clock.run(_for_a_while(editor, clock, 1.0))

    assert waited == []
    assert len(wall.messages) == 1


async def _for_a_while(editor: Editor, clock: VirtualClock, seconds: float) -> None:
    showing = asyncio.create_task(editor.keep_up())
    await clock.sleep(seconds)
    showing.cancel()
    await asyncio.wait([showing])
