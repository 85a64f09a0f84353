"""Posting on Discord: the port `adapters.base.Poster` for channels and for interactions.

A message is edited in place while it grows. One that is gone, or too old to be edited, is posted anew under the id
delivery knows.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from typing import Any, TypeVar

import aiohttp
import discord
from discord.ui import Button, View
from discord.utils import MISSING

from adapters.base import Limits, PostFailed, Undeliverable
from adapters.discord.markdown import to_discord
from bot.i18n import text

T = TypeVar("T")

CONTENT_CHARS = 2000
LIMITS = Limits(message_chars=1900, edit_interval_s=1.2)
STOP_PREFIX = "stop:"
_ORIGINAL = "@original"
_NONCE_CHARS = 25
_GONE_CODES = (10008, 30046)  # the message was deleted; too many edits of a message older than an hour
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500


class _Gone(Exception):
    """The message cannot be edited any more."""


class _EditingPoster(ABC):
    """What both posters share: the state's message becomes the first message; what is gone is posted anew."""

    limits = LIMITS

    def __init__(self, *, state_id: str = "") -> None:
        self._state_id = state_id
        self._moved: dict[str, str] = {}

    async def show_state(self, text: str) -> None:
        """See `adapters.base.Poster.show_state`."""
        if self._state_id:
            await self.edit(self._state_id, text, running=True)
        else:
            self._state_id = await self._send(text, key="state", running=True)

    async def post(self, text: str, *, key: str, running: bool) -> str:
        """See `adapters.base.Poster.post`."""
        if not self._state_id:
            return await self._send(text, key=key, running=running)
        await self.edit(self._state_id, text, running=running)
        message_id, self._state_id = self._state_id, ""
        return message_id

    async def edit(self, message_id: str, text: str, *, running: bool) -> None:
        """See `adapters.base.Poster.edit`."""
        current = self._moved.get(message_id, message_id)
        try:
            await self._change(current, text, running=running)
        except _Gone:
            self._moved[message_id] = await self._send(text, key=f"instead of {current}", running=running)

    def footnote(self, text: str) -> str:
        """See `adapters.base.Poster.footnote`."""
        return "\n".join(f"-# {line}" for line in text.splitlines())

    @abstractmethod
    async def _send(self, text: str, *, key: str, running: bool) -> str: ...

    @abstractmethod
    async def _change(self, message_id: str, text: str, *, running: bool) -> None: ...


class ChannelPoster(_EditingPoster):
    """Answers a message in its channel. The first message is a reply to it; a turn's has a Stop button as it grows."""

    def __init__(self, asked: discord.Message, *, locale: str, turn_id: int | None = None) -> None:
        super().__init__()
        self._channel = asked.channel
        self._asked_id = asked.id
        # A question deleted meanwhile is no reason to fail: Discord then posts without the reference.
        self._reference: discord.MessageReference | None = asked.to_reference(fail_if_not_exists=False)
        self._locale = locale
        self._turn_id = turn_id
        self._stoppable: set[str] = set()

    async def _send(self, text: str, *, key: str, running: bool) -> str:
        button = self._stop_button() if running else None
        try:
            message = await self._sent(text, key, button)
        except Undeliverable:
            if self._reference is None:
                raise
            # A reply needs a right that a message does not: to read the history.
            self._reference = None
            message = await self._sent(text, key, button)
        self._reference = None
        self._note_button(str(message.id), shown=button is not None)
        return str(message.id)

    async def _sent(self, text: str, key: str, button: View | None) -> discord.Message:
        return await called(
            self._channel.send(
                to_discord(text, limit=CONTENT_CHARS),
                nonce=nonce(f"{self._asked_id} {key}"),
                view=button,  # type: ignore[arg-type] # None is its default
                reference=self._reference,  # type: ignore[arg-type] # None is its default
            )
        )

    async def _change(self, message_id: str, text: str, *, running: bool) -> None:
        message = discord.PartialMessage(channel=self._channel, id=int(message_id))
        has_button = message_id in self._stoppable
        button = self._stop_button() if running else None
        view = MISSING if has_button == (button is not None) else button
        await called(message.edit(content=to_discord(text, limit=CONTENT_CHARS), view=view))
        self._note_button(message_id, shown=button is not None)

    def _stop_button(self) -> View | None:
        return None if self._turn_id is None else stop_view(self._turn_id, self._locale)

    def _note_button(self, message_id: str, *, shown: bool) -> None:
        (self._stoppable.add if shown else self._stoppable.discard)(message_id)


class InteractionPoster(_EditingPoster):
    """Answers a deferred interaction: its original response, then follow-ups, for the person who acted alone."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        super().__init__(state_id=_ORIGINAL)
        self._interaction = interaction

    async def _send(self, text: str, *, key: str, running: bool) -> str:
        del key, running  # follow-ups have no nonce, commands no Stop button
        message = await called(self._interaction.followup.send(text, ephemeral=True, wait=True))
        return str(message.id)

    async def _change(self, message_id: str, text: str, *, running: bool) -> None:
        del running
        if message_id == _ORIGINAL:
            await called(self._interaction.edit_original_response(content=text))
        else:
            await called(self._interaction.followup.edit_message(int(message_id), content=text))


def stop_view(turn_id: int, locale: str) -> View:
    """Return the Stop button of a turn, in the asker's language.

    The view is finished from the start, so discord.py does not keep it: presses are read from the interaction event,
    which works after a restart too.
    """
    view = View(timeout=None)
    view.add_item(Button(label=text("stop.button", locale), custom_id=f"{STOP_PREFIX}{turn_id}"))
    view.stop()
    return view


def nonce(key: str) -> str:
    """Return Discord's idempotency key, at most 25 characters: for some minutes it posts one message for it."""
    return hashlib.sha256(key.encode()).hexdigest()[:_NONCE_CHARS]


async def called(call: Awaitable[T]) -> T:
    """Wait for a call of discord.py, which itself waits for rate limits and asks a troubled Discord again.

    Raises:
        Undeliverable: Discord refuses for good.
        PostFailed: the trouble lasts.
    """
    try:
        return await call
    except discord.HTTPException as error:
        if error.code in _GONE_CODES:
            raise _Gone from error
        is_passing = error.status == _TOO_MANY_REQUESTS or error.status >= _SERVER_ERROR
        raise PostFailed if is_passing else Undeliverable from error
    except (discord.RateLimited, aiohttp.ClientError, OSError) as error:
        raise PostFailed from error
