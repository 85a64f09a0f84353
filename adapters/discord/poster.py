"""Posting in a channel: the port `adapters.base.Poster` for answers that everybody in it reads."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

import discord
from discord.ui import View
from discord.utils import MISSING

from adapters.base import Content, ContentRefused, PlaceClosed, Undeliverable
from adapters.delivery.keys import PostKey, begins_reply, turn_key
from adapters.discord.buttons import ids_of, is_of_turn, view_of
from adapters.discord.calls import Fixed, called
from adapters.discord.editing_poster import EditingPoster
from adapters.discord.files import uploads
from adapters.discord.latest_posts import LatestPosts
from adapters.discord.previews import edit_message
from bot.domain import Address, Turn

# Where a post of an earlier attempt is looked for: so many messages after the question.
LOOKED_THROUGH = 50
_NONCE_CHARS = 25
_SAID = (discord.MessageType.default, discord.MessageType.reply)


class ChannelPoster(EditingPoster):
    """Answers a message in its channel. The first message is a reply to it; a turn's has a Stop button as it grows.

    Where another answer stands below this one's last message, the next replies to that one: they belong together.
    Made from ids alone: the message may have been heard by a process that has ended.
    """

    def __init__(
        self,
        client: discord.Client,
        address: Address,
        *,
        asked_id: int,
        locale: str,
        turn: Turn | None = None,
        latest: LatestPosts | None = None,
    ) -> None:
        state_key = PostKey(turn_key(turn.id), 0).written if turn else "state"
        super().__init__(place="", state_key=state_key)
        self._client = client
        self._latest = latest or LatestPosts()
        self._guild_id = int(address.workspace) if address.workspace else None
        self._asked_id = asked_id
        # Whether the first message can be a reply to the question: it stands in the same channel.
        self._replies = True
        self._move(int(address.thread or address.channel))
        self._locale = locale
        self._turn_id = turn.id if turn else None
        # A button's answer replies to a question that has another answer already.
        self._is_anew = bool(turn and turn.about)
        # The messages of this reply and what their buttons carry; None where an earlier attempt left them.
        self._shown: dict[str, tuple[str, ...] | None] = {post.message_id: None for post in turn.posts} if turn else {}
        self._is_first = not self._shown
        self._first_id = next((post.message_id for post in turn.posts if begins_reply(post.key)), "") if turn else ""

    @classmethod
    def for_turn(cls, client: discord.Client, turn: Turn, latest: LatestPosts | None = None) -> Self:
        """Make the poster of a turn, one just accepted or one taken over."""
        said, locale = turn.message, turn.message.person.locale
        return cls(client, said.address, asked_id=int(said.message_id), locale=locale, turn=turn, latest=latest)

    def _move(self, channel_id: int) -> None:
        """Post, and look for posts, in this channel."""
        self._place = f"channels/{channel_id}/messages"
        self._channel = self._client.get_partial_messageable(channel_id, guild_id=self._guild_id)
        self._asked = self._channel.get_partial_message(self._asked_id)

    async def find(self, key: str) -> str:
        """See `adapters.base.Poster.find`.

        Discord does not keep a message's nonce. An earlier attempt's message is known by what it carries: it replies to
        the question, or has a button of the turn. One in the middle of a long answer has neither; for them the nonce
        must do, which Discord heeds for some minutes.
        """
        try:
            recent = await called(self._after_the_question())
        except Undeliverable:  # to read the history takes a right that an answer does not
            return ""
        found = next((each for at, each in enumerate(recent) if self._is_left_behind(each, recent[:at])), None)
        if found is None:
            return ""
        if any(self._answers_an_earlier_question(message) for message in recent[recent.index(found) + 1 :]):
            # A place in line that was never noted: an answer there would stand above those to earlier questions.
            await self._take_away(str(found.id), key)
            return ""
        self._shown[str(found.id)] = None
        if self._is_first:
            self._first_id = str(found.id)
        self._is_first = False
        return str(found.id)

    async def _send(self, content: Content, *, key: str) -> str:
        while key in self._spent:
            key = f"{key} again"
        view = self._view(content)
        begins = self._begins(key)
        message = await self._sent(content, key, view, is_reply=begins and self._replies)
        self._is_first = False
        message_id = str(message.id)
        self._latest.note(self._channel.id, message_id)
        if begins:
            self._first_id = message_id
        self._shown[message_id] = ids_of(message)
        if not _is_as(message, content, view):
            # Discord knew the nonce: this is the message of a call whose answer never came, as it read then.
            if self._is_state_unsure:
                self._is_state_unsure = False
                await self._take_away(message_id, key)
                return await self._send(content, key=key)
            try:
                await self._change(message_id, content)
            except Fixed:
                self._drop(message_id)
                self._spent.add(key)
                return await self._send(content, key=key)
        # Whoever posts under this key once more wants another message.
        self._spent.add(key)
        return message_id

    def _last_of_own(self) -> discord.PartialMessage | None:
        """Return this reply's last message where another answer stands below it."""
        newest = self._latest.newest(self._channel.id)
        if not self._shown or not newest or newest in self._shown:
            return None
        return self._channel.get_partial_message(int(next(reversed(self._shown))))

    def _begins(self, key: str) -> bool:
        """Whether a message is the first of its reply, or takes the place of that one: it replies to the question."""
        instead_of_first = f"instead of {self._first_id}"
        return self._is_first or begins_reply(key) or key.partition(" again")[0] == instead_of_first

    async def _sent(self, content: Content, key: str, view: View | None, *, is_reply: bool) -> discord.Message:
        try:
            return await self._posted(content, key, view, is_reply=is_reply)
        except Fixed as error:
            # Of a new message that says nothing but that none is taken.
            raise PlaceClosed("an open thread") from error
        except Undeliverable as error:
            if not is_reply or (isinstance(error, ContentRefused) and error.is_moderated):
                raise
        # A reply needs what a message does not, such as the right to read the history.
        return await self._sent(content, key, view, is_reply=False)

    async def _posted(self, content: Content, key: str, view: View | None, *, is_reply: bool) -> discord.Message:
        # A question deleted meanwhile is no reason to fail: Discord then posts without the reference.
        under = self._asked if is_reply else self._last_of_own()
        reference = under.to_reference(fail_if_not_exists=False) if under else None
        return await called(
            self._channel.send(
                content.text,
                files=uploads(content),
                nonce=nonce(f"{self._asked.id} {key}"),
                view=view,  # type: ignore[arg-type] # None is its default
                reference=reference,  # type: ignore[arg-type] # None is its default
                suppress_embeds=True,
            )
        )

    async def _change(self, message_id: str, content: Content) -> None:
        view = self._view(content)
        is_shown = self._shown.get(message_id) == ids_of(view)
        message = self._channel.get_partial_message(int(message_id))
        # What is attached takes the place of what was: a second try attaches nothing twice.
        files = uploads(content)
        buttons = MISSING if is_shown else view
        try:
            await called(edit_message(self._client, message, content=content.text, view=buttons, files=files))
        except Fixed as fixed:
            if not fixed.is_there:
                self._drop(message_id)
            raise
        self._shown[message_id] = ids_of(view)

    async def _erase(self, message_id: str) -> None:
        self._drop(message_id)
        await called(self._channel.get_partial_message(int(message_id)).delete())

    def _drop(self, message_id: str) -> None:
        """Know the message no more; where it was the only one, the next is the reply to the question."""
        self._shown.pop(message_id, None)
        self._is_first = not self._shown

    async def _after_the_question(self) -> list[discord.Message]:
        """Return the messages after the question, oldest first; the newest ones where it was asked long ago."""
        if not self._is_anew:
            return [message async for message in self._channel.history(after=self._asked, limit=LOOKED_THROUGH)]
        newest = [message async for message in self._channel.history(limit=LOOKED_THROUGH)]
        return [message for message in reversed(newest) if message.id > self._asked.id]

    async def _take_away(self, message_id: str, key: str) -> None:
        """Delete a message, whose key is spent then."""
        self._spent.add(key)
        with suppress(Fixed):
            await self._erase(message_id)

    def _answers_an_earlier_question(self, message: discord.Message) -> bool:
        asked = message.reference.message_id if message.reference else None
        is_own = self._client.user is not None and message.author.id == self._client.user.id
        return is_own and asked is not None and asked < self._asked.id

    def _is_left_behind(self, message: discord.Message, before: Sequence[discord.Message]) -> bool:
        if self._client.user is None or self._turn_id is None:
            return False
        if message.author.id != self._client.user.id or str(message.id) in self._shown:
            return False
        return (self._begins_answer(message, before) and not self._is_anew) or is_of_turn(message, self._turn_id)

    def _begins_answer(self, message: discord.Message, before: Sequence[discord.Message]) -> bool:
        """Whether an own message stands where an answer to the question begins: as a reply, or first in its thread.

        Behind what somebody said there it may belong to the answer to that.
        """
        if self._replies:
            return message.reference is not None and message.reference.message_id == self._asked.id
        said = any(each.author != message.author and each.type in _SAID for each in before)
        return message.type is discord.MessageType.default and not said and message.reference is None

    def _view(self, content: Content) -> View | None:
        return view_of(content, turn_id=self._turn_id, locale=self._locale)


def _is_as(message: discord.Message, content: Content, view: View | None) -> bool:
    """Whether a message is what it was to be."""
    is_same_text = message.content.strip() == content.text.strip()
    return is_same_text and ids_of(message) == ids_of(view) and len(message.attachments) == len(content.files)


def nonce(key: str) -> str:
    """Return Discord's idempotency key, at most 25 characters: for some minutes it posts one message for it."""
    return hashlib.sha256(key.encode()).hexdigest()[:_NONCE_CHARS]
