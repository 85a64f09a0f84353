"""What every platform promises who asks the lessons, or practises with them."""

from __future__ import annotations

import re

from tests.contracts.scenes import ADA, BEN, DANA, Seen, Stage, on_every
from tests.lessons.lighthouse import answer_to

LICENCE = "Which licence is Mistral 7B under?"


class TestPractising:
    @on_every("tower")
    async def test_three_right_answers_lead_to_the_result(self, tower: Stage) -> None:
        question = await quiz(tower)
        for number in (2, 3):
            right = tower.bold.format(answer_to(question.text))
            await pick(tower, question, right=True)
            question = await tower.reads_alone(ADA, f"Question {number} of 3")
            assert question.text.startswith(f"✅ Right: {right}")
            assert tower.bold.format(f"Question {number} of 3:") in question.text
        await pick(tower, question, right=True)
        result = await tower.reads_alone(ADA, "Done: 3 of 3 right.")

        assert result.text.splitlines()[-1] == "Done: 3 of 3 right."
        assert result.labels == ()

    @on_every("tower")
    async def test_a_wrong_answer_is_told_with_the_right_one_and_where_it_stands(self, tower: Stage) -> None:
        question = await quiz(tower)
        await pick(tower, question, right=False)
        told = await tower.reads_alone(ADA, "Not quite.")

        right = tower.bold.format(answer_to(question.text))
        assert told.text.startswith(f"❌ Not quite. The answer: {right}\n> ")
        assert re.search(r"01-lighthouses/README\.md#words-of-the-tower>?\)", told.text)

    @on_every("tower", "mentions", "others")
    async def test_a_question_in_the_channel_is_answered_to_each_who_presses_alone(self, tower: Stage) -> None:
        await tower.say(ADA, "lesson quiz 1")
        question = await tower.reads("What belongs in place of")
        for who, right in ((DANA, "✅ נכון"), (ADA, "✅ Right")):
            await pick(tower, question, right=True, who=who)
            await tower.reads_alone(who, right)

        assert [each.handle for each in tower.wall()] == [question.handle]

    @on_every("sleeping_tower", "buttons under answers")
    async def test_an_old_question_can_be_answered_again_and_after_a_restart(self, sleeping_tower: Stage) -> None:
        async with sleeping_tower.running():
            question = await quiz(sleeping_tower)
            await pick(sleeping_tower, question, right=False)
            await sleeping_tower.reads_alone(ADA, "❌ Not quite.")
        async with sleeping_tower.restarted():
            await pick(sleeping_tower, question, right=True)
            await sleeping_tower.reads_alone(ADA, "✅ Right")


class TestAskingLessons:
    @on_every("course", "privacy")
    async def test_what_is_asked_privately_is_answered_from_them_to_the_person_alone(self, course: Stage) -> None:
        await course.call(ADA, "lesson ask", lesson="3", question=LICENCE, private="yes")
        await course.reads_alone(ADA, "Apache 2.0")

        assert course.wall() == course.alone(BEN) == []

    @on_every("course")
    async def test_what_is_not_in_the_lessons_is_refused_without_sources_and_buttons(self, course: Stage) -> None:
        await course.call(ADA, "ask", question="zzz qqq xxx")
        refusal = await course.reads("The lessons do not answer this")

        assert "[1]" not in refusal.text
        assert refusal.labels == ()

    @on_every("course")
    async def test_a_lesson_nobody_knows_is_told_with_what_to_do(self, course: Stage) -> None:
        await course.call(ADA, "lesson ask", lesson="99", question=LICENCE)

        assert "/lesson list shows them all" in (await course.reads("I know no lesson")).text.replace("`", "")

    @on_every("course")
    async def test_a_language_that_is_asked_for_is_the_answers(self, course: Stage) -> None:
        await course.call(ADA, "lesson ask", lesson="3", question=LICENCE, language="he")

        assert "משפחות של מודלים פתוחים" in (await course.reads("[1]")).text


async def quiz(tower: Stage) -> Seen:
    """Let Ada begin the quiz of the lesson."""
    await tower.call(ADA, "lesson quiz", lesson="1")
    return await tower.reads_alone(ADA, "Question 1 of 3")


async def pick(tower: Stage, question: Seen, *, right: bool, who: str = ADA) -> None:
    answer = answer_to(question.text)
    await tower.press(who, question, next(label for label in question.labels if label.endswith(answer) is right))
