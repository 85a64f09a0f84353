"""Threads: answers in a room of their own, opened on the message that asks.

Discord gives the thread of a message the message's id. So a conversation whose thread is named like its question begins
that thread, in whatever process: one that is there already is no error, and where none can be opened the answer stands
in the channel.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, TypeVar

import discord
import structlog

from adapters.base import Content, ContentRefused, PostFailed, Undeliverable
from adapters.discord.calls import called
from adapters.discord.poster import ChannelPoster
from adapters.labels import title_of
from bot.domain import ChatMessage, CommandCall, Turn

T = TypeVar("T", bound=ChatMessage | CommandCall)
NAME_CHARS = 100
ARCHIVED_AFTER_MINUTES: Final = 1440
_ALREADY_THERE = 160004
_NAMELESS = "…"

log = structlog.get_logger(__name__)


class Threads(StrEnum):
    """When an answer gets a thread of its own."""

    NEVER = "never"
    REQUEST = "request"
    ALWAYS = "always"


def in_thread(said: T) -> T:
    """Return a message of a channel, or a call that one says, as the beginning of its own thread."""
    return replace(said, address=replace(said.address, thread=said.message_id))


def begins_thread(said: ChatMessage) -> bool:
    """Tell whether the answer to a message opens a thread on it."""
    return bool(said.address.workspace) and said.address.thread == said.message_id


def may_open(channel: object, permissions: discord.Permissions) -> bool:
    """Tell whether the bot, with these permissions, can open a thread in a channel and write there."""
    return (
        isinstance(channel, discord.TextChannel)
        and permissions.create_public_threads
        and permissions.send_messages_in_threads
        and permissions.read_message_history
    )


def title(text: str) -> str:
    """Return the name of a thread, which must have one."""
    return title_of(text, NAME_CHARS) or _NAMELESS


class ThreadPoster(ChannelPoster):
    """Answers in the thread of the question, which it opens; in the channel where it cannot."""

    def __init__(self, client: discord.Client, turn: Turn) -> None:
        said = turn.message
        super().__init__(client, said.address, asked_id=int(said.message_id), locale=said.person.locale, turn=turn)
        self._said = said
        self._is_settled = False
        self._has_posts = bool(turn.posts)
        self._replies = False

    async def find(self, key: str) -> str:
        """See `adapters.base.Poster.find`."""
        await self._settle()
        return await super().find(key)

    async def _send(self, content: Content, *, key: str) -> str:
        await self._settle()
        try:
            return await super()._send(content, key=key)
        except ContentRefused:
            raise
        except Undeliverable:
            if self._replies or self._shown:
                raise
            # A thread can be open, and closed to the bot.
            self._stay_in_channel()
            return await super()._send(content, key=key)

    async def _change(self, message_id: str, content: Content) -> None:
        await self._settle()
        await super()._change(message_id, content)

    async def _erase(self, message_id: str) -> None:
        await self._settle()
        await super()._erase(message_id)

    async def _settle(self) -> None:
        """Find out, once, where the answer stands: an earlier attempt's messages are where that one could post."""
        if self._is_settled:
            return
        thread_id = int(self._said.address.thread)
        is_there = await (self._is_open(thread_id) if self._has_posts else self._opened(thread_id))
        if not is_there:
            self._stay_in_channel()
        self._is_settled = True

    async def _opened(self, message_id: int) -> bool:
        opening = self._client.http.start_thread_with_message(
            int(self._said.address.channel),
            message_id,
            name=title(self._said.text),
            auto_archive_duration=ARCHIVED_AFTER_MINUTES,
        )
        try:
            await called(opening)
        except Undeliverable as error:
            if _code(error) == _ALREADY_THERE:
                return True
            log.info("discord.thread_not_opened", code=_code(error))
            return False
        except PostFailed as error:
            if not isinstance(error.__cause__, discord.RateLimited):
                raise
            # Discord counts threads by minutes; nobody waits that long for an answer.
            log.info("discord.thread_not_opened", retry_after_s=error.__cause__.retry_after)
            return False
        return True

    async def _is_open(self, thread_id: int) -> bool:
        try:
            await called(self._client.http.get_channel(thread_id))
        except Undeliverable:
            return False
        return True

    def _stay_in_channel(self) -> None:
        self._move(int(self._said.address.channel))
        self._replies = True


def _code(error: Undeliverable) -> int:
    cause: Any = error.__cause__
    return cause.code if isinstance(cause, discord.HTTPException) else 0
