"""A drill: the bot at work is copied, its database is lost, and the copy comes back."""

from __future__ import annotations

from tests.e2e.doors import Doors
from tests.lab import postgres


async def test_what_was_copied_while_the_bot_ran_is_there_after_its_database_is_lost(doors: Doors) -> None:
    async with doors.open():
        await doors.ask_on_discord("My owl is called OWL-4711.")
        copying = await doors.lyceum("backup", "copy.db")
    assert copying.code == 0, copying.err
    doors.database.unlink()

    restoring = await doors.lyceum("restore", "copy.db")
    assert restoring.code == 0, restoring.err
    async with doors.open():
        await doors.ask_on_discord("What is it called?")

    assert "OWL-4711" in str(doors.ollama.chats[-1].body["messages"])


async def test_a_file_moves_to_a_server_with_all_that_was_said(doors: Doors) -> None:
    async with doors.open():
        await doors.ask_on_discord("My owl is called OWL-4711.")
    copying = await doors.lyceum("backup", "copy.db")
    assert copying.code == 0, copying.err
    async with postgres.shared().database() as url:
        doors.lyceum.variables["STORAGE__URL"] = url
        restoring = await doors.lyceum("restore", "copy.db")
        assert restoring.code == 0, restoring.err
        again = await doors.lyceum("restore", "copy.db")
        async with doors.open():
            await doors.ask_on_discord("What is it called?")
        back = await doors.lyceum("backup", "from-server.db")

    assert "OWL-4711" in str(doors.ollama.chats[-1].body["messages"])
    assert again.code != 0
    assert "holds something already" in again.err
    assert "OWL-4711" not in restoring.out + back.out
    assert back.code == 0
    assert "messages: 4" in back.out
