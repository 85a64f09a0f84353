from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Chunk, Document, Passage
from bot.engine.citations import sources

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
