from __future__ import annotations

from bot.domain import Address, ChatMessage, CommandCall, Person
from bot.engine.asking import to_question

ROOM = Address("lab", "W1", "C1")
DM = Address("lab", "", "D1")
DANA = Person("U1", "Dana")


def asked(address: Address = ROOM, *, direct: bool = False, message_id: str = "", **options: str) -> ChatMessage:
    call = CommandCall(
        event_id="E1",
        address=address,
        person=DANA,
        command="ask",
        arguments={"question": "Why?", **options},
        direct=direct,
    )
    return to_question(call, message_id=message_id, reply_to="door")


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
