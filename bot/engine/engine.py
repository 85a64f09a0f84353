"""The one door of the engine: adapters hand it what people said and pass on the parts it answers with."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from bot.domain import Address, ChatMessage, CommandCall, Notice, Person, ReplyPart, Turn


class Engine:
    """Answers messages and commands. Made by `bot.app`; shared by all adapters."""

    async def accept(self, message: ChatMessage) -> Turn | None:
        """Store the message, before the platform's event is acknowledged; None for one that is known already.

        Raises:
            Unavailable: it could not be stored; do not acknowledge it.
        """
        raise NotImplementedError

    def reply(self, turn: Turn) -> AsyncGenerator[ReplyPart, None]:
        """Answer an accepted turn. Wait for its place in line, then stream; errors are raised through the stream."""
        raise NotImplementedError

    async def accept_call(self, call: CommandCall) -> bool:
        """Remember the call's event; False for one that is known already."""
        raise NotImplementedError

    def execute(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Run a command and stream the notices it answers with."""
        raise NotImplementedError

    async def stop(self, turn_id: int, *, person: Person, address: Address) -> Notice:
        """End a running turn for a person who may; what was written is kept. The notice is for that person alone.

        Raises:
            UserError: they may not, or the turn is over.
        """
        raise NotImplementedError

    def suggest(self, command: str, option: str, typed: str, *, person: Person, address: Address) -> Sequence[str]:
        """Complete an option from the cached list, best first, at most 25; empty for who may not. Never does I/O."""
        raise NotImplementedError

    async def withdraw(self, address: Address, *, message_id: str) -> None:
        """A person deleted their message: stop its turn and take both out of the history."""
        raise NotImplementedError
