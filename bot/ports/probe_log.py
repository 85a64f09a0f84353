"""What the engine asks of the store of probes: what models were measured to make of lessons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.domain.probes import ProbeResult


class ProbeLog(Protocol):
    """Results of probes, shared by all processes; of each model on each version of a server the last one.

    Both methods raise `Unavailable` when the store does.
    """

    async def results(self, *, edition: int) -> Sequence[ProbeResult]:
        """Return what was measured with this edition of the questions, by model."""
        ...

    async def keep(self, result: ProbeResult) -> None:
        """Keep a result in the place of what was measured of the same model on the same server before."""
        ...
