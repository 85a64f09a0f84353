"""The database the storage tests share the making of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lyceum.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    async with await Database.open(file) as opened:
        yield opened
