"""A command that is forked from a process that has loaded the product does what one does that is started anew."""

from __future__ import annotations

import shlex
import signal
import sys
from pathlib import Path

import pytest

from tests.cli_process import Lyceum, read_until

SETTINGS = {"MODEL__EMBEDDED": "never", "OLLAMA__HOSTS": "127.0.0.1:1"}


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("settings",), ("migrate", "status"), ("doctor",), ("ask", "  "), ("nothing",)],
    ids=" ".join,
)
async def test_both_say_the_same_and_end_alike(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    lyceum = Lyceum(tmp_path, SETTINGS)
    forked = await lyceum(*arguments)
    anew = await lyceum.shell(shlex.join([sys.executable, "-m", "bot", *arguments]))

    assert (forked.code, forked.out, forked.err) == (anew.code, anew.out, anew.err)


async def test_nothing_of_one_command_is_left_to_the_next(tmp_path: Path) -> None:
    wrong = await Lyceum(tmp_path, SETTINGS | {"MODEL__PARALLEL": "many"})("settings")
    right = await Lyceum(tmp_path, SETTINGS)("settings")

    assert (wrong.code, right.code) == (2, 0)


async def test_a_process_that_a_signal_ends_is_told_by_its_number(tmp_path: Path) -> None:
    async with Lyceum(tmp_path, SETTINGS).running("chat") as process:
        await read_until(process.stdout, "\n")
        process.kill()

        assert await process.wait() == process.returncode == -signal.SIGKILL
