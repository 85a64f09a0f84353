"""Lessons on Slack: asked by command, listed, shown and practised with buttons."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.slack_scene import Scene, make_scene, running, set_up
from tests.lab.slack import Message, SlackLab, User
from tests.lab.slack.acting import Interaction
from tests.lessons.lighthouse import MANY, answer_to, lighthouses, many_lighthouses, title_of
from tests.lessons.sample import sample_lessons

COURSE = "https://models.example/course"
ASKED = "Which licence is Mistral 7B under?"
ASKED_IN_HEBREW = "תחת איזה רישיון פורסם Mistral 7B?"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up(lessons=await sample_lessons(base_url=COURSE)) as scene:
        yield scene


@pytest.fixture
async def tower(tmp_path: Path) -> AsyncIterator[Scene]:
    async with set_up(lessons=await lighthouses(tmp_path)) as scene:
        yield scene


async def lesson(scene: Scene, text: str, *, user: User | None = None) -> Interaction:
    return await scene.lab.slash(scene.channel, user or scene.ada, "/lesson", text)


async def told(scene: Scene, text: str) -> Message:
    """Run a command and return what its caller alone reads."""
    return (await (await lesson(scene, text)).responded())[0]


def labels(question: Message) -> dict[str, str]:
    """Return the buttons of a question: action ids by labels."""
    return {str(question.button(action)["text"]["text"]): action for action in question.action_ids}


async def press(scene: Scene, question: Message, *, right: bool, user: User | None = None) -> Interaction:
    """Answer a question of the quiz."""
    answer = answer_to(question.shown)
    action = next(action for label, action in labels(question).items() if label.endswith(answer) is right)
    return await scene.lab.press(question, action, user or scene.ada)


async def pressed(scene: Scene, question: Message, *, right: bool) -> Message:
    """Answer a question that is read by one person alone, and return what comes back."""
    return (await (await press(scene, question, right=right)).responded())[0]


class TestAsking:
    async def test_a_question_to_a_lesson_is_shown_and_answered_in_its_thread(self, scene: Scene) -> None:
        called = await lesson(scene, f"ask 3 {ASKED}")
        answer = await scene.answered("Apache 2.0")
        shown, _ = scene.lab.posts(scene.channel)

        assert called.acked
        assert shown.shown == f"ada asks:\n\n> {ASKED}"
        assert answer.thread_ts == shown.ts
        assert f"\n[1] [Families of open models › Mistral]({COURSE}/03-families-of-open-models" in answer.shown

    async def test_asked_privately_only_the_person_sees_question_and_answer(self, scene: Scene) -> None:
        called = await lesson(scene, f"ask 3 {ASKED} private yes")
        (answer,) = await called.responded()

        assert "Apache 2.0" in answer.shown
        assert answer.visible_to == scene.ada.id
        assert scene.lab.posts(scene.channel) == []

    async def test_said_to_the_bot_in_a_thread_it_is_answered_there(self, scene: Scene) -> None:
        root = await scene.lab.say(scene.channel, scene.ben, "among ourselves", mention=False)
        await scene.lab.say(scene.channel, scene.ada, f"/lesson ask 3 {ASKED}", thread=root.ts)

        assert await scene.answered("Families of open models › Mistral", thread=root.ts)

    async def test_a_lesson_nobody_knows_is_told_with_what_to_do(self, scene: Scene) -> None:
        await lesson(scene, f"ask 99 {ASKED}")

        assert "`/lesson list` shows them all" in (await scene.answered("I know no lesson")).shown

    async def test_a_language_that_is_asked_for_is_the_answers(self, scene: Scene) -> None:
        await lesson(scene, f"ask 3 {ASKED} language:he")

        assert "משפחות של מודלים פתוחים" in (await scene.answered("[1]")).shown

    async def test_a_hebrew_question_is_answered_in_hebrew_to_the_last_line(self, scene: Scene) -> None:
        await lesson(scene, f"ask 1 {ASKED_IN_HEBREW}", user=scene.ben)
        answer = await scene.answered("רישיונות")

        assert "_ציטוטים מהשיעורים, מילה במילה." in answer.shown
        assert re.search(r"^\N{RIGHT-TO-LEFT MARK}\[1\] \[", answer.shown, re.MULTILINE)

    async def test_what_is_not_in_the_lessons_is_refused_without_sources_and_buttons(self, scene: Scene) -> None:
        await scene.lab.slash(scene.channel, scene.ada, "/ask", "zzz qqq xxx")
        refusal = await scene.answered("The lessons do not answer this")

        assert "[1]" not in refusal.shown
        assert refusal.action_ids == []

    async def test_no_source_unfolds_a_preview_wherever_it_is_shown(self, scene: Scene) -> None:
        await lesson(scene, f"ask 3 {ASKED}")
        await scene.answered("[2]")
        await (await lesson(scene, f"ask 3 {ASKED} private yes")).responded()
        calls = [*scene.lab.called("chat.postMessage"), *scene.lab.called("response_url")]

        assert [(call.arguments["unfurl_links"], call.arguments["unfurl_media"]) for call in calls] == [
            (False, False)
        ] * len(calls)


class TestReading:
    async def test_the_map_is_read_by_its_caller_alone(self, scene: Scene) -> None:
        shown = await told(scene, "list")

        assert f"• 3 [Families of open models]({COURSE}/03" in shown.shown
        assert shown.visible_to == scene.ada.id

    async def test_the_map_is_in_the_language_of_who_reads_it(self, scene: Scene) -> None:
        (shown,) = await (await lesson(scene, "list", user=scene.ben)).responded()

        assert "[משפחות של מודלים פתוחים]" in shown.shown
        assert "4 שיעורים" in shown.shown

    async def test_forty_lessons_are_listed_in_one_message(self, tmp_path: Path) -> None:
        async with set_up(lessons=await many_lighthouses(tmp_path)) as scene:
            shown = await told(scene, "list")
        rows = [line for line in shown.shown.splitlines() if line.startswith("• ")]

        assert rows == [f"• {number} {title_of(number)}" for number in range(1, MANY + 1)]
        assert "`/lesson show NUMBER`" in shown.shown

    async def test_a_card_tells_what_a_lesson_is_about(self, scene: Scene) -> None:
        shown = await told(scene, "show 3")

        assert "Models come in families" in shown.shown
        assert f"• [Falcon]({COURSE}/03-families-of-open-models/README.md#falcon)" in shown.shown

    async def test_without_a_lesson_it_says_how_it_is_typed(self, scene: Scene) -> None:
        assert "`/lesson quiz LESSON [language:LANGUAGE]`" in (await told(scene, "quiz")).shown


class TestPractising:
    async def test_a_question_names_its_answers_above_the_buttons(self, tower: Scene) -> None:
        question = await told(tower, "quiz 1")
        words = str(question.blocks[0]["text"])

        assert "**Question 1 of 3:** What is this?\n> " in words
        assert words.splitlines()[-3:] == list(labels(question))

    async def test_the_answers_stand_outside_the_quotation(self, tower: Scene) -> None:
        words = str((await told(tower, "quiz 1")).blocks[0]["text"])

        assert re.search(r"^> .+\n\n1\. ", words, re.MULTILINE)

    async def test_three_right_answers_lead_to_the_result(self, tower: Scene) -> None:
        first = await told(tower, "quiz 1")
        second = await pressed(tower, first, right=True)
        third = await pressed(tower, second, right=True)
        result = await pressed(tower, third, right=True)

        assert second.shown.startswith(f"✅ Right: **{answer_to(first.shown)}**")
        assert "**Question 3 of 3:**" in third.shown
        assert result.shown.splitlines()[-1] == "Done: 3 of 3 right."
        assert result.action_ids == []

    async def test_a_wrong_answer_is_told_with_the_right_one_and_where_it_stands(self, tower: Scene) -> None:
        question = await told(tower, "quiz 1")
        answer = await pressed(tower, question, right=False)

        assert answer.shown.startswith(f"❌ Not quite. It is **{answer_to(question.shown)}**\n> ")
        assert "01-lighthouses/README.md#words-of-the-tower)" in answer.shown

    async def test_a_question_in_the_channel_is_answered_to_each_who_presses_alone(self, tower: Scene) -> None:
        await tower.lab.say(tower.channel, tower.ada, "lesson quiz 1")
        question = await tower.shown("What is this?")
        await press(tower, question, right=True)
        await press(tower, question, right=True, user=tower.ben)
        await tower.lab.private_reads(tower.channel, tower.ada, "✅ Right")
        await tower.lab.private_reads(tower.channel, tower.ben, "✅ נכון")

        assert tower.lab.posts(tower.channel) == [question]

    async def test_an_old_question_can_be_answered_again_and_after_a_restart(self, tmp_path: Path) -> None:
        async with SlackLab() as lab:
            scene = make_scene(lab, lessons=await lighthouses(tmp_path))
            async with running(scene.adapter):
                question = await told(scene, "quiz 1")
                await pressed(scene, question, right=False)
            async with running(scene.another_process().adapter):
                answer = await pressed(scene, question, right=True)

        assert answer.shown.startswith("✅")
        assert lab.violations == []
