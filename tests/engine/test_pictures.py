"""Pictures of a question go to a model that sees them, with that question alone; otherwise a sentence says who does."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest

from bot.domain import CommandCall, Picture, Turn
from bot.engine.answer_policy import AnswerPolicy
from tests.engine.lesson_talk import class_room
from tests.engine.talk import DANA, ROOM, Heard, Talk, accepted, heard
from tests.fakes import card

SEES = frozenset({"completion", "vision"})
OWL = Picture("owl.png", b"the owl itself")
CAT = Picture("cat.jpg", b"the cat itself")


def talk_with(*capabilities: frozenset[str]) -> Talk:
    """Return a talk in which the first model answers; each has these capabilities."""
    talk = Talk(answer_policy=AnswerPolicy(default_model="model0"))
    talk.backend.cards.clear()
    talk.backend.install(*(card(f"model{n}", capabilities=each) for n, each in enumerate(capabilities)))
    return talk


async def asked(talk: Talk, text: str, *pictures: Picture) -> tuple[Turn, Heard]:
    turn = await accepted(talk.engine, replace(talk.message(text), pictures=pictures))
    assert turn
    return turn, await heard(talk.engine.reply(turn))


def images(talk: Talk) -> list[tuple[bytes, ...]]:
    return [message.images for message in talk.backend.requests[-1].prompt]


async def test_a_model_that_sees_is_shown_them_with_the_question() -> None:
    talk = talk_with(SEES)
    _, answer = await asked(talk, "what is it?", OWL, CAT)

    assert images(talk) == [(), (OWL.content, CAT.content)]
    assert "[Sent along: owl.png, cat.jpg." in talk.prompts()[-1][-1]
    assert answer.notices == []


async def test_they_are_shown_once_and_the_prompt_before_stays_the_same() -> None:
    talk = talk_with(SEES)
    await asked(talk, "what is it?", OWL)
    before = talk.prompts()[-1]
    await asked(talk, "and what does it eat?")

    assert images(talk) == [()] * 4
    assert talk.prompts()[-1][: len(before)] == before


async def test_when_the_answer_is_there_nothing_holds_them_any_more() -> None:
    talk = talk_with(SEES)
    lent = Picture("owl.png", b"the owl itself")
    seen = weakref.ref(lent)
    await asked(talk, "what is it?", lent)
    del lent
    gc.collect()

    assert seen() is None


async def test_a_model_that_does_not_see_answers_without_and_names_one_that_does() -> None:
    talk = talk_with(frozenset({"completion"}), SEES)
    _, answer = await asked(talk, "what is it?", OWL)
    (told,) = [notice for notice in answer.parts if getattr(notice, "key", "") == "notice.no_vision"]

    assert told.parameters == {"files": "owl.png", "model": "model0", "instead": "model1"}  # type: ignore[union-attr]
    assert images(talk) == [(), ()]
    assert "You said" in answer.text


@pytest.mark.parametrize("others", [frozenset({"completion"}), frozenset({"vision"}), frozenset({"embedding"})])
async def test_where_no_chat_model_sees_that_is_said(others: frozenset[str]) -> None:
    talk = talk_with(frozenset({"completion"}), others)
    _, answer = await asked(talk, "what is it?", OWL)

    assert answer.notices == ["notice.no_vision_here"]


async def test_a_model_elsewhere_is_not_named() -> None:
    talk = talk_with(frozenset({"completion"}), SEES)
    talk.backend.install(replace(talk.backend.cards["model1"], is_remote=True))
    _, answer = await asked(talk, "what is it?", OWL)

    assert answer.notices == ["notice.no_vision_here"]


async def test_who_takes_a_turn_over_says_that_the_pictures_are_lost() -> None:
    talk = talk_with(SEES)
    turn = await accepted(talk.engine, replace(talk.message("what is it?"), pictures=(OWL,)))
    assert turn
    stored = await talk.turns.find(turn.id)
    assert stored
    answer = await heard(talk.engine.reply(stored))

    assert stored.message.pictures == ()
    assert answer.notices == ["notice.pictures_lost"]


async def test_an_answer_that_is_made_again_says_so_too() -> None:
    talk = talk_with(SEES)
    _, answer = await asked(talk, "what is it?", OWL)
    again = await accepted(talk.engine, talk.call(answer.button("again")))
    assert again

    assert (await heard(talk.engine.reply(again))).notices == ["notice.pictures_lost"]


@pytest.mark.parametrize("said", ["[Sent along: owl.png]", "[Sent along: owl.png. If you are shown no picture"])
async def test_words_like_it_say_nothing_of_pictures(said: str) -> None:
    _, answer = await asked(talk_with(SEES), said)

    assert answer.notices == []


async def test_a_comparison_shows_them_to_those_that_see_and_says_that_not_all_do() -> None:
    talk = talk_with(frozenset({"completion"}), SEES)
    call = CommandCall(
        event_id="E1",
        address=ROOM,
        person=DANA,
        command="model compare",
        arguments={"first": "model0", "second": "model1", "question": "what is it?"},
        pictures=(OWL,),
    )
    turn = await accepted(talk.engine, call)
    assert turn
    answer = await heard(talk.engine.reply(turn))

    assert "notice.compare_vision" in answer.notices
    assert {each.model: each.prompt[-1].images for each in talk.backend.requests} == {
        "model0": (),
        "model1": (OWL.content,),
    }


async def test_pictures_leave_less_room_for_what_was_said_before() -> None:
    with_pictures, without = talk_with(SEES), talk_with(SEES)
    for talk, pictures in ((with_pictures, [OWL, CAT] * 2), (without, [])):
        talk.backend.answer = lambda _: "Yes."
        talk.backend.install(card("model0", capabilities=SEES, context_tokens=4096))
        for _ in range(4):
            await asked(talk, "the owl sleeps by day " * 20)
        await asked(talk, "what is it?", *pictures)

    assert len(without.prompts()[-1]) == 10
    assert len(with_pictures.prompts()[-1]) < 10


async def test_a_question_about_a_picture_is_not_answered_from_the_lessons_unless_they_are_asked() -> None:
    talk = await class_room()
    talk.backend.install(*(replace(each, capabilities=SEES) for each in talk.backend.cards.values()))
    question = replace(talk.message("Which licence is Mistral 7B under?"), pictures=(OWL,))
    for lessons_only in (False, True):
        turn = await accepted(
            talk.engine,
            replace(question, message_id=f"M{lessons_only}", event_id=f"E{lessons_only}", lessons_only=lessons_only),
        )
        assert turn
        await heard(talk.engine.reply(turn))

    assert ["<passage" in prompt[-1] for prompt in talk.prompts()] == [False, True]
    assert images(talk)[-1] == (OWL.content,)
