from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.doors import Doors, front_doors


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    """Yield the front doors of a product without lessons but its own, not running yet."""
    async with front_doors(tmp_path) as doors:
        yield doors
