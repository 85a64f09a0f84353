"""What is said until the first words of an answer: as things stand at the host at that moment."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import Doing, Notice, State
from bot.engine.beginnings import READS_ON_S, Beginnings
from bot.engine.load_times import LoadTimes
from bot.errors import Unavailable
from tests.clocks import SetClock
from tests.engine.talk import DANA, ROOM, Heard, Talk, heard, until
from tests.fakes import FakeBackend, Speech, card


def first_doing(answer: Heard) -> Doing:
    return answer.of(State)[0].doing


async def test_a_model_that_is_not_loaded_is_said_to_be_loading() -> None:
    talk = Talk()

    assert first_doing(await talk.say("Hi")) is Doing.LOADING


async def test_a_model_loaded_a_moment_ago_is_said_to_write() -> None:
    talk = Talk()
    await talk.say("Hi")

    assert first_doing(await talk.say("Hi again")) is Doing.WRITING


async def test_a_model_that_the_host_unloaded_a_moment_ago_is_said_to_be_loading() -> None:
    talk = Talk()
    await talk.say("Hi")
    await talk.engine.catalog.refresh()
    talk.backend.unload("falcon:7b")

    assert first_doing(await talk.say("Hi again")) is Doing.LOADING


async def test_loading_again_says_how_long_it_took_the_last_time() -> None:
    talk = Talk()
    talk.backend.say(Speech("Hello.", load_s=12.3))

    first = await talk.say("Hi")
    talk.backend.unload("falcon:7b")
    again = await talk.say("Hi again")

    assert first.of(State)[0].parameters["estimate"] == ""
    assert again.of(State)[0].parameters["estimate"] == Notice("state.estimate", {"seconds": 12})


@pytest.mark.parametrize(("is_loaded", "doing"), [(True, Doing.WRITING), (False, Doing.LOADING)])
async def test_where_the_host_does_not_tell_the_card_has_to_do(is_loaded: bool, doing: Doing) -> None:  # noqa: FBT001
    backend = FakeBackend(card("falcon:7b"))
    backend.cards["falcon:7b"] = known = card("falcon:7b", is_loaded=is_loaded)
    backend.down = Unavailable("error.host_busy")

    assert (await beginnings(backend).state(known)).doing is doing


async def test_after_a_stop_before_the_first_word_the_next_is_told_what_holds_it_up() -> None:
    talk = Talk()
    await talk.say("Hi")
    await stop_before_the_first_word(talk)

    answer = await talk.say("And now?")

    assert first_doing(answer) is Doing.HELD_UP
    assert answer.text


async def test_once_the_model_has_spoken_nothing_holds_the_next_up() -> None:
    talk = Talk()
    await talk.say("Hi")
    await stop_before_the_first_word(talk)
    await talk.say("And now?")

    assert first_doing(await talk.say("And again?")) is Doing.WRITING


async def test_a_stop_after_the_first_word_holds_nobody_up() -> None:
    talk = Talk()
    talk.backend.say(Speech("One two three.", holds=True, after=2))
    turn = await talk.accept("Count.")
    got = Heard()
    listening = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    await talk.engine.stop(turn.id, person=DANA, address=ROOM)
    await listening

    assert first_doing(await talk.say("And now?")) is Doing.WRITING


async def test_a_stopped_model_that_is_not_loaded_is_said_to_be_loading() -> None:
    talk = Talk()
    await stop_before_the_first_word(talk)
    talk.backend.unload("falcon:7b")

    assert first_doing(await talk.say("And now?")) is Doing.LOADING


async def test_no_runner_reads_on_for_ever() -> None:
    clock, backend = SetClock(), FakeBackend(known := card("falcon:7b", is_loaded=True))
    begin = beginnings(backend, clock)
    begin.stopped("falcon:7b")
    held_up = await begin.state(known)
    clock.advance(READS_ON_S)

    assert held_up.doing is Doing.HELD_UP
    assert (await begin.state(known)).doing is Doing.WRITING


async def test_a_stop_holds_up_its_own_model_only() -> None:
    backend = FakeBackend(other := card("mistral:7b", is_loaded=True))
    begin = beginnings(backend)
    begin.stopped("falcon:7b")

    assert (await begin.state(other)).doing is Doing.WRITING


def beginnings(backend: FakeBackend, clock: SetClock | None = None) -> Beginnings:
    return Beginnings(backend=backend, loads=LoadTimes(host="fake"), clock=clock or SetClock())


async def stop_before_the_first_word(talk: Talk) -> None:
    talk.backend.say(Speech("Never said.", holds=True))
    turn = await talk.accept("A long text.")
    listening = asyncio.create_task(heard(talk.engine.reply(turn)))
    await until(lambda: talk.backend.running)
    await talk.engine.stop(turn.id, person=DANA, address=ROOM)
    await listening
