"""The gateway: sessions, dispatch numbers, RESUME, and what a test may do to the connections."""

from __future__ import annotations

from tests.lab.discord.interactions import Interaction
from tests.lab.discord.state import Message


class Gateway:
    """All gateway sessions of the lab."""

    async def connected(self, timeout_s: float = 10.0) -> None:
        """Wait until the bot has a session, resumed or new, on every shard it asked for."""
        raise NotImplementedError

    async def reconnect(self) -> None:
        """Send op 7 on every connection."""
        raise NotImplementedError

    async def invalidate(self, *, resumable: bool) -> None:
        """Send op 9 on every connection; unless resumable the sessions are forgotten."""
        raise NotImplementedError

    async def cut(self) -> None:
        """Tear every connection down without a goodbye. Events are kept for RESUME."""
        raise NotImplementedError

    async def redeliver(self, thing: Message | Interaction) -> None:
        """Dispatch MESSAGE_CREATE or INTERACTION_CREATE for it once more, with a new sequence number."""
        raise NotImplementedError
