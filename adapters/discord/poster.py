"""Posting on Discord: the port `adapters.base.Poster` for channels and for interactions.

A message is edited in place while it grows. One that is gone, or can no longer be edited, is posted anew under the id
delivery knows.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any, Self

import discord
from discord.ui import View
from discord.utils import MISSING

from adapters.base import Content, Limits, PostFailed, Undeliverable
from adapters.discord.call import Fixed, called
from adapters.discord.markdown import to_discord
from adapters.discord.stop_button import offers_stop, stop_view
from bot.domain import Address, Turn

CONTENT_CHARS = 2000
LIMITS = Limits(message_chars=CONTENT_CHARS, edit_interval_s=1.2)
# Where a post of an earlier attempt is looked for: so many messages after the question.
LOOKED_THROUGH = 50
_ORIGINAL = "@original"
_NONCE_CHARS = 25


class _EditingPoster(ABC):
    """What both posters share: the state's message becomes the first message; what is fixed is posted anew."""

    limits = LIMITS

    def __init__(self, *, state_id: str = "", state_key: str = "state") -> None:
        self._state_id = state_id
        self._state_key = state_key
        self._moved: dict[str, str] = {}
        # Keys of messages taken away: for some minutes Discord would return those instead of posting.
        self._spent: set[str] = set()
        # Whether a state was posted whose acknowledgement never came: it may stand above answers that came since.
        self._is_state_unsure = False

    async def show_state(self, text: str) -> str:
        """See `adapters.base.Poster.show_state`."""
        if self._state_id:
            await self.edit(self._state_id, Content(text, running=True))
        else:
            try:
                self._state_id = await self._send(Content(text, running=True), key=self._state_key)
            except PostFailed:
                self._is_state_unsure = True
                raise
        return self._current(self._state_id)

    def render(self, markdown: str) -> str:
        """See `adapters.base.Poster.render`."""
        return to_discord(markdown)

    async def post(self, content: Content, *, key: str) -> str:
        """See `adapters.base.Poster.post`."""
        if not self._state_id:
            return await self._send(content, key=key)
        await self.edit(self._state_id, content)
        message_id, self._state_id = self._current(self._state_id), ""
        return message_id

    async def edit(self, message_id: str, content: Content) -> None:
        """See `adapters.base.Poster.edit`."""
        current = self._current(message_id)
        try:
            await self._change(current, content)
        except Fixed as fixed:
            self._moved[message_id] = await self._send(content, key=f"instead of {current}")
            if fixed.is_there:
                # Left behind, it is a nuisance; the answer is there all the same.
                with suppress(Undeliverable, PostFailed):
                    await self._erase(current)

    async def remove(self, message_id: str) -> None:
        """See `adapters.base.Poster.remove`."""
        current = self._current(message_id)
        if self._state_id and current == self._current(self._state_id):
            self._state_id = ""
            self._spent.add(self._state_key)
        with suppress(Fixed):
            await self._erase(current)

    async def find(self, key: str) -> str:
        """See `adapters.base.Poster.find`."""
        del key
        return ""

    def footnote(self, text: str) -> str:
        """See `adapters.base.Poster.footnote`."""
        return "\n".join(f"-# {line}" for line in text.splitlines())

    def _current(self, message_id: str) -> str:
        return self._moved.get(message_id, message_id)

    @abstractmethod
    async def _send(self, content: Content, *, key: str) -> str: ...

    @abstractmethod
    async def _change(self, message_id: str, content: Content) -> None: ...

    @abstractmethod
    async def _erase(self, message_id: str) -> None: ...


