"""Questions to the lessons, through the engine's front door."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Completion, Doing, Notice, Offer, Sources, State
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import UserError
from bot.i18n import sentence
from tests.engine.lesson_talk import ClassRoom, class_room
from tests.engine.talk import DANA, ROOM
from tests.lessons.courses import write
from tests.lessons.sample import lessons_in

ASKED = "Which licence is Mistral 7B under?"
NOT_COVERED = "zzz qqq xxx"


async def test_a_capable_model_words_the_answer_from_the_passages() -> None:
    talk = await class_room()
    talk.backend.say("Mistral 7B was published under Apache 2.0 [1].")
    answer = await talk.ask(ASKED)

    assert answer.text.startswith("Mistral 7B was published under Apache 2.0 [1].")
    assert [source.title for source in answer.of(Sources)[-1].sources]
    assert "Apache 2.0" in talk.prompts()[0][-1]


async def test_what_the_lessons_say_reaches_the_model_as_data_behind_the_rules() -> None:
    talk = await class_room()
    await talk.ask(ASKED)
    read = talk.prompts()[0][-1]

    assert read.index("nothing else") < read.index('<passage number="1"') < read.index(ASKED)


async def test_a_sentence_the_lessons_do_not_support_is_left_out_and_said_to_be() -> None:
    talk = await class_room()
    talk.backend.say("Mistral 7B was published under Apache 2.0. It costs 49 dollars a month.")
    answer = await talk.ask(ASKED)

    assert "dollars" not in answer.text
    assert "lessons.removed" in answer.notices


@pytest.mark.parametrize("said", ["Mistral 7B costs 49 dollars a month.", "999999", "It is under no licence at all."])
async def test_where_nothing_a_model_says_holds_the_question_is_refused_with_links(said: str) -> None:
    talk = await class_room()
    talk.backend.say(said)
    answer = await talk.ask(ASKED)

    assert answer.text == ""
    assert answer.notices == ["lessons.refused", "lessons.closest"]


async def test_where_a_model_says_nothing_the_lessons_are_quoted() -> None:
    talk = await class_room()
    talk.backend.say(" ")
    answer = await talk.ask(ASKED)

    assert "Apache 2.0" in answer.text
    assert "lessons.quotes" in answer.notices


async def test_a_model_is_not_named_under_quotes_that_it_did_not_word() -> None:
    talk = await class_room()
    talk.backend.say(" ")
    answer = await talk.ask(ASKED)

    assert [end.model for end in answer.of(Completion)] == [""]
    assert [turn.closed_with.model for turn in talk.turns.turns.values() if turn.closed_with] == [""]


async def test_a_small_model_does_not_word_what_lessons_say() -> None:
    talk = await class_room(parameters="134.52M")
    answer = await talk.ask(ASKED)

    assert "lessons.quotes" in answer.notices
    assert not talk.backend.requests


async def test_without_any_model_the_lessons_still_answer() -> None:
    talk = await class_room()
    talk.backend.cards = {}
    answer = await talk.ask(ASKED)

    assert "Apache 2.0" in answer.text
    assert answer.of(Sources)


async def test_what_the_lessons_do_not_say_is_refused_without_sources() -> None:
    talk = await class_room()
    answer = await talk.ask(NOT_COVERED)

    assert answer.notices == ["lessons.refused"]
    assert not answer.of(Sources)
    assert answer.of(Completion)


async def test_a_refusal_names_what_comes_close() -> None:
    talk = await class_room()
    answer = await talk.ask("How much does a ticket to Falcon cost?")

    assert answer.notices == ["lessons.refused", "lessons.closest"]


async def test_a_model_that_finds_no_answer_in_the_passages_is_believed() -> None:
    talk = await class_room()
    talk.backend.say("NO ANSWER")
    answer = await talk.ask("Which licence has Llama 2?")

    assert "lessons.refused" in answer.notices
    assert answer.text == ""


async def test_a_message_the_lessons_surely_cover_is_answered_from_them_unasked() -> None:
    talk = await class_room(answers="quotes")
    answer = await talk.say("families of open models Falcon Technology Innovation Institute")

    assert answer.of(Sources)


@pytest.mark.parametrize("said", ["Thanks, bot!", "hello! can you help me?", "תודה רבה"])
async def test_small_talk_to_the_lessons_gets_a_friendly_word_and_no_model(said: str) -> None:
    talk = await class_room()
    answer = await talk.ask(said)

    assert answer.notices == ["lessons.small_talk"]
    assert not talk.backend.requests


async def test_small_talk_is_for_the_model() -> None:
    talk = await class_room()
    talk.backend.say("Hello!")
    answer = await talk.say("Good morning to you all, dear friends")

    assert answer.text == "Hello!"
    assert not answer.of(Sources)


async def test_who_asks_the_lessons_reads_that_they_are_being_read() -> None:
    talk = await class_room(answers="quotes")
    answer = await talk.ask(ASKED)

    assert State(Doing.READING) in answer.of(State)


async def test_the_map_names_every_lesson_in_the_readers_language() -> None:
    talk = await class_room()
    said = await talk.command("lesson list", language="he")

    assert said.notices.count("lesson.list.row") == 4


async def test_a_card_tells_sections_and_languages() -> None:
    talk = await class_room()
    said = await talk.command("lesson show", lesson="3")

    assert said.notices.count("lesson.show.section") == 6
    assert said.parts[-2].parameters == {"languages": "en, he"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "key"), [("99", "lesson_unknown"), ("open", "lesson_unclear"), ("nothing-like-it", "lesson_unknown")]
)
async def test_a_lesson_that_cannot_be_told_is_asked_for(name: str, key: str) -> None:
    talk = await class_room()

    with pytest.raises(UserError) as refused:
        await talk.command("lesson show", lesson=name)
    assert refused.value.key == f"error.{key}"


@pytest.mark.parametrize(
    ("typed", "first"), [("3", "03-families"), ("FAMILIES", "03-families"), ("משפחות", "03-families"), ("", "01-what")]
)
async def test_a_lesson_is_suggested_by_its_number_and_by_words_of_any_of_its_titles(typed: str, first: str) -> None:
    talk = await class_room()
    await talk.command("lesson list")
    suggested = await talk.engine.suggest("lesson show", "lesson", typed, person=DANA, address=ROOM)

    assert suggested[0].startswith(f"open-models/{first}")


async def test_a_quiz_names_what_may_be_answered_by_the_numbers_on_its_buttons() -> None:
    talk = await class_room()
    said = await talk.command("lesson quiz", lesson="2")
    (offer,) = said.of(Offer)

    assert [button.label for button in offer.buttons] == [part for part in said.of(Notice) if part.key == "quiz.option"]
    assert [button.label.parameters["number"] for button in offer.buttons] == [1, 2, 3, 4]


async def test_the_questions_that_were_written_for_a_lesson_are_asked_and_proved_from_it() -> None:
    talk = await class_room()
    (document,) = [each for each in await talk.lessons.documents() if each.number == (3,) and each.language == "en"]
    written = {each.question: each for each in await talk.lessons.questions(document)}
    said = await talk.command("lesson quiz", lesson="3")
    (asked,) = [part.parameters["question"] for part in said.of(Notice) if part.key == "quiz.question"]
    told = await talk.press(await talk.right_button(said))
    right, proof = told.of(Notice)[:2]

    assert right.parameters["answer"] == written[str(asked)].right
    assert proof.parameters["clue"] == written[str(asked)].proof


async def test_a_quiz_asks_three_questions_and_counts_the_right_answers() -> None:
    talk = await class_room()
    said = await talk.command("lesson quiz", lesson="2")
    for _ in range(3):
        said = await talk.press(await talk.right_button(said))

    assert said.notices[-1] == "quiz.result"
    assert said.parts[-1].parameters == {"right": 3, "count": 3}  # type: ignore[union-attr]
    assert "quiz.where" in said.notices


async def test_a_question_to_one_lesson_is_answered_from_that_one() -> None:
    talk = await class_room(answers="quotes")
    await talk.ask("Which licence is it under?", lesson="3")

    assert talk.retriever.asked[-1].lesson == "open-models/03-families-of-open-models"


async def test_one_lesson_that_does_not_answer_sends_the_person_to_all_of_them() -> None:
    talk = await class_room()
    answer = await talk.ask(NOT_COVERED, lesson="3")

    assert answer.notices[0] == "lessons.refused_by_one"


async def test_a_question_to_a_lesson_nobody_knows_says_so() -> None:
    talk = await class_room()

    with pytest.raises(UserError) as refused:
        await talk.ask(ASKED, lesson="99")
    assert refused.value.key == "error.lesson_unknown"


async def test_the_language_somebody_asks_for_is_asked_of_the_lessons() -> None:
    talk = await class_room(answers="quotes")
    await talk.ask(ASKED, language="he")

    assert talk.retriever.asked[-1].language == "he"


async def test_what_was_asked_before_goes_with_a_question() -> None:
    talk = await class_room(answers="quotes")
    await talk.ask("What is Falcon?")
    await talk.ask("And its licence?")

    assert talk.retriever.asked[-1].previous == "What is Falcon?"


async def test_where_the_lessons_turn_out_to_be_beside_the_point_the_model_answers_by_itself() -> None:
    talk = await class_room()
    talk.backend.say("NO ANSWER", "I would ask at the institute.")
    answer = await talk.say("families of open models Falcon Technology Innovation Institute")

    assert answer.text == "I would ask at the institute."
    assert not answer.of(Sources)
    assert "<passage" not in talk.prompts()[1][-1]


@pytest.mark.parametrize(
    "forged",
    [
        {"quiz": f"{10**30}-1"},
        {"quiz": "owl"},
        {"at": str(10**30)},
        {"choice": "9" * 5000},
        {"right": "3"},
        {"right": "-1"},
    ],
    ids=["a huge quiz", "no quiz", "a huge question", "a huge choice", "more right than asked", "less than none"],
)
async def test_a_forged_answer_to_a_quiz_is_refused(forged: dict[str, str]) -> None:
    talk = await class_room()
    asked = await talk.command("lesson quiz", lesson="2")
    button = asked.of(Offer)[-1].buttons[0]
    with pytest.raises(UserError) as refused:
        await talk.press(replace(button, arguments={**button.arguments, **forged}))

    assert refused.value.key == "error.quiz_gone"


async def test_a_lesson_of_a_huge_number_is_none() -> None:
    talk = await class_room()
    with pytest.raises(UserError) as refused:
        await talk.command("lesson show", lesson="9" * 5000)

    assert refused.value.key == "error.lesson_unknown"


async def test_a_lesson_without_a_number_is_named_by_its_title_alone(tmp_path: Path) -> None:
    lessons = await lessons_in(write(tmp_path / "owls", {"owls.md": "# Owls\n\nOwls hoot at night.\n"}))
    talk = ClassRoom(lessons, answer_policy=AnswerPolicy())
    listed = await talk.command("lesson list")
    shown = await talk.command("lesson show", lesson="owls")

    assert "• Owls" in [sentence(part, "en") for part in listed.of(Notice)]
    assert sentence(shown.of(Notice)[0], "en") == "**Owls**"
