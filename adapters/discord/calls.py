"""Calls of discord.py, their errors told apart once: refused for good, failed for now, or the message is fixed."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import aiohttp
import discord

from adapters.base import PostFailed, Undeliverable

T = TypeVar("T")

_DELETED = 10008
_FROZEN = (30046, 50083)  # too many edits of a message older than an hour; the thread is archived until somebody writes
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500


class Fixed(Undeliverable):
    """The message cannot be edited any more; another may be posted. `is_there` tells whether people still see it."""

    def __init__(self, *, is_there: bool) -> None:
        super().__init__()
        self.is_there = is_there


async def called(call: Awaitable[T]) -> T:
    """Wait for a call of discord.py, which itself waits for rate limits and asks a troubled Discord again.

    Raises:
        Fixed: the message it is about is deleted or can no longer be changed.
        Undeliverable: Discord refuses for good.
        PostFailed: the trouble lasts.
    """
    try:
        return await call
    except discord.HTTPException as error:
        if error.code == _DELETED or error.code in _FROZEN:
            raise Fixed(is_there=error.code in _FROZEN) from error
        is_passing = error.status == _TOO_MANY_REQUESTS or error.status >= _SERVER_ERROR
        raise PostFailed if is_passing else Undeliverable from error
    except (discord.RateLimited, aiohttp.ClientError, OSError) as error:
        raise PostFailed from error
