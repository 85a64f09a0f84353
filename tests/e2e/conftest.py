from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.doors import Doors, front_doors
from tests.e2e.stored import KINDS, Stored


@pytest.fixture(params=KINDS)
async def stored(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stored]:
    """Yield the database of a test's bot, of each kind."""
    async with KINDS[request.param](tmp_path) as stored:
        yield stored


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    """Yield the front doors of a product without lessons but its own, not running yet."""
    async with front_doors(tmp_path) as doors:
        yield doors
