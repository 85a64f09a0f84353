"""Answers that a model words from the lessons, and what they leave behind."""

from __future__ import annotations

from bot.domain import Notice, Role
from tests.engine.lesson_talk import ClassRoom, class_room

SURE = "families of open models Falcon Technology Innovation Institute"
ASKED = "Which licence is Mistral 7B under?"
HELD = "Mistral 7B was published under Apache 2.0 [1]."
UNSURE = "Which licence has Llama 2?"
IN_SPANISH = "¿Bajo qué licencia se publicó el modelo Mistral 7B?"


async def test_a_model_that_finds_no_answer_where_the_lessons_are_sure_has_them_quoted() -> None:
    talk = await class_room()
    for refusal in ("NO ANSWER", "The passages do not provide information about that."):
        talk.backend.say(refusal)
        answer = await talk.ask(SURE)

        assert "Falcon" in answer.text
        assert answer.notices[-1] == "lessons.quotes"


async def test_a_refusal_in_words_of_its_own_is_believed_where_they_are_not() -> None:
    talk = await class_room()
    talk.backend.say("The passages do not mention which licence it is under.")
    answer = await talk.ask(UNSURE)

    assert (answer.text, answer.notices) == ("", ["lessons.refused", "lessons.closest"])


async def test_a_model_that_says_nothing_is_said_to_have_said_nothing() -> None:
    talk = await class_room()
    talk.backend.say(" ")
    answer = await talk.ask(ASKED)

    assert (answer.notices[0], answer.notices[-1]) == ("lessons.model_silent", "lessons.quotes")
    assert [part.parameters for part in answer.of(Notice) if part.key == "lessons.model_silent"] == [{"model": "m"}]


async def test_numbers_of_sources_are_in_no_later_prompt() -> None:
    talk = await class_room()
    talk.backend.say(HELD)
    answer = await talk.ask(ASKED)
    await talk.say("Thank you, and now tell me a story about owls, please.")
    (said,) = (part.content for part in talk.backend.requests[-1].prompt if part.role is Role.ASSISTANT)

    assert "[1]" in answer.text
    assert said == "Mistral 7B was published under Apache 2.0."


async def test_numbers_in_an_answer_without_sources_stay() -> None:
    talk = await class_room()
    talk.backend.say("Take the last one of two: x = list [1].")
    await talk.say("How do I take the last of a list of two in code, please?")
    await talk.say("Thank you, and now tell me a story about owls, please.")
    (said,) = (part.content for part in talk.backend.requests[-1].prompt if part.role is Role.ASSISTANT)

    assert said == "Take the last one of two: x = list [1]."


async def asked_in_spanish(talk: ClassRoom) -> int:
    """Ask what only lessons in English answer; return how many models were asked."""
    await talk.ask(IN_SPANISH, language="en")
    return len(talk.backend.requests)


async def test_a_capable_model_reads_passages_of_another_language_than_the_question() -> None:
    talk = await class_room()
    talk.backend.say("NO ANSWER")
    small = await class_room(parameters="135M")

    assert await asked_in_spanish(talk) == 1
    assert await asked_in_spanish(small) == 0
