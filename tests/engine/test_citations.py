from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Chunk, Document, Passage
from bot.engine.citations import see_also, sources

SETUP = Passage(
    id=1,
    document=Document(
        course="alpha", lesson="01-setup", title="Setup", language="en", path="01-setup/README.md", content_hash="1"
    ),
    chunk=Chunk(section=1, heading_path=("Setup",), anchor="setup", text="Set it up.", language="en"),
    score=1.0,
)


def of(course: str, lesson: str) -> Passage:
    return replace(SETUP, document=replace(SETUP.document, course=course, lesson=lesson))


@pytest.mark.parametrize(
    ("places", "titles"),
    [
        ([("alpha", "01-setup"), ("beta", "01-setup")], ["Setup (alpha)", "Setup (beta)"]),
        ([("alpha", "2024/01-setup"), ("alpha", "2025/01-setup")], ["Setup (2024)", "Setup (2025)"]),
        (
            [("alpha", "01-setup"), ("alpha", "02-api"), ("beta", "01-setup")],
            ["Setup (alpha: 01-setup)", "Setup (alpha: 02-api)", "Setup (beta: 01-setup)"],
        ),
        ([("alpha", "01-setup"), ("alpha", "01-setup")], ["Setup", "Setup"]),
    ],
)
def test_sources_of_one_title_are_told_apart(places: list[tuple[str, str]], titles: list[str]) -> None:
    assert [source.title for source in sources([of(*place) for place in places]).sources] == titles


def scored(section: int, *, score: float, certainty: float = 0.9) -> Passage:
    chunk = replace(SETUP.chunk, section=section, heading_path=("Setup", f"Part {section}"))
    return replace(SETUP, id=section, chunk=chunk, score=score, certainty=certainty)


def test_what_else_bears_on_a_question_is_named_without_its_text() -> None:
    found = [scored(1, score=10), scored(2, score=9), scored(2, score=8), scored(3, score=7)]
    named = see_also(found, found[:1])

    assert [(notice.key, notice.parameters) for notice in named] == [
        ("lessons.see_also", {"places": "Setup › Part 2, Setup › Part 3"})
    ]


@pytest.mark.parametrize("other", [scored(2, score=3), scored(2, score=9, certainty=0.1), scored(1, score=9)])
def test_what_is_far_off_or_quoted_is_not_named(other: Passage) -> None:
    quoted = scored(1, score=10)

    assert see_also([quoted, other], [quoted]) == []
