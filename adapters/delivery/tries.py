"""How often a call that failed is made again, and after which waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.base import PostFailed
from bot.clock import Clock

# Waits before a call that failed is made again, none so long that a platform is back for long before it is asked.
# The last try of an edit is a new message.
RETRY_AFTER_S = (0.5, 1.0, 2.0, 4.0, 4.0, 4.0)
# A message posted in the place of one that could not be edited is tried that much less.
TRIES_OF_A_NEW = 2


class Tries:
    """The tries of the call that is due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.failures = 0

    @property
    def are_spent(self) -> bool:
        """Whether it failed as often as it may."""
        return self.failures == len(RETRY_AFTER_S)

    async def wait(self) -> None:
        """Note one more failure, and wait as long as is due after it."""
        self.failures += 1
        await self._clock.sleep(RETRY_AFTER_S[self.failures - 1])

    async def done(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do some work, again where it failed.

        Raises:
            PostFailed: it failed as often as it may.
        """
        while True:
            try:
                return await work()
            except PostFailed:
                if self.are_spent:
                    raise
                await self.wait()
