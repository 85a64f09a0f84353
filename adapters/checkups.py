"""Checks of the set-up that run side by side, each for so long and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.domain.check_result import CheckResult, problem

Check = Callable[[], Awaitable[Sequence[CheckResult]]]
# All checks end within 15 s. One inside another's has less, and a call of its less again: so what is silent is named.
CHECK_S = 12.0
PART_S = 6.0
CALL_S = 4.0


async def side_by_side(checks: Mapping[str, Check], *, within_s: float = CHECK_S) -> list[CheckResult]:
    """Run checks by their area, all at once, and return what they found, in their order."""
    found = await asyncio.gather(*(_bounded(area, check, within_s) for area, check in checks.items()))
    return [result for results in found for result in results]


async def _bounded(area: str, check: Check, within_s: float) -> Sequence[CheckResult]:
    try:
        async with asyncio.timeout(within_s):
            return await check()
    except TimeoutError:
        return [problem(area, "timeout", shows="unsure", check=area, seconds=round(within_s))]
