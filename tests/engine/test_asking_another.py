from __future__ import annotations

import pytest

from bot.domain import CommandCall, Completion, Notice, Offer, Person
from bot.engine.intake import TakenTurn
from bot.errors import UserError
from bot.i18n import sentence
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, Heard, Talk, heard
from tests.fakes import FakeBackend, card


async def asked_too(talk: Talk, answer: Heard, model: str, *, person: Person = DANA) -> Heard:
    """Press "Ask another model" under an answer and name the model."""
    button = answer.button("also")
    assert button.asks == "name"
    call = CommandCall(
        event_id=f"also {model} {len(talk.backend.requests)}",
        address=ROOM,
        person=person,
        command=button.command,
        arguments={**button.arguments, "name": model},
    )
    taken = await talk.engine.take(call)
    assert isinstance(taken, TakenTurn)
    return await heard(talk.engine.reply(taken.turn))


async def test_an_answer_can_be_asked_of_another_model_too() -> None:
    talk = Talk()
    talk.backend.say("Owls are birds.", "Owls hunt at night.")
    first = await talk.say("What is an owl?")

    second = await asked_too(talk, first, "Mistral:7b")

    assert second.text == "Owls hunt at night."
    assert second.of(Completion)[-1].model == "mistral:7b"
    assert [request.model for request in talk.backend.requests][1:] == ["mistral:7b"]
    asked, again = talk.backend.requests
    assert again.prompt == asked.prompt
    assert "notice.asked_too" in second.notices
    assert "This is `mistral:7b`" in " ".join(sentence(notice, "en") for notice in second.of(Notice))


async def test_the_other_models_answer_can_be_rated_and_asked_of_a_third() -> None:
    talk = Talk()
    second = await asked_too(talk, await talk.say("What is an owl?"), "mistral:7b")

    third = await asked_too(talk, second, "olmo2:7b")

    assert third.of(Completion)[-1].model == "olmo2:7b"
    assert third.button("good").command == "rate"


async def test_the_choice_of_a_model_stays_as_it_was() -> None:
    talk = Talk()
    first = await talk.say("What is an owl?")
    await asked_too(talk, first, "mistral:7b")

    await talk.say("And a bat?")

    assert talk.backend.requests[-1].model == talk.backend.requests[0].model


@pytest.mark.parametrize(("name", "key"), [("mistral:8b", "error.model_unknown_near"), ("x", "error.model_unknown")])
async def test_a_model_that_is_not_there_is_told_before_anything_is_stored(name: str, key: str) -> None:
    talk = Talk()
    first = await talk.say("What is an owl?")

    with pytest.raises(UserError) as refused:
        await asked_too(talk, first, name)

    assert refused.value.key == key
    assert len(talk.backend.requests) == 1


async def test_only_who_asked_or_an_admin_asks_another_model() -> None:
    talk = Talk()
    first = await talk.say("What is an owl?")

    with pytest.raises(UserError):
        await asked_too(talk, first, "mistral:7b", person=NOAM)

    assert (await asked_too(talk, first, "mistral:7b", person=BOSS)).text


async def test_where_there_is_no_other_model_nobody_is_offered_one() -> None:
    talk = Talk()
    talk.backend = FakeBackend(card("falcon:7b"), card("embed", capabilities=frozenset({"embedding"})))
    talk.engine = talk.another_process("alone")

    buttons = (await talk.say("Hi")).of(Offer)[-1].buttons

    assert "also" not in [button.command for button in buttons]
