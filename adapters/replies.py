"""Replies that are not the engine's own: one that is looked at first, one sentence, an error that is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.domain import Notice, ReplyPart
from bot.errors import BotError


async def begun(reply: AsyncGenerator[ReplyPart, None]) -> tuple[AsyncGenerator[ReplyPart, None], bool]:
    """Look at a reply's first part; return the whole reply, and whether it begins with an error."""
    try:
        first = await anext(reply, None)
    except BotError as error:
        return raised(error), True
    return _whole(first, reply), False


async def _whole(first: ReplyPart | None, rest: AsyncGenerator[ReplyPart, None]) -> AsyncGenerator[ReplyPart, None]:
    async with aclosing(rest):
        if first is not None:
            yield first
        async for part in rest:
            yield part


async def spoken(notice: Notice) -> AsyncGenerator[ReplyPart, None]:
    """Say one sentence."""
    yield notice


async def raised(error: BotError) -> AsyncGenerator[ReplyPart, None]:
    """Raise an error, as a reply does that is refused."""
    raise error
    yield  # type: ignore[unreachable] # makes this a stream
