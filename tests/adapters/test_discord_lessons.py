"""Lessons on Discord: asked by command, listed, shown and practised with buttons."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.base import Content
from adapters.discord.buttons import view_of
from bot.domain import Button, Notice
from tests.adapters.discord_scene import Scene, set_up
from tests.lab.discord import Interaction, Message, User
from tests.lessons.lighthouse import MANY, answer_to, lighthouses, many_lighthouses, title_of
from tests.lessons.sample import sample_lessons

COURSE = "https://models.example/course"
ASKED = "Which licence is Mistral 7B under?"
ASKED_IN_HEBREW = "תחת איזה רישיון פורסם Mistral 7B?"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up(lessons=await sample_lessons(base_url=COURSE)) as scene:
        await scene.registered()
        yield scene


@pytest.fixture
async def tower(tmp_path: Path) -> AsyncIterator[Scene]:
    async with set_up(lessons=await lighthouses(tmp_path)) as scene:
        await scene.registered()
        yield scene


async def lesson(scene: Scene, name: str, **options: str) -> Interaction:
    return await scene.lab.slash(scene.channel, scene.ada, "lesson", name, options=options)


async def read(scene: Scene, call: Interaction, text: str) -> Message:
    """Wait until a message the call brought reads so."""
    await scene.lab.until(lambda: any(text in message.text for message in call.wall))
    return next(message for message in call.wall if text in message.text)


async def press(scene: Scene, question: Message, *, right: bool, user: User | None = None) -> Message:
    """Answer a question of the quiz and return what comes back, once it has its buttons or the result."""
    answer = answer_to(question.text)
    button = next(label for label in question.buttons if label.endswith(answer) is right)
    call = await scene.lab.press(question, button, user or scene.ada)
    said = await call.answered()
    await scene.lab.until(lambda: said.buttons or "Done:" in said.text)
    return said


class TestAsking:
    async def test_a_question_to_a_lesson_is_shown_and_answered_like_any_message(self, scene: Scene) -> None:
        shown = await (await lesson(scene, "ask", lesson="3", question=ASKED)).answered()
        answer = await scene.reads("Apache 2.0")

        assert shown.text == f"> {ASKED}"
        assert answer.reply_to is shown
        assert f"[1] [Families of open models › Mistral](<{COURSE}/03-families-of-open-models" in answer.text

    async def test_said_to_the_bot_in_a_thread_it_is_answered_there(self, scene: Scene) -> None:
        thread = scene.channel.start_thread("models")
        said = await scene.lab.say(thread, scene.ada, "/lesson ask 3 Which licence\nis Mistral 7B under?", mention=True)
        answer = await scene.reads("Families of open models › Mistral", thread)

        assert answer.reply_to is said

    async def test_a_lesson_is_offered_while_its_title_or_number_is_typed(self, scene: Scene) -> None:
        await (await lesson(scene, "list")).answered()
        options = {"question": ASKED}
        offered = [
            await scene.lab.autocomplete(
                scene.channel, scene.ada, "lesson", "ask", option="lesson", typed=typed, options=options
            )
            for typed in ("Famil", "משפח", "3")
        ]

        assert [choices[0]["value"] for choices in offered] == ["open-models/03-families-of-open-models"] * 3

    async def test_a_hebrew_question_is_answered_in_hebrew_to_the_last_line(self, scene: Scene) -> None:
        await lesson(scene, "ask", lesson="1", question=ASKED_IN_HEBREW)
        answer = await scene.reads("רישיונות")

        assert answer.text.splitlines()[-1] == "-# ציטוטים מהשיעורים, מילה במילה."
        assert re.search(r"^\N{RIGHT-TO-LEFT MARK}\[1\] \[", answer.text, re.MULTILINE)

    async def test_no_source_unfolds_a_preview(self, scene: Scene) -> None:
        await lesson(scene, "ask", lesson="3", question=ASKED)
        answer = await scene.reads("See also")

        assert len(links := re.findall(r"\S?https?://", answer.text)) > 1
        assert set(links) == {"<https://"}

    async def test_each_quotation_stays_one_in_every_message_of_a_long_answer(self, scene: Scene) -> None:
        await scene.lab.slash(scene.channel, scene.ada, "ask", options={"question": "open models licence weights data"})
        await scene.reads("Quoted from the lessons")
        said = "\n".join(message.text for message in scene.lab.wall(scene.channel)[1:])
        above, _, _ = said.partition("\n[1] ")

        assert [line for line in above.splitlines() if line and not line.startswith("> ")] == []


class TestReading:
    async def test_the_map_is_read_by_its_caller_alone(self, scene: Scene) -> None:
        told = await (await lesson(scene, "list")).answered()

        assert "• 3 [Families of open models](<https://models.example" in told.text
        assert told.seen_only_by is scene.ada

    async def test_forty_lessons_are_listed_in_few_messages_and_no_line_is_cut(self, tmp_path: Path) -> None:
        async with set_up(lessons=await many_lighthouses(tmp_path)) as scene:
            await scene.registered()
            call = await lesson(scene, "list")
            await read(scene, call, "`/lesson show NUMBER`")
        rows = [line for message in call.wall for line in message.text.splitlines() if line.startswith("• ")]

        assert rows == [f"• {number} {title_of(number)}" for number in range(1, MANY + 1)]
        assert len(call.wall) == 2
        assert all(message.seen_only_by is scene.ada for message in call.wall)

    async def test_a_card_tells_what_a_lesson_is_about(self, scene: Scene) -> None:
        told = await (await lesson(scene, "show", lesson="3")).answered()

        assert "There are many families of models" in told.text
        assert "• [Falcon](<https://models.example/course/03-families-of-open-models/README.md#falcon>)" in told.text


class TestPractising:
    async def test_a_question_names_its_answers_above_the_buttons(self, tower: Scene) -> None:
        question = await (await lesson(tower, "quiz", lesson="1")).answered()

        assert "**Question 1 of 3:** What belongs in place of “…”?\n> " in question.text
        assert question.text.splitlines()[-3:] == question.buttons
        assert question.seen_only_by is tower.ada

    async def test_a_wrong_answer_is_told_with_the_right_one_and_where_it_stands(self, tower: Scene) -> None:
        question = await (await lesson(tower, "quiz", lesson="1")).answered()
        told = await press(tower, question, right=False)

        assert told.text.startswith(f"❌ Not quite. The answer: **{answer_to(question.text)}**\n> ")
        assert "01-lighthouses/README.md#words-of-the-tower>)" in told.text

    async def test_a_lesson_that_has_gone_meanwhile_is_told(self, tmp_path: Path) -> None:
        lessons = await lighthouses(tmp_path)
        async with set_up(lessons=lessons) as scene:
            await scene.registered()
            question = await (await lesson(scene, "quiz", lesson="1")).answered()
            lessons.kept.clear()
            call = await scene.lab.press(question, question.buttons[0], scene.ada)
            told = await call.answered()

        assert "This lesson has changed since the quiz began" in told.text


async def test_a_label_that_is_too_long_shows_where_it_is_cut() -> None:
    label = Notice("quiz.option", {"number": 1, "option": "long " * 20})
    view = view_of(Content("?", buttons=(Button(label, "help"),)), turn_id=None, locale="en")
    assert view is not None
    shown = view.to_components()[0]["components"][0]["label"]

    assert shown.endswith("long l…")
    assert len(shown) == 80
