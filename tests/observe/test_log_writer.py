"""Log lines on their way out: in order, and never waited for by whoever logs."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.observe import logs
from bot.observe.log_writer import LogWriter
from tests.cli_process import Lyceum, read_until
from tests.lab.discord import DiscordLab
from tests.lab.ollama import LabModel, OllamaLab

SOON_S = 10.0
PIPE_BYTES = 65536


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(writing)
    os.close(reading)


def test_lines_come_out_in_the_order_they_were_written(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as file:
        writer = LogWriter(file.fileno())
        for number in range(500):
            writer.write(f"line {number} שלום\n")
        assert writer.drain(SOON_S)

    written = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert written == [f"line {number} שלום" for number in range(500)]


def test_nobody_waits_for_a_reader_that_does_not_read(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    writer = LogWriter(writing, most_lines=8)
    logs.configure(level="info", form="plain", stream=writer)
    line = "x" * 999 + "\n"
    written = 0
    while writer.drain(0.05):
        writer.write(line)
        written += 1
    for _ in range(20):
        writer.write(line)

    read = b""
    while not writer.drain(0.05):
        read += os.read(reading, PIPE_BYTES)
    writer.write("after\n")
    assert writer.drain(SOON_S)
    read += os.read(reading, PIPE_BYTES)

    lost = written + 20 - read.count(line.encode())
    assert lost > 0
    assert read.decode().splitlines()[-2:] == ["after", f"lyceum: warning: log.lines_lost count={lost}"]


def test_a_line_that_cannot_be_written_costs_only_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    room = [False]

    def full(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "no space")
        return write(descriptor, data)

    write = os.write
    monkeypatch.setattr(os, "write", full)
    with (tmp_path / "log").open("wb") as file:
        writer = LogWriter(file.fileno())
        writer.write("lost\n")
        assert writer.drain(SOON_S)
        room[0] = True
        writer.write("kept\n")
        assert writer.drain(SOON_S)

    assert (tmp_path / "log").read_text() == "kept\n"


async def test_a_bot_whose_log_nobody_reads_goes_on_answering(tmp_path: Path) -> None:
    async with OllamaLab([LabModel(name="falcon:7b")]) as ollama, DiscordLab(validate=False) as discord:
        reading, writing = os.pipe()
        os.write(writing, b"\n" * PIPE_BYTES)
        lyceum = Lyceum(
            tmp_path,
            {
                "OLLAMA__HOSTS": ollama.url,
                "LOG__LEVEL": "debug",
                "DISCORD__TOKEN": discord.token,
                "DISCORD__API_URL": discord.api_url,
                "DISCORD__GATEWAY_URL": discord.gateway_url,
            },
        )
        user = discord.add_user("ada")
        async with lyceum.running("run", stderr=writing) as process:
            os.close(writing)
            await read_until(process.stdout, "Discord is connected")
            asked = await discord.say(discord.dm(user), user, "Say hi.")
            await discord.bell.until(
                lambda: any(
                    post.reply_to is asked and "Stop" not in post.buttons for post in discord.wall(asked.channel)
                )
            )
            process.terminate()
            assert await process.wait() == 0
        os.close(reading)
