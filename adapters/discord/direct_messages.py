"""Direct messages to a person, where what they asked can be answered nowhere else, or nowhere else any more."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord.utils import MISSING

from adapters.base import Content, ContentRefused, Undeliverable
from adapters.discord.calls import called
from adapters.discord.editing_poster import EditingPoster
from adapters.discord.files import uploads
from adapters.discord.poster import nonce
from adapters.discord.previews import edit_message
from bot.domain import Address, Person, Turn
from bot.i18n import text


class DirectMessages:
    """The direct messages of one answer; the first, `head`, says what they are about. `about` makes their keys its own.

    They have no buttons: what those do belongs to the place where the question was asked. `ids` are those sent before.
    """

    def __init__(
        self, client: discord.Client, person: Person, *, about: int, head: str, ids: tuple[str, ...] = ()
    ) -> None:
        self._client = client
        self._person = person
        self._about = about
        self._head = head
        self._channel: discord.DMChannel | None = None
        self._ids = set(ids)

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._ids

    @property
    def are_sent(self) -> bool:
        """Whether one was sent."""
        return bool(self._ids)

    async def post(self, content: str, *, key: str, files: Sequence[discord.File] = ()) -> str:
        """Send one. See `adapters.discord.calls.called` for what is raised."""
        if not self._ids:
            await self._send(self._head, key="letter")
        message = await self._send(content, key=key, files=files)
        self._ids.add(str(message.id))
        if message.content.strip() != content.strip():
            # Discord knew the nonce: an earlier attempt's letter, and it reads as it did then.
            await self.edit(str(message.id), content)
        return str(message.id)

    async def edit(self, message_id: str, content: str, *, files: Sequence[discord.File] = ()) -> None:
        """Edit one."""
        message = await self._message(message_id)
        await called(edit_message(self._client, message, content=content, view=MISSING, files=files))

    async def erase(self, message_id: str) -> None:
        """Delete one."""
        await called((await self._message(message_id)).delete())

    async def _send(self, content: str, *, key: str, files: Sequence[discord.File] = ()) -> discord.Message:
        channel = await self._opened()
        return await called(
            channel.send(content, nonce=nonce(f"{self._about} {key}"), suppress_embeds=True, files=files or MISSING)
        )

    async def _message(self, message_id: str) -> discord.PartialMessage:
        return (await self._opened()).get_partial_message(int(message_id))

    async def _opened(self) -> discord.DMChannel:
        if self._channel is None:
            self._channel = await called(self._client.create_dm(discord.Object(int(self._person.id))))
        return self._channel


class DirectPoster(EditingPoster):
    """Answers a message for its author alone, by letter: a message gives no other way to do so.

    Where Discord lets nobody write to them, the channel is told so, in one sentence and without the answer.
    """

    def __init__(
        self, client: discord.Client, address: Address, *, asked_id: int, person: Person, turn: Turn | None = None
    ) -> None:
        super().__init__(place=f"users/{person.id}/messages")
        posts = tuple(post.message_id for post in turn.posts) if turn else ()
        head = text("discord.alone", person.locale, channel=f"<#{address.channel}>")
        self._letters = DirectMessages(client, person, about=asked_id, head=head, ids=posts)
        where = int((turn.message.reply_to if turn else address.thread) or address.channel)
        guild_id = int(address.workspace) if address.workspace else None
        self._channel = client.get_partial_messageable(where, guild_id=guild_id)
        self._asked = self._channel.get_partial_message(asked_id)
        self._locale = person.locale

    async def _send(self, content: Content, *, key: str) -> str:
        try:
            return await self._letters.post(content.text, key=key, files=uploads(content))
        except ContentRefused:
            raise
        except Undeliverable:
            if not self._letters.are_sent:
                await self._tell_channel()
            raise

    async def _change(self, message_id: str, content: Content) -> None:
        await self._letters.edit(message_id, content.text, files=uploads(content))

    async def _erase(self, message_id: str) -> None:
        await self._letters.erase(message_id)

    async def _tell_channel(self) -> None:
        sentence = text("discord.not_alone", self._locale)
        reference = self._asked.to_reference(fail_if_not_exists=False)
        await called(
            self._channel.send(
                sentence, nonce=nonce(f"{self._asked.id} not alone"), reference=reference, suppress_embeds=True
            )
        )
