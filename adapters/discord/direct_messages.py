"""Letters: direct messages to a person, where what they asked can be answered nowhere else any more."""

from __future__ import annotations

import discord

from adapters.discord.calls import called
from adapters.discord.poster import nonce
from bot.domain import Person
from bot.i18n import text


class Letters:
    """The direct messages of one answer; the first says what they are about. `about` makes their keys its own.

    They have no buttons: what those do belongs to the place where the question was asked.
    """

    def __init__(self, client: discord.Client, person: Person, *, about: int) -> None:
        self._client = client
        self._person = person
        self._about = about
        self._channel: discord.DMChannel | None = None
        self._ids: set[str] = set()

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._ids

    async def post(self, content: str, *, key: str) -> str:
        """Send one. See `adapters.discord.calls.called` for what is raised."""
        if self._channel is None:
            self._channel = await called(self._client.create_dm(discord.Object(int(self._person.id))))
            await self._send(text("discord.letter", self._person.locale), key="letter")
        message = await self._send(content, key=key)
        self._ids.add(str(message.id))
        if message.content.strip() != content.strip():
            # Discord knew the nonce: an earlier attempt's letter, and it reads as it did then.
            await self.edit(str(message.id), content)
        return str(message.id)

    async def edit(self, message_id: str, content: str) -> None:
        """Edit one."""
        await called(self._message(message_id).edit(content=content))

    async def erase(self, message_id: str) -> None:
        """Delete one."""
        await called(self._message(message_id).delete())

    async def _send(self, content: str, *, key: str) -> discord.Message:
        assert self._channel is not None
        return await called(self._channel.send(content, nonce=nonce(f"{self._about} {key}")))

    def _message(self, message_id: str) -> discord.PartialMessage:
        assert self._channel is not None
        return self._channel.get_partial_message(int(message_id))
