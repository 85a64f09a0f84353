"""The questions that models are probed with, read from probe.toml. The passages are invented: nobody knows them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from bot.domain import Chunk, Document, Passage
from bot.domain.probes import ProbeQuestion


def probe_questions() -> tuple[int, Sequence[ProbeQuestion]]:
    """Return the edition of the questions, and the questions, those of a language together."""
    read = tomllib.loads(files("bot.lessons.answers").joinpath("probe.toml").read_text(encoding="utf-8"))
    return read["edition"], [*_questions(read["course"])]


def _questions(courses: Sequence[dict[str, Any]]) -> Iterator[ProbeQuestion]:
    number = 0
    for course in courses:
        language: str = course["language"]
        passages = [_passage(at, language, **each) for at, each in enumerate(course["passage"], start=1)]
        for each in course["question"]:
            number += 1
            yield ProbeQuestion(
                id=number,
                language=language,
                text=each["text"],
                passages=passages,
                tells=tuple(tuple(ways) for ways in each.get("tells", ())),
                forbids=tuple(each.get("forbids", ())),
            )


def _passage(number: int, language: str, *, title: str, text: str) -> Passage:
    document = Document(
        course="probe", lesson=f"{number}", title=title, language=language, path=f"{number}.md", content_hash=""
    )
    chunk = Chunk(section=0, heading_path=(title,), anchor="", text=text, language=language)
    return Passage(id=number, document=document, chunk=chunk, score=1.0, certainty=1.0)
