"""Messages that were deleted before they were accepted: an event about a message may overtake the message itself."""

from __future__ import annotations

from bot.domain import Address

# Deletions of messages that never were for the bot come by here as well, and are forgotten, oldest first.
MOST_REMEMBERED = 1_000


class Deletions:
    """Remembers the newest deletions by where the message was and its id."""

    def __init__(self) -> None:
        self._messages: dict[tuple[Address, str], None] = {}

    def add(self, address: Address, message_id: str) -> None:
        """Remember one."""
        self._messages[address, message_id] = None
        if len(self._messages) > MOST_REMEMBERED:
            del self._messages[next(iter(self._messages))]

    def take(self, address: Address, message_id: str) -> bool:
        """Forget one; False where there is none."""
        return self._messages.pop((address, message_id), False) is None