class ChannelPoster(_EditingPoster):
    """Answers a message in its channel. The first message is a reply to it; a turn's has a Stop button as it grows.

    Made from ids alone: the message may have been heard by a process that has ended.
    """

    def __init__(
        self, client: discord.Client, address: Address, *, asked_id: int, locale: str, turn: Turn | None = None
    ) -> None:
        super().__init__(state_key=f"{turn_key(turn)}:0" if turn else "state")
        self._client = client
        guild_id = int(address.workspace) if address.workspace else None
        self._channel = client.get_partial_messageable(int(address.thread or address.channel), guild_id=guild_id)
        self._asked = self._channel.get_partial_message(asked_id)
        self._locale = locale
        self._turn_id = turn.id if turn else None
        # The messages of this reply, and whether they have a Stop button; None where an earlier attempt left them.
        self._buttons: dict[str, bool | None] = {post.message_id: None for post in turn.posts} if turn else {}
        self._is_first = not self._buttons

    @classmethod
    def for_turn(cls, client: discord.Client, turn: Turn) -> Self:
        """Make the poster of a turn, one just accepted or one taken over."""
        said = turn.message
        return cls(client, said.address, asked_id=int(said.message_id), locale=said.person.locale, turn=turn)

    async def find(self, key: str) -> str:
        """See `adapters.base.Poster.find`.

        Discord does not keep a message's nonce. An earlier attempt's message is known by what it carries: it replies to
        the question, or has the turn's Stop button. One of a long answer's last messages has neither; for them the
        nonce must do, which Discord heeds for some minutes.
        """
        try:
            recent = await called(self._after_the_question())
        except Undeliverable:  # to read the history takes a right that an answer does not
            return ""
        found = next((message for message in recent if self._is_left_behind(message)), None)
        if found is None:
            return ""
        if any(self._answers_an_earlier_question(message) for message in recent[recent.index(found) + 1 :]):
            # A place in line that was never noted: an answer there would stand above those to earlier questions.
            await self._take_away(str(found.id), key)
            return ""
        self._buttons[str(found.id)] = None
        self._is_first = False
        return str(found.id)

    async def _send(self, content: Content, *, key: str) -> str:
        if key in self._spent:
            key = f"{key} again"
        button = self._stop_button() if content.running else None
        message = await self._sent(content.text, key, button)
        self._is_first = False
        self._buttons[str(message.id)] = bool(message.components)
        if message.content.strip() == content.text.strip() and bool(message.components) == (button is not None):
            return str(message.id)
        # Discord knew the nonce: this is the message of a call whose answer never came, and it reads as it did then.
        if self._is_state_unsure:
            self._is_state_unsure = False
            await self._take_away(str(message.id), key)
            return await self._send(content, key=key)
        try:
            await self._change(str(message.id), content)
        except Fixed:
            self._drop(str(message.id))
            return await self._send(content, key=f"{key} again")
        return str(message.id)

    async def _sent(self, content: str, key: str, button: View | None) -> discord.Message:
        try:
            return await self._posted(content, key, button, is_reply=self._is_first)
        except Undeliverable:
            if not self._is_first:
                raise
            # A reply needs a right that a message does not: to read the history.
            return await self._posted(content, key, button, is_reply=False)

    async def _posted(self, content: str, key: str, button: View | None, *, is_reply: bool) -> discord.Message:
        # A question deleted meanwhile is no reason to fail: Discord then posts without the reference.
        reference = self._asked.to_reference(fail_if_not_exists=False) if is_reply else None
        return await called(
            self._channel.send(
                content,
                nonce=nonce(f"{self._asked.id} {key}"),
                view=button,  # type: ignore[arg-type] # None is its default
                reference=reference,  # type: ignore[arg-type] # None is its default
            )
        )

    async def _change(self, message_id: str, content: Content) -> None:
        button = self._stop_button() if content.running else None
        view = MISSING if self._buttons.get(message_id) is (button is not None) else button
        message = self._channel.get_partial_message(int(message_id))
        await called(message.edit(content=content.text, view=view))
        self._buttons[message_id] = button is not None

    async def _erase(self, message_id: str) -> None:
        self._drop(message_id)
        await called(self._channel.get_partial_message(int(message_id)).delete())

    def _drop(self, message_id: str) -> None:
        """Know the message no more; where it was the only one, the next is the reply to the question."""
        self._buttons.pop(message_id, None)
        self._is_first = not self._buttons

    async def _after_the_question(self) -> list[discord.Message]:
        return [message async for message in self._channel.history(after=self._asked, limit=LOOKED_THROUGH)]

    async def _take_away(self, message_id: str, key: str) -> None:
        """Delete a message, whose key is spent then."""
        self._spent.add(key)
        with suppress(Fixed):
            await self._erase(message_id)

    def _answers_an_earlier_question(self, message: discord.Message) -> bool:
        asked = message.reference.message_id if message.reference else None
        is_own = self._client.user is not None and message.author.id == self._client.user.id
        return is_own and asked is not None and asked < self._asked.id

    def _is_left_behind(self, message: discord.Message) -> bool:
        if self._client.user is None or self._turn_id is None:
            return False
        if message.author.id != self._client.user.id or str(message.id) in self._buttons:
            return False
        is_reply = message.reference is not None and message.reference.message_id == self._asked.id
        return is_reply or offers_stop(message, self._turn_id)

    def _stop_button(self) -> View | None:
        return None if self._turn_id is None else stop_view(self._turn_id, self._locale)


class InteractionPoster(_EditingPoster):
    """Answers a deferred interaction: its original response, then follow-ups, for the person who acted alone."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        super().__init__(state_id=_ORIGINAL)
        self._interaction = interaction

    async def _send(self, content: Content, *, key: str) -> str:
        del key  # follow-ups have no nonce
        message = await called(self._interaction.followup.send(content.text, ephemeral=True, wait=True))
        return str(message.id)

    async def _change(self, message_id: str, content: Content) -> None:
        if message_id == _ORIGINAL:
            await called(self._interaction.edit_original_response(content=content.text))
        else:
            await called(self._interaction.followup.edit_message(int(message_id), content=content.text))

    async def _erase(self, message_id: str) -> None:
        if message_id == _ORIGINAL:
            await called(self._interaction.delete_original_response())
        else:
            await called(self._interaction.followup.delete_message(int(message_id)))


def turn_key(turn: Turn) -> str:
    """Return what begins the idempotency keys of a turn's messages, the same on every attempt."""
    return f"turn-{turn.id}"


def nonce(key: str) -> str:
    """Return Discord's idempotency key, at most 25 characters: for some minutes it posts one message for it."""
    return hashlib.sha256(key.encode()).hexdigest()[:_NONCE_CHARS]
