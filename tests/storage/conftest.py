"""The database the storage tests share the making of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.database import Database, open_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lyceum.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    async with await open_database(file) as opened:
        yield opened
