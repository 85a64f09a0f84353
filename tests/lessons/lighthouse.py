"""A course small enough that its quiz is known by heart, and one with many lessons."""

from __future__ import annotations

from pathlib import Path

from tests.lessons.courses import write
from tests.lessons.sample import lessons_in
from tests.memory import FakeLessons

URL = "https://lights.example/course"
ANSWERS = {
    "the room of glass at the top in which the lamp burns": "Lantern",
    "a loud sound for days on which no light is seen": "Fog horn",
    "the person who trims the wick and writes the log": "Keeper",
}
WORDS = "".join(f"- **{term}**: {clue}.\n" for clue, term in ANSWERS.items())
LIGHTHOUSES = f"# Lighthouses\n\nLighthouses warn ships of rocks.\n\n## Words of the tower\n\n{WORDS}"
MANY = 40


async def lighthouses(folder: Path) -> FakeLessons:
    """Take in a course of one lesson with a quiz of three questions."""
    return await lessons_in(write(folder / "lights", {"01-lighthouses/README.md": LIGHTHOUSES}), base_url=URL)


async def many_lighthouses(folder: Path) -> FakeLessons:
    """Take in a course of forty lessons whose titles and addresses are long."""
    return await lessons_in(
        write(
            folder / "lights",
            {
                f"{number:02}-{'of-lights-and-of-fog-' * 4}{number}/README.md": f"# {title_of(number)}\n\nShips pass.\n"
                for number in range(1, MANY + 1)
            },
        ),
        base_url=URL,
    )


def title_of(number: int) -> str:
    """Return the title of one of the many lessons."""
    return f"How the tower of the northern coast number {number} came to have its light"


def answer_to(question: str) -> str:
    """Return the right answer to the question of the quiz that a text asks last."""
    asked = question.rpartition("What belongs in place of")[2]
    return next(term for clue, term in ANSWERS.items() if clue in asked)
