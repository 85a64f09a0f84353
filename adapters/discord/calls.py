"""Calls of discord.py, their errors told apart once: refused for good, failed for now, or the message is fixed."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import aiohttp
import discord

from adapters.base import ContentRefused, PlaceClosed, PostFailed, Undeliverable

T = TypeVar("T")

_DELETED = 10008
_FROZEN = (30046, 50083)  # too many edits of a message older than an hour; the thread is archived until somebody writes
_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY_REQUESTS, _SERVER_ERROR = 400, 401, 403, 404, 429, 500
# The interaction's own token has ended. Of the bot's there is no code.
_TOKEN_ENDED = 50027
# What the bot lacks where it may not write.
_CLOSED = {
    10003: "the channel",
    10004: "the guild",
    50001: "view_channel",
    50013: "permissions",
    160005: "an open thread",
    40058: "a message of the thread's author",
    50008: "a channel of text",
    50009: "the verification the server asks for",
}
# Refusals with a 400 that another text would meet as well: the thread or the kind of channel, a limit of follow-ups.
_OF_THE_PLACE = frozenset({40094, 50024, 50033, 160002, 160004, 160005, 160006})
# About the words, whatever the status: blocked by moderation or as explicit, a harmful link, nothing in them, no form.
_OF_THE_WORDS = frozenset({20009, 50006, 50035, 200000, 200001, 240000})


class Fixed(Undeliverable):
    """The message cannot be edited any more; another may be posted. `is_there` tells whether people still see it."""

    def __init__(self, *, is_there: bool) -> None:
        super().__init__()
        self.is_there = is_there


async def called(call: Awaitable[T]) -> T:
    """Wait for a call of discord.py, which itself waits for rate limits and asks a troubled Discord again.

    Raises:
        Fixed: the message it is about is deleted or can no longer be changed.
        ContentRefused: another text may be taken.
        PlaceClosed: the bot may not write there.
        Undeliverable: Discord refuses for good.
        PostFailed: the trouble lasts, or the bot's token is taken no more until its operator mends that.
    """
    try:
        return await call
    except discord.HTTPException as error:
        if error.code == _DELETED or error.code in _FROZEN:
            raise Fixed(is_there=error.code in _FROZEN) from error
        raise _refusal(error) from error
    except (discord.RateLimited, aiohttp.ClientError, OSError) as error:
        raise PostFailed from error


def _refusal(error: discord.HTTPException) -> Undeliverable | PostFailed:
    if error.status in (_FORBIDDEN, _NOT_FOUND, _BAD_REQUEST) and error.code in _CLOSED:
        return PlaceClosed(_CLOSED[error.code])
    is_of_words = error.status == _BAD_REQUEST and error.code not in _OF_THE_PLACE
    if error.code in _OF_THE_WORDS or is_of_words:
        return ContentRefused(str(error.code))
    is_refused_token = error.status == _UNAUTHORIZED and error.code != _TOKEN_ENDED
    is_passing = is_refused_token or error.status == _TOO_MANY_REQUESTS or error.status >= _SERVER_ERROR
    return PostFailed(str(error.status)) if is_passing else Undeliverable(str(error.code))
