"""Copies of the database do not outlive what they may hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.storage.database import migration
from bot.storage.database.backups import back_up, backups, prune

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def current(file: Path) -> Path:
    migration.prepare(file)
    return file


def test_copies_made_before_are_deleted_and_later_ones_stay(current: Path) -> None:
    back_up(current, revision="0001", now=NOON - timedelta(days=31))
    kept = back_up(current, revision="0002", now=NOON - timedelta(days=29))

    assert prune(current, NOON - timedelta(days=30)) == 1
    assert backups(current) == [kept]


def test_a_copy_cut_short_is_deleted_as_well(current: Path) -> None:
    made = back_up(current, revision="0001", now=NOON)
    part = made.rename(made.with_suffix(".part"))

    assert prune(current, NOON + timedelta(days=1)) == 1
    assert not part.exists()


def test_other_files_in_the_folder_are_nobodys_business(current: Path) -> None:
    folder = back_up(current, revision="0001", now=NOON).parent
    others = [folder / "notes.db", folder / "other-0001-20200101T000000000000Z.db", folder / "lyceum.db"]
    for other in others:
        other.touch()
    prune(current, NOON + timedelta(days=1))

    assert sorted(folder.iterdir()) == sorted(others)


def test_without_copies_there_is_nothing_to_delete(current: Path) -> None:
    assert prune(current, NOON) == 0
