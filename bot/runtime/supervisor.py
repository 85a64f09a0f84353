"""Keeps a task going: what ends by itself or fails is started again, after a wait that grows."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.errors import BotError, ConfigurationError

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
# Whoever ran this long has recovered: the next failure is a new one.
STEADY_AFTER_S = 60.0
log = structlog.get_logger(__name__)


async def supervise(
    name: str,
    run: Callable[[], Awaitable[None]],
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> ConfigurationError:
    """Run it again and again until cancelled; return the error that only the operator can mend."""
    failures = 0
    while True:
        started_at = clock.now()
        try:
            await run()
            log.warning("adapter.ended", adapter=name)
        except ConfigurationError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the one place where a task's unforeseen failure is caught
            _tell(name, error)
        failures = 1 if clock.now() - started_at >= STEADY_AFTER_S else failures + 1
        wait_s = wait_before(failures)
        log.info("adapter.restarts", adapter=name, in_s=round(wait_s, 1))
        await clock.sleep(wait_s)


def wait_before(failures: int) -> float:
    """Return the seconds to wait after this many failures in a row: doubling, spread by a quarter, bounded."""
    wait_s = min(FIRST_WAIT_S * 2.0 ** min(failures - 1, 10), LONGEST_WAIT_S)
    return wait_s * random.uniform(0.75, 1.0)  # noqa: S311 - keeps many bots from coming back in one moment


def _tell(name: str, error: Exception) -> None:
    """Log why it failed: an unreachable platform in one line, anything else with its traceback."""
    expected = isinstance(error, OSError | BotError)
    log.warning("adapter.failed", adapter=name, error=type(error).__name__, cause=str(error), exc_info=not expected)
