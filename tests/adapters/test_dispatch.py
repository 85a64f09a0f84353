"""What comes in on a platform is asked for, acknowledged, stored and answered in one order, whatever the platform."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Button, CommandCall, Notice, Turn, private_thread
from bot.engine.access import Access
from bot.errors import Unavailable
from tests.adapters.board import Board, BoardOrigin, told
from tests.engine.talk import DANA, NOAM, ROOM, Talk, accepted, until
from tests.fakes import Speech

WHY = Button(Notice("button.bad"), "rate", {"turn": "1", "verdict": "bad"}, asks="reason")
AGAIN = Button(Notice("button.again"), "again", {"turn": "1"})
PUBLISH = Button(Notice("button.publish"), "publish", {"turn": "1"})


@pytest.fixture
def board() -> Board:
    return Board(Talk())


def shut_out() -> Board:
    return Board(Talk(access=Access(blocked=frozenset({f"{ROOM.platform}:{DANA.id}"}))))


def call(command: str, *, event_id: str = "E0", message_id: str = "", **arguments: str) -> CommandCall:
    return CommandCall(
        event_id=event_id, address=ROOM, person=DANA, command=command, arguments=arguments, message_id=message_id
    )


async def test_a_message_is_stored_before_it_is_settled_and_then_answered(board: Board) -> None:
    board.talk.backend.say("Hello.")
    await board.say("Hi")

    assert board.log == ["acknowledged with 0 turns", "settled with 1 turns", "opened", "left"]
    assert board.answers[1].texts == ["Hello."]


async def test_an_event_that_comes_twice_is_answered_once(board: Board) -> None:
    message = await board.say("Hi")
    await board.deliver(message)

    assert board.log[-2:] == ["acknowledged with 1 turns", "known with 1 turns"]
    assert list(board.answers) == [1]


async def test_who_may_not_speak_is_told_so_before_anything_is_acknowledged_or_stored() -> None:
    closed = shut_out()
    await closed.say("Hi")
    await closed.deliver(call("ask", question="Why?"))
    await closed.press(WHY)
    await closed.press(AGAIN)
    await closed.press_written("nonsense")
    await closed.stop("1")
    closed.forms.append("nonsense")
    await closed.submit("too short")

    assert closed.log == []
    assert closed.forms == ["nonsense"]
    assert closed.read_by(DANA).count("You may not use this bot here") == 7
    assert closed.talk.turns.turns == {}


async def test_what_comes_too_late_is_not_stored(board: Board) -> None:
    board.is_late = True
    await board.say("Hi")
    await board.stop("1")

    assert board.talk.turns.turns == {}
    assert board.read_by(DANA) == ""


async def test_a_store_that_is_down_is_told(board: Board) -> None:
    board.talk.turns.broken = Unavailable("error.internal")
    await board.say("Hi")

    assert "Something went wrong" in board.read_by(DANA)


async def test_a_platform_that_delivers_again_hears_that_nothing_was_stored(board: Board) -> None:
    board.redelivers, board.talk.turns.broken = True, Unavailable("error.internal")
    with pytest.raises(Unavailable):
        await board.say("Hi")

    assert board.read_by(DANA) == ""
    assert board.log == ["acknowledged with 0 turns"]


async def test_a_question_is_shown_before_it_is_stored_and_known_by_what_shows_it(board: Board) -> None:
    await board.deliver(call("ask", question="Why?"))

    assert board.log[:3] == ["acknowledged with 0 turns", "shown with 0 turns", "settled with 1 turns"]
    assert board.talk.turns.turns[1].turn.message.message_id == "M-shown"


async def test_a_question_without_words_is_not_shown(board: Board) -> None:
    await board.deliver(call("ask"))

    assert board.log == []
    assert "`question` is missing" in board.read_by(DANA)


async def test_what_is_called_aside_is_answered_aside_and_what_is_said_to_all_to_all(board: Board) -> None:
    await board.deliver(call("model list", event_id="E1"))
    await board.deliver(call("model why", event_id="E2", message_id="M2"))

    assert "Installed models" in board.read_by(DANA)
    assert "answers you here" in board.read_by_all


async def test_what_a_public_command_says_all_read_and_what_it_refuses_its_caller_alone(board: Board) -> None:
    mine = replace(ROOM, thread=private_thread(DANA.id))
    board.talk.backend.say("The moon.")
    await board.deliver(board.talk.message("Why tides?", at=mine, direct=True))
    await board.press(PUBLISH)
    await board.press(PUBLISH)

    assert board.read_by_all == "> Dana: Why tides?\n\nThe moon."
    assert "Everybody here can read this answer already" in board.read_by(DANA)


async def test_a_button_that_asks_for_an_answer_becomes_a_turn(board: Board) -> None:
    board.talk.backend.say("Blue.", "Green.")
    await board.say("Name a colour.")
    await board.press(AGAIN)

    assert board.answers[2].texts == ["Green."]
    assert board.talk.turns.turns[2].turn.about == 1


async def test_a_button_that_asks_for_words_opens_a_form_which_goes_on_with_them(board: Board) -> None:
    await board.say("Hi")
    await board.press(WHY)
    await board.submit("Too short.")

    assert len(board.forms) == 1
    assert [rating.reason for rating in await board.talk.answers.ratings()] == ["Too short."]


async def test_a_form_that_is_not_opened_is_told(board: Board) -> None:
    board.opens_no_form = True
    await board.press(WHY)

    assert "did not open the form" in board.read_by(DANA)


async def test_what_is_no_button_of_ours_is_told(board: Board) -> None:
    await board.press_written("do:")
    board.forms.append("elsewhere")
    await board.submit("Why?")

    assert board.read_by(DANA).count("I do not know this button") == 2


async def test_stop_ends_the_turn_and_says_so_aside(board: Board) -> None:
    board.talk.backend.say(Speech("One owl, two owls.", holds=True, after=2))
    saying = asyncio.create_task(board.say("Count."))
    await until(lambda: board.answers[1].texts)
    await board.stop("1")
    await saying

    assert "Stopping" in board.read_by(DANA)
    assert not board.talk.turns.turns[1].is_open


@pytest.mark.parametrize("written", ["", "abc", "9" * 40, "-1", "77"])
async def test_stop_of_no_turn_ends_in_a_sentence(board: Board, written: str) -> None:
    await board.stop(written)

    assert "nothing to stop" in board.read_by(DANA)


async def test_a_sentence_is_said_only_to_who_may_speak(board: Board) -> None:
    message = board.talk.message("Hi")
    hint = Notice("error.empty_message")
    await told(await board.dispatcher.tell(hint, message, BoardOrigin(board, message.event_id, DANA)))
    closed = shut_out()
    await told(await closed.dispatcher.tell(hint, message, BoardOrigin(closed, message.event_id, DANA)))

    assert "without a question" in board.read_by_all
    assert closed.read_by_all == ""
    assert "You may not" in closed.read_by(DANA)


async def test_a_turn_that_is_resumed_twice_is_answered_once(board: Board) -> None:
    turn = await board.talk.accept("Hi", person=NOAM)
    board.dispatcher.resume(turn)
    board.dispatcher.resume(turn)
    await until(lambda: "left" in board.log)

    assert board.log == ["opened", "left"]
    assert len(board.answers[turn.id].texts) == 1


async def test_the_end_of_a_connection_hands_turns_back_and_begins_no_more(board: Board) -> None:
    board.talk.backend.say(Speech("One owl", holds=True, after=2))
    turn = await accepted(board.talk.engine, board.talk.message("Count."))
    assert isinstance(turn, Turn)
    board.dispatcher.resume(turn)
    await until(lambda: board.answers[turn.id].texts)
    await board.tasks.close()
    board.dispatcher.resume(await board.talk.accept("And now?"))

    assert board.log == ["opened", "left"]
    assert board.talk.turns.turns[turn.id].is_open


async def test_what_is_stored_is_answered_even_if_its_acknowledgement_is_lost(board: Board) -> None:
    board.loses_acknowledgements = True
    with pytest.raises(ConnectionError):
        await board.say("Hi")
    await until(lambda: "left" in board.log)

    assert len(board.answers[1].texts) == 1
