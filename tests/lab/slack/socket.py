"""Socket Mode: the connections of the app, what is delivered to them, and what becomes of it."""

from __future__ import annotations

from tests.lab.slack.state import Json


class Delivery:
    """One event, command or interaction on its way: `attempts` counts how often it was sent.

    `acked` says whether any of them was acknowledged; `ack_payload` is what the acknowledgement carried.
    """

    envelope: Json
    event_id: str
    attempts: int
    acked: bool
    ack_payload: Json

    async def wait_acked(self, timeout_s: float = 5) -> Json:
        """Return the acknowledgement's payload. Raises: TimeoutError."""
        raise NotImplementedError


class SocketHub:
    """The platform's end of the sockets. `connections` is how many have said hello and are not being recycled."""

    connections: int

    async def connected(self, count: int = 1, timeout_s: float = 10) -> None:
        """Return as soon as `count` connections are open. Raises: TimeoutError."""
        raise NotImplementedError

    async def recycle(self) -> None:
        """Ask every connection to come back (warning, then refresh_requested), as Slack does from time to time."""
        raise NotImplementedError

    async def cut(self) -> None:
        """Break every connection without a word."""
        raise NotImplementedError

    async def redeliver(self, delivery: Delivery) -> None:
        """Deliver an event once more, as Slack does when it has seen no acknowledgement."""
        raise NotImplementedError
