"""What was remembered to write answers faster goes with them: no word of anybody's stays in memory."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from adapters.discord.dialect import to_discord
from adapters.rendering.remembered import forget_texts, remembered_count
from adapters.slack.dialect import to_slack
from bot.domain import CommandCall
from tests.adapters.board import Board
from tests.engine.talk import DANA, NOAM, ROOM, THREAD, Talk, until
from tests.fakes import Speech

ANSWER = "# Words\n\nThe word is **OWL-1**, and $x^2$ or \\(\\alpha\\).\n\n- a list\n\n```py\nowl()\n```\n"
ROOMS = Path(__file__).parents[2] / "adapters"


class RenderingBoard(Board):
    """A board whose answers are rendered as on both platforms."""

    async def rendered(self, text: str) -> None:
        to_discord(ANSWER + text)
        to_slack(ANSWER + text)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget_texts()


async def test_nothing_is_remembered_once_no_answer_is_being_written() -> None:
    board = RenderingBoard(Talk())
    board.talk.backend.say("Hello.")
    await board.rendered("first")
    before = remembered_count()
    await board.say("Hi")

    assert before > 0
    assert remembered_count() == 0


async def test_what_was_said_is_forgotten_though_another_answer_is_being_written() -> None:
    board = RenderingBoard(Talk())
    board.talk.backend.say(Speech(text="one two", holds=True, after=1))
    writing = asyncio.create_task(board.deliver(board.talk.message("Hold.", person=NOAM, at=THREAD)))
    await until(lambda: board.talk.backend.running)
    await board.rendered("OWL-1")
    call = CommandCall(event_id="F1", address=ROOM, person=DANA, command="forget", arguments={"confirm": "yes"})
    await board.deliver(call)
    left = remembered_count()
    board.talk.backend.release()
    await writing

    assert left == 0


def test_everything_that_is_remembered_of_texts_can_be_forgotten() -> None:
    """No room remembers by itself; what `functools.cache` keeps has no words: a table, a compiled pattern, a sign."""
    sources = {path: path.read_text(encoding="utf-8") for path in ROOMS.rglob("*.py")}
    by_themselves = [path.name for path, source in sources.items() if "lru_cache(" in source]
    kept = [found for source in sources.values() for found in re.findall(r"@cache\n(?:async )?def (\w+)\(", source)]

    assert by_themselves == ["remembered.py"]
    assert sorted(kept) == ["_is_blank", "_is_punctuation", "_known"]
