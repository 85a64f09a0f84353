"""Over real courses, where a copy lies beside the repository. Asserts on paths and numbers only: no text is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.lessons.reading.chunks import REST, SIZE, width
from bot.lessons.reading.loaders import Loaded
from bot.lessons.sources.folders import folder_source
from tests.lessons.sample import read_course

FOUND = [parent / "shared/course/data" for parent in Path(__file__).parents]
COURSES = next((path for path in FOUND if (path / "manifest.json").exists()), None)

pytestmark = pytest.mark.skipif(COURSES is None, reason="no real courses beside the repository")


@pytest.fixture(scope="module")
def read() -> list[Loaded]:
    assert COURSES
    return list(read_course(folder_source(COURSES)))


def test_every_lesson_of_the_manifest_is_read(read: list[Loaded]) -> None:
    assert COURSES
    listed = {file.path for file in folder_source(COURSES).files if file.path.endswith(".md")}

    assert listed == {document.path for document, _ in read}


def test_every_lesson_has_a_title_an_address_and_a_language(read: list[Loaded]) -> None:
    assert [document.path for document, _ in read if not (document.title and document.url and document.language)] == []


def test_no_chunk_is_wider_than_it_may_be(read: list[Loaded]) -> None:
    assert max(width(chunk.text) for _, chunks in read for chunk in chunks) <= SIZE * (1 + REST)


def test_no_chunk_has_an_open_fence(read: list[Loaded]) -> None:
    starts = [
        [line.lstrip(" >-*1234567890.").startswith("```") for line in chunk.text.split("\n")]
        for _, chunks in read
        for chunk in chunks
    ]

    assert [sum(marks) for marks in starts if sum(marks) % 2] == []


def test_no_chunk_has_a_tracker_or_a_note_of_a_translator(read: list[Loaded]) -> None:
    noise = ("WT.mc_id=academic", "CO-OP TRANSLATOR DISCLAIMER", "CO_OP_TRANSLATOR", "\u200b", "\u00ad", "\u00a0")

    assert [document.path for document, chunks in read for chunk in chunks if any(n in chunk.text for n in noise)] == []
