"""Lessons through the front doors: the product's own course, and one that is taken in while the bot runs."""

from __future__ import annotations

from tests.e2e.doors import Doors
from tests.lessons.courses import write
from tests.lessons.lighthouse import LIGHTHOUSES, URL

OF_ITS_OWN = "Which licence is Mistral 7B under?"
OF_THE_NEW = "What is the lantern of a lighthouse?"
ANCHOR = f"{URL}/01-lighthouses/README.md#words-of-the-tower"


async def test_a_fresh_bot_answers_from_its_own_course(doors: Doors) -> None:
    async with doors.open():
        on_discord = await doors.ask_lessons_on_discord(OF_ITS_OWN)
        on_slack = await doors.ask_lessons_on_slack(OF_ITS_OWN)

    assert "Apache 2.0" in on_discord
    assert "] Families of open models \u203a Mistral" in on_discord
    assert "Apache 2.0" in on_slack
    assert "] Families of open models \u203a Mistral" in on_slack
    assert doors.ollama.chats == []


async def test_a_course_taken_in_meanwhile_answers_the_next_question_and_the_own_one_makes_way(doors: Doors) -> None:
    write(doors.lyceum.folder / "lights", {"01-lighthouses/README.md": LIGHTHOUSES})
    async with doors.open():
        await doors.ask_lessons_on_discord(OF_ITS_OWN)
        taken_in = await doors.lyceum("ingest", "lights", "--base-url", URL)
        on_discord = await doors.ask_lessons_on_discord(OF_THE_NEW)
        on_slack = await doors.ask_lessons_on_slack(OF_THE_NEW)
        gone = await doors.ask_lessons_on_slack(OF_ITS_OWN)

    assert taken_in.code == 0
    assert "the room of glass at the top" in on_discord
    assert f"[1] [Lighthouses \u203a Words of the tower](<{ANCHOR}>)" in on_discord
    assert f"[1] [Lighthouses \u203a Words of the tower]({ANCHOR})" in on_slack
    assert gone.startswith("The lessons do not answer this")
    assert "Mistral" not in gone


async def test_the_own_course_comes_back_when_no_other_is_left(doors: Doors) -> None:
    write(doors.lyceum.folder / "lights", {"01-lighthouses/README.md": LIGHTHOUSES})
    async with doors.open():
        await doors.lyceum("ingest", "lights")
        await doors.lyceum("ingest", "--remove", "lights")
        answer = await doors.ask_lessons_on_slack(OF_ITS_OWN)

    assert "Families of open models" in answer
