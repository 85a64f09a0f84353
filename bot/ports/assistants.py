"""What the engine asks of the store of assistants: whose they are, where they are used, whom they have greeted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.domain import Address, Assistant, AssistantInUse, AssistantTraces, KnownAssistant, Level, Persona
from bot.domain.deeds import Deed


class Assistants(Protocol):
    """Assistants, as all processes of the bot share them. All methods raise `Unavailable` when the store does.

    A person's own are theirs on the whole platform, as what they said is; those of a channel or a workspace are that
    place's. In a private conversation the assistants of its channel are there.
    """

    async def visible(self, address: Address, person_id: str) -> Sequence[Assistant]:
        """Return the assistants a person may use here: their own, the channel's, the workspace's, each by name."""
        ...

    async def create(
        self, home: Level, address: Address, author_id: str, persona: Persona, *, most: int, source: int = 0
    ) -> Assistant:
        """Store a new assistant. One for others is a deed in the audit log.

        Raises:
            UserError: its home has one of that name, or `most` of them.
        """
        ...

    async def change(
        self, assistant_id: int, persona: Persona, *, seen: int, deed: Deed | None = None
    ) -> Assistant | None:
        """Change the assistant that was seen in this version; None where it was changed or removed meanwhile.

        `deed` is what the audit log tells of it then.

        Raises:
            UserError: its home has another one of that name.
        """
        ...

    async def remove(self, assistant_id: int, *, seen: int, deed: Deed | None = None) -> bool:
        """Remove it as it was seen; False where it was changed or removed meanwhile. What uses it is told later.

        `deed` is what the audit log tells of it then.
        """
        ...

    async def traces(self, assistant_id: int) -> AssistantTraces:
        """Return where an assistant is used."""
        ...

    async def use(self, level: Level, address: Address, person_id: str, assistant: Assistant) -> bool:
        """Let an assistant answer at a level; the last one chosen wins. False where it is gone.

        Of one that is not a person's own the audit log tells.
        """
        ...

    async def leave(self, level: Level, address: Address, person_id: str) -> bool:
        """Let no assistant answer at a level any more; False where none was chosen."""
        ...

    async def in_use(self, address: Address, person_id: str) -> Sequence[AssistantInUse]:
        """Return which were chosen for this person here, nearest level first, as `Choices.chain` does."""
        ...

    async def tell_gone(self, use_id: int, *, turn_id: int) -> bool:
        """Note that a turn tells of an assistant that is gone; False where another one has."""
        ...

    async def greet(self, conversation_id: int, assistant_id: int, *, turn_id: int) -> bool:
        """Note that a turn begins with an assistant's greeting; False where another one of the conversation has."""
        ...

    async def names(self) -> Sequence[KnownAssistant]:
        """Return all names, for completions: whom each may be told is for the caller to look to."""
        ...
