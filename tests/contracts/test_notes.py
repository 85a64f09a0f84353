"""What `ports.Notes` promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import Notes
from tests.contracts.stores import IMPLEMENTATIONS


@pytest.fixture(params=IMPLEMENTATIONS)
async def notes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Notes]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores.notes


async def test_a_note_never_written_reads_as_none(notes: Notes) -> None:
    assert await notes.read("commands") is None


async def test_a_note_reads_as_it_was_written(notes: Notes) -> None:
    await notes.write("commands", "שלום \u2603")

    assert await notes.read("commands") == "שלום \u2603"


async def test_an_empty_note_is_a_note(notes: Notes) -> None:
    await notes.write("commands", "")

    assert await notes.read("commands") == ""


async def test_a_note_written_again_is_replaced_and_no_other(notes: Notes) -> None:
    await notes.write("commands", "first")
    await notes.write("else", "other")
    await notes.write("commands", "second")

    assert [await notes.read("commands"), await notes.read("else")] == ["second", "other"]
