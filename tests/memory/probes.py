"""`ports.ProbeLog` in memory."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.probes import ProbeResult


class FakeProbeLog:
    """See `ports.ProbeLog`."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], ProbeResult] = {}

    async def results(self, *, edition: int) -> Sequence[ProbeResult]:
        """See `ports.ProbeLog.results`."""
        found = [each for each in self._kept.values() if each.edition == edition]
        return sorted(found, key=lambda each: (each.model, each.key, each.server))

    async def keep(self, result: ProbeResult) -> None:
        """See `ports.ProbeLog.keep`."""
        self._kept[result.key, result.server] = result
