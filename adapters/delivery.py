"""Delivery: a reply's parts become messages on a platform, without ever holding up the model."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from adapters.base import Poster
from bot.domain import ReplyPart


async def deliver(reply: AsyncGenerator[ReplyPart, None], poster: Poster, *, key: str, locale: str) -> None:
    """Post a reply as it comes: coalesced edits, split where too long, then notices; errors as plain sentences.

    `key` begins the idempotency key of each message. Never raises but for cancellation.
    """
    raise NotImplementedError
