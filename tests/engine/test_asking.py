from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Address, ChatMessage, CommandCall, Person, QuotedMessage
from bot.engine.command_parsing import parse_mention, parse_slash
from bot.engine.intake import Audience, TakenCall, TakenTurn
from bot.engine.questions import to_question
from bot.errors import UserError
from tests.engine.talk import Talk

ROOM = Address("lab", "W1", "C1")
DM = Address("lab", "", "D1")
DANA = Person("U1", "Dana")
BENS = QuotedMessage("owls hoot", "Ben", "U2")


def asked(address: Address = ROOM, *, direct: bool = False, message_id: str = "", **options: str) -> ChatMessage:
    call = CommandCall(
        event_id="E1",
        address=address,
        person=DANA,
        command="ask",
        arguments={"question": "Why?", **options},
        direct=direct,
        message_id=message_id,
        reply_to="door",
    )
    return to_question(call)


def test_a_question_by_command_is_a_message_where_it_was_asked() -> None:
    said = asked(message_id="M7")

    assert (said.text, said.address, said.person) == ("Why?", ROOM, DANA)
    assert (said.event_id, said.message_id, said.reply_to) == ("E1", "M7", "door")
    assert not said.direct


def test_a_private_question_is_held_in_a_conversation_of_its_own() -> None:
    said = asked(private="yes")

    assert said.address.is_private
    assert said.address.channel == ROOM.channel
    assert said.direct
    assert said.message_id == "E1"


def test_a_private_question_in_a_direct_conversation_stays_in_it() -> None:
    said = asked(DM, direct=True, private="yes")

    assert said.address == DM
    assert said.direct


def test_a_question_to_one_lesson_names_it_first_and_its_options_last() -> None:
    command, arguments = parse_slash("lesson", "ask 3 what is  Falcon? language:he private yes")

    assert command == "lesson ask"
    assert arguments == {"lesson": "3", "question": "what is  Falcon?", "language": "he", "private": "yes"}


@pytest.mark.parametrize(
    ("typed", "command", "arguments"),
    [
        ("course list", "lesson course list", {}),
        ("course use harbour workspace", "lesson course use", {"course": "harbour", "at": "workspace"}),
        ("course use harbour at here", "lesson course use", {"course": "harbour", "at": "here"}),
        ("Course Use harbour", "lesson course use", {"course": "harbour"}),
        ("course reset workspace", "lesson course reset", {"at": "workspace"}),
        ("refresh harbour", "lesson refresh", {"course": "harbour"}),
        ("list he", "lesson list", {"language": "he"}),
        ("list course:harbour", "lesson list", {"course": "harbour"}),
        ("show course", "lesson show", {"lesson": "course"}),
    ],
)
def test_a_command_of_three_words_is_read_with_its_options(typed: str, command: str, arguments: dict[str, str]) -> None:
    assert parse_slash("lesson", typed) == (command, arguments)
    assert parse_mention(f"/lesson {typed}") == (command, arguments)


@pytest.mark.parametrize("typed", ["course", "course use", "course use harbour nowhere", "course burn x"])
def test_what_is_no_whole_command_of_three_words_is_told_how_it_is_typed(typed: str) -> None:
    with pytest.raises(UserError):
        parse_slash("lesson", typed)


def test_a_colon_in_a_question_is_no_option() -> None:
    assert parse_slash("ask", "what does language: mean") == ("ask", {"question": "what does language: mean"})


def test_a_lesson_without_a_question_is_asked_for_one() -> None:
    with pytest.raises(UserError) as refused:
        parse_slash("lesson", "ask 3")
    assert refused.value.key == "error.option_missing"


def test_a_private_question_in_a_thread_is_answered_in_that_thread() -> None:
    call = CommandCall(
        event_id="E1",
        address=replace(ROOM, thread="T1"),
        person=DANA,
        command="ask",
        arguments={"question": "Why?", "private": "yes"},
        message_id="M7",
    )

    assert to_question(call).reply_to == "T1"
    assert to_question(replace(call, message_id="T1")).reply_to == ""
    assert to_question(replace(call, arguments={"question": "Why?"})).reply_to == ""


def test_a_question_about_a_message_is_asked_of_no_lesson() -> None:
    call = CommandCall(
        event_id="E1", address=ROOM, person=DANA, command="ask", arguments={"question": "Why?"}, quotes=(BENS,)
    )

    assert to_question(call).quotes == (BENS,)
    assert not to_question(call).lessons_only


async def test_a_question_is_taken_in_as_a_turn_and_once() -> None:
    talk = Talk()
    call = CommandCall(event_id="E1", address=ROOM, person=DANA, command="ask", arguments={"question": "Why?"})
    taken = await talk.engine.take(call)

    assert isinstance(taken, TakenTurn)
    assert taken.turn.message.text == "Why?"
    assert await talk.engine.take(call) is None


async def test_a_question_without_words_is_refused_before_anything_is_stored() -> None:
    talk = Talk()
    call = CommandCall(event_id="E1", address=ROOM, person=DANA, command="ask", arguments={})
    with pytest.raises(UserError):
        await talk.engine.admit(call)
    with pytest.raises(UserError):
        await talk.engine.take(call)

    assert isinstance(await talk.engine.take(replace(call, arguments={"question": "Why?"})), TakenTurn)


@pytest.mark.parametrize(
    ("command", "message_id", "audience"),
    [
        ("model list", "", Audience.ASKER),
        ("model list", "M1", Audience.EVERYBODY),
        ("publish", "", Audience.EVERYBODY),
    ],
)
async def test_a_call_is_answered_to_who_read_it(command: str, message_id: str, audience: Audience) -> None:
    call = CommandCall(event_id="E1", address=ROOM, person=DANA, command=command, message_id=message_id)
    taken = await Talk().engine.take(call)

    assert taken == TakenCall(call, audience)
