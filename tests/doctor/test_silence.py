"""Everything takes the connection and says nothing: the doctor is done in time all the same, and names each."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.doctor.setup import MOST_S, sound


async def test_servers_that_say_nothing_are_named_within_the_time(tmp_path: Path) -> None:
    leaving = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await leaving.wait()
        writer.close()

    async with sound(tmp_path) as there, await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        address = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        there.variables |= {
            "DISCORD__API_URL": f"http://{address}/api/v10",
            "SLACK__API_URL": f"http://{address}/api/",
            "OLLAMA__HOSTS": f"http://{address}",
            "STORAGE__URL": f"postgresql://lyceum:secret@{address}/lyceum",
        }
        told = await there.doctor()
        leaving.set()

    assert told.took_s < MOST_S
    assert told.problems == {
        "database": "error.storage_unreachable",
        "models.host": "host.silent",
        "discord.token": "check.unreachable",
        "slack.bot_token": "check.unreachable",
        "slack.app_token": "check.unreachable",
    }
    assert "secret" not in told.printed
