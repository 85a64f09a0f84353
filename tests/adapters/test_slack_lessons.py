"""Lessons on Slack: asked by command, listed, shown and practised with buttons."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.slack_scene import Scene, set_up
from tests.lab.slack import Message, User
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


class TestAsking:
    async def test_a_question_to_a_lesson_is_shown_and_answered_in_its_thread(self, scene: Scene) -> None:
        called = await lesson(scene, f"ask 3 {ASKED}")
        answer = await scene.answered("Apache 2.0")
        shown, _ = scene.lab.posts(scene.channel)

        assert called.acked
        assert shown.shown == f"ada asks:\n\n> {ASKED}"
        assert answer.thread_ts == shown.ts
        assert f"\n[1] [Families of open models › Mistral]({COURSE}/03-families-of-open-models" in answer.shown

    async def test_said_to_the_bot_in_a_thread_it_is_answered_there(self, scene: Scene) -> None:
        root = await scene.lab.say(scene.channel, scene.ben, "among ourselves", mention=False)
        await scene.lab.say(scene.channel, scene.ada, f"/lesson ask 3 {ASKED}", thread=root.ts)

        assert await scene.answered("Families of open models › Mistral", thread=root.ts)

    async def test_a_hebrew_question_is_answered_in_hebrew_to_the_last_line(self, scene: Scene) -> None:
        await lesson(scene, f"ask 1 {ASKED_IN_HEBREW}", user=scene.ben)
        answer = await scene.answered("רישיונות")

        assert "_ציטוטים מהשיעורים, מילה במילה." in answer.shown
        assert re.search(r"^\N{RIGHT-TO-LEFT MARK}\[1\] \[", answer.shown, re.MULTILINE)

    async def test_no_source_unfolds_a_preview_wherever_it_is_shown(self, scene: Scene) -> None:
        await lesson(scene, f"ask 3 {ASKED}")
        await scene.answered("[1]")
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

        assert "There are many families of models" in shown.shown
        assert f"• [Falcon]({COURSE}/03-families-of-open-models/README.md#falcon)" in shown.shown

    async def test_without_a_lesson_it_says_how_it_is_typed(self, scene: Scene) -> None:
        assert "`/lesson quiz LESSON [language:LANGUAGE]`" in (await told(scene, "quiz")).shown


class TestPractising:
    async def test_a_question_names_its_answers_above_the_buttons(self, tower: Scene) -> None:
        question = await told(tower, "quiz 1")
        words = str(question.blocks[0]["text"])

        assert "**Question 1 of 3:** What belongs in place of “…”?\n> " in words
        assert words.splitlines()[-3:] == list(labels(question))

    async def test_the_answers_stand_outside_the_quotation(self, tower: Scene) -> None:
        words = str((await told(tower, "quiz 1")).blocks[0]["text"])

        assert re.search(r"^> .+\n\n1\. ", words, re.MULTILINE)
