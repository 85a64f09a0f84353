"""The course that comes along answers its own questions: found first or second, and the fact told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.engine.lesson_questions import OutsideAnswer, OutsideQuestion
from bot.runtime.examination import examination
from bot.settings import Settings
from bot.settings.storage_settings import StorageSettings
from tests.cli_process import Lyceum
from tests.lessons.sample import sample_lessons

FOLDER = Path(__file__).parent / "own_course"
FIRST = 2
FEWEST_A_SECTION = 3
ALLOWED_NEAR_MISSES = 2
"""So many of thirty are answered with the lines about their subject: a property of it is asked for that none tells."""


class Asked(NamedTuple):
    """A question: `places` are headings of which one is right, `facts` what must be told, each in its wordings."""

    places: tuple[str, ...]
    text: str
    facts: tuple[tuple[str, ...], ...]


def asked(language: str) -> list[Asked]:
    """Read what people ask in this language."""
    rows = [line.split(" | ") for line in lines(f"questions.{language}.txt")]
    return [
        Asked(tuple(places.split("/")), text, tuple(wordings(fact) for fact in facts.split(";")))
        for _, _, places, text, facts in rows
    ]


def wordings(fact: str) -> tuple[str, ...]:
    """Return the ways a fact may be told; a command has its own stroke."""
    return (fact,) if fact.startswith("/") else tuple(fact.split("/"))


def lines(name: str) -> list[str]:
    """Return what is asked in a file."""
    read = (FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in read if line and not line.startswith("#")]


async def answers(folder: Path, questions: list[str]) -> list[OutsideAnswer]:
    """Ask as `lyceum ask` does, one after the other."""
    async with examination(Settings(storage=StorageSettings(path=str(folder / "lyceum.db")))) as opened:
        return [await opened.ask(OutsideQuestion(text=text)) for text in questions]


def is_told(answer: str, fact: tuple[str, ...]) -> bool:
    """Whether an answer has a fact in one of its wordings, whatever marks and lines stand between."""
    said = " ".join(answer.replace("> ", "").replace("**", "").split()).casefold()
    return any(wording.casefold() in said for wording in fact)


@pytest.mark.parametrize("language", ["en", "he"])
async def test_what_people_ask_is_found_first_or_second_and_its_facts_are_told(language: str, tmp_path: Path) -> None:
    questions = asked(language)
    given = await answers(tmp_path, [question.text for question in questions])
    pairs = list(zip(questions, given, strict=True))
    astray = [
        question.text
        for question, answer in pairs
        if not {passage.chunk.heading for passage in answer.found[:FIRST]} & set(question.places)
    ]
    untold = [
        (question.text, fact) for question, answer in pairs for fact in question.facts if not is_told(answer.text, fact)
    ]

    assert astray == []
    assert untold == []


@pytest.mark.parametrize("language", ["en", "he"])
async def test_what_the_course_does_not_tell_is_refused(language: str, tmp_path: Path) -> None:
    questions = lines(f"near_misses.{language}.txt")
    given = await answers(tmp_path, questions)
    answered = [text for text, answer in zip(questions, given, strict=True) if answer.text]

    assert len(answered) <= ALLOWED_NEAR_MISSES, answered


@pytest.mark.parametrize("language", ["en", "he"])
async def test_every_section_is_asked_about(language: str) -> None:
    lessons = await sample_lessons()
    documents = [document for document in await lessons.documents() if document.language == language]
    headings = {passage.chunk.heading for document in documents for passage in await lessons.chunks(document)}
    places = Counter(place for question in asked(language) for place in question.places)

    assert {heading: places[heading] for heading in headings if places[heading] < FEWEST_A_SECTION} == {}


async def test_the_console_answers_the_same_questions(tmp_path: Path) -> None:
    lyceum = Lyceum(tmp_path, {"MODEL__EMBEDDED": "never"})
    said = ("whats zephyr", "How should I choose an open model?", "מי יצר את פלקון?")
    done = await lyceum("chat", said="".join(f"/ask {each}\n" for each in said).encode())

    assert "Choose an open model by your task first" in done.out
    assert "המכון לחדשנות טכנולוגית" in done.out
    assert "Zephyr 7B" in done.out
