"""A conversation with an engine that has two courses, and an old edition in one of them."""

from __future__ import annotations

from pathlib import Path

from bot.domain import Notice
from bot.engine.answer_policy import AnswerPolicy
from bot.lessons.reading.sorting import ALL
from bot.lessons.sources.opening import Wanted
from tests.engine.lesson_talk import ClassRoom
from tests.engine.talk import Heard
from tests.fakes import card
from tests.lessons.courses import write
from tests.memory import FakeLessons

ASKED = "What is the mascot of the course?"
HARBOUR: dict[str, str | bytes] = {
    "01-intro/README.md": "# Setup\n\n## Mascot\n\nThe mascot of the course is a tiger.\n",
    "02-knots/README.md": "# Knots\n\n## Bowline\n\nA bowline is a knot that makes a loop which does not slip.\n",
}
BOATS: dict[str, str | bytes] = {
    "01-intro/README.md": "# Setup\n\n## Mascot\n\nThe mascot of the course is a whale.\n",
    "extra/motivation.md": "# Motivation\n\nBoats carry people over water.\n",
    "team/motivation.md": "# Motivation\n\nA crew works together on deck.\n",
    "cohorts/2024/03-exam/README.md": "# Exam\n\nThe exam is in June.\n",
    "cohorts/2025/03-exam/README.md": "# Exam\n\nThe exam is in July.\n",
}


async def two_courses(folder: Path, *, is_small: bool = True) -> ClassRoom:
    """Make a talk with the courses `harbour` and `boats`, taken in from folders of these names."""
    talk = ClassRoom(FakeLessons(), answer_policy=AnswerPolicy(lesson_answers="quotes" if is_small else "auto"))
    talk.backend.cards = {"m": card("m", parameters="7B")}
    for name, files in (("harbour", HARBOUR), ("boats", BOATS)):
        await talk.taking_in.take(Wanted(source=str(write(folder / name, files))), ALL)
    return talk


def told(heard: Heard, key: str) -> list[dict[str, object]]:
    """Return what fills the notices of one key."""
    return [dict(part.parameters) for part in heard.of(Notice) if part.key == key]
