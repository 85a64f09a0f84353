"""Whether an adapter still counts as ready when it gives turns back: noted for the tests of each platform."""

from __future__ import annotations

import pytest

from adapters.base import Adapter
from tests.memory import FakeTurns


def readiness_when_given_back(turns: FakeTurns, adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list that notes, whenever a turn is released, whether the adapter is ready at that moment."""
    readiness, release = list[bool](), turns.release

    async def released(turn_id: int, *, worker: str) -> None:
        readiness.append(adapter.ready.is_set())
        await release(turn_id, worker=worker)

    monkeypatch.setattr(turns, "release", released)
    return readiness
