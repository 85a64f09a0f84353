"""Interactions: the 3-second rule, the 15-minute token, callbacks and follow-ups."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.lab.discord.state import Channel, Json, Message, User


@dataclass(eq=False)
class Interaction:
    """One interaction as the server keeps it.

    `response` is the body of the bot's callback ({} before it came); `wall` the messages it brought, as this user
    sees them now, the original first.
    """

    id: int
    token: str
    type: int
    user: User
    channel: Channel
    created_at: float
    response: Json = field(default_factory=dict)

    @property
    def wall(self) -> list[Message]:
        """The original response and the follow-ups, deleted ones left out."""
        raise NotImplementedError

    @property
    def is_ephemeral(self) -> bool:
        """Whether the first response made it ephemeral."""
        raise NotImplementedError

    async def acknowledged(self, timeout_s: float = 10.0) -> Json:
        """Wait for the bot's callback, a deferral too, and return its body."""
        raise NotImplementedError

    async def answered(self, timeout_s: float = 10.0) -> Message:
        """Wait until the person reads an answer (not "thinking ...") and return the newest message."""
        raise NotImplementedError
