"""The whole product through its front doors: conversations, choices and the model host's troubles."""

from __future__ import annotations

import sqlite3

from tests.e2e.doors import Doors


async def test_the_same_conversation_is_held_through_every_door(doors: Doors) -> None:
    async with doors.open():
        await doors.ask_on_discord("the owl is OWL-1")
        on_discord = await doors.ask_on_discord("which owl?")
        _, thread = await doors.ask_on_slack("the owl is OWL-2")
        on_slack, _ = await doors.ask_on_slack("which owl?", thread)
    at_console = await doors.lyceum("chat", said=b"the owl is OWL-3\nwhich owl?\n")

    assert "I remember: OWL-1." in on_discord
    assert "I remember: OWL-2." in on_slack
    assert "I remember: OWL-3." in at_console.out
    assert at_console.code == 0


async def test_the_chosen_model_and_the_conversation_outlive_the_process(doors: Doors) -> None:
    async with doors.open():
        await doors.ask_on_discord("model use mistral:7b for channel")
        await doors.ask_on_discord("the owl is OWL-1")
    async with doors.open():
        doors.discord.clock.advance(10)
        answer = await doors.ask_on_discord("which owl?")

    assert "I remember: OWL-1." in answer
    assert {request.body["model"] for request in doors.ollama.chats} == {"mistral:7b"}


async def test_everything_said_is_in_the_database(doors: Doors) -> None:
    async with doors.open():
        on_discord = await doors.ask_on_discord("the owl is OWL-1")
        on_slack, _ = await doors.ask_on_slack("the owl is OWL-2")
    with sqlite3.connect(doors.database) as connection:
        rows = connection.execute("SELECT role, text FROM messages ORDER BY id").fetchall()
    connection.close()

    assert sorted(rows) == sorted(
        [
            ("user", "the owl is OWL-1"),
            ("assistant", on_discord),
            ("user", "the owl is OWL-2"),
            ("assistant", on_slack),
        ]
    )


async def test_a_model_host_that_goes_away_and_comes_back_is_told_and_used_again(doors: Doors) -> None:
    async with doors.open():
        await doors.ask_on_discord("hello")
        await doors.ollama.stop()
        told = await doors.ask_on_discord("anybody there?")
        await doors.ollama.start()
        answer = await doors.ask_on_discord("and now?")

    assert "Traceback" not in told
    assert doors.ollama.url.removeprefix("http://") in told
    assert "You said: Ada: and now?" in answer
