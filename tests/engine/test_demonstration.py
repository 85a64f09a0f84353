"""Where only the demonstration model answers: lessons before its own words, and no question it cannot read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.domain import Completion, Notice
from bot.engine.answer_policy import AnswerPolicy
from bot.i18n import sentence
from bot.llm.embedded import CARD
from tests.engine.lesson_talk import ClassRoom, class_room
from tests.fakes import card
from tests.lessons.sample import sample_lessons


async def demonstration_room(text: str = "Let me say something.") -> ClassRoom:
    talk = await class_room()
    talk.backend.cards = {CARD.name: CARD}
    talk.backend.answer = lambda _: text
    return talk


@pytest.mark.parametrize("asked", ["Who made Falcon?", "מי יצר את Falcon?", "What is Falcon?"])
async def test_where_only_the_demonstration_model_answers_what_the_lessons_cover_is_quoted(asked: str) -> None:
    talk = await demonstration_room()
    answer = await talk.say(asked)

    assert "Falcon" in answer.text
    assert "lessons.quotes" in answer.notices
    assert not talk.backend.requests


async def test_a_quote_is_in_the_language_it_was_asked_in() -> None:
    talk = await demonstration_room()

    assert re.search("[א-ת]{3}", (await talk.say("מי יצר את Falcon?")).text)


@pytest.mark.parametrize("said", ["Who are you?", "What can you do?", "hello", "ok", "Thanks!", "What is my name?"])
async def test_the_demonstration_model_makes_small_talk_itself(said: str) -> None:
    talk = await demonstration_room()
    await talk.say("Who made Falcon?")

    assert (await talk.say(said)).text == "Let me say something."


async def test_a_capable_model_is_left_what_the_lessons_only_may_cover() -> None:
    talk = await demonstration_room()
    talk.backend.cards = {"m": card("m", parameters="7B")}

    assert (await talk.say("Who made Falcon?")).text == "Let me say something."


@pytest.mark.parametrize(("said", "language"), [("מה שלומך היום?", "he"), ("Wie ist das Wetter heute?", "de")])
async def test_a_model_is_not_asked_in_a_language_it_does_not_know(said: str, language: str) -> None:
    talk = await demonstration_room()
    answer = await talk.say(said)

    assert answer.notices == ["notice.english_only"]
    assert answer.of(Notice)[0].language == language
    assert answer.of(Completion)
    assert not talk.backend.requests


async def test_the_languages_of_any_model_count_that_tells_them() -> None:
    talk = await demonstration_room()
    talk.backend.cards = {"m": replace(card("m"), languages=frozenset({"en", "he"}))}

    assert (await talk.say("מה שלומך היום?")).text
    assert (await talk.say("Wie ist das Wetter heute?")).notices == ["notice.other_languages"]


@pytest.mark.parametrize("asked", ["Кто создал Falcon?", "谁制作了Falcon？", "Wer hat Falcon gemacht?"])
async def test_what_may_answer_is_shown_where_no_model_understands_the_question(asked: str) -> None:
    talk = await demonstration_room()

    assert "lessons.quotes" in (await talk.say(asked)).notices


@pytest.mark.parametrize("asked", ["מי יצר את Falcon?", "¿Qué licencia tiene Mistral 7B?"])
async def test_what_lessons_cover_comes_before_a_capable_model_that_does_not_know_the_language(asked: str) -> None:
    talk = await demonstration_room()
    talk.backend.cards = {"m": replace(card("m", parameters="7B"), languages=frozenset({"en"}))}
    said = await talk.say(asked)
    to_lessons = await talk.ask(asked)

    assert "lessons.quotes" in said.notices
    assert "lessons.quotes" in to_lessons.notices
    assert not talk.backend.requests


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("¿Puedes cantar?", "inglés"),
        ("Pourquoi le ciel bleu ?", "anglais"),
        ("Warum Himmel blau?", "Englisch"),
        ("Почему небо голубое?", "английский"),
        ("لماذا السماء زرقاء؟", "الإنجليزية"),
        ("天空为什么是蓝色的？", "英语"),
        ("מה שלומך היום?", "אנגלית"),
    ],
)
async def test_that_a_language_is_not_known_is_said_in_that_language(said: str, word: str) -> None:
    talk = await demonstration_room()
    (told, *_) = (await talk.say(said)).of(Notice)

    assert word in sentence(told, "en")


async def test_nothing_is_quoted_unasked_where_the_operator_does_not_want_it() -> None:
    talk = ClassRoom(await sample_lessons(), answer_policy=AnswerPolicy(lessons_unasked=False))
    talk.backend.cards = {CARD.name: CARD}

    assert "lessons.quotes" not in (await talk.say("Who made Falcon?")).notices


async def test_a_model_does_not_read_on_in_languages_it_does_not_know() -> None:
    talk = await demonstration_room()
    talk.backend.cards = {"m": card("m", parameters="7B")}
    await talk.say("Count my owls: one.")
    await talk.say("מי יצר את Falcon?")
    talk.backend.cards = {"m": replace(card("m", parameters="7B"), languages=frozenset({"en"}))}
    await talk.engine.catalog.refresh()
    await talk.say("And now?")

    assert talk.prompts()[-1][1:] == ["Dana: Count my owls: one.", "Let me say something.", "Dana: And now?"]
