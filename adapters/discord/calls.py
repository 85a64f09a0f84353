"""Calls of discord.py, their errors told apart once: refused for good, failed for now, or the message is fixed."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import aiohttp
import discord
import structlog

from adapters.base import ContentRefused, PlaceClosed, PostFailed, Undeliverable
from adapters.oddities import ODD_ERRORS, told

T = TypeVar("T")
log = structlog.get_logger(__name__)

_DELETED = 10008
# Too many edits of a message older than an hour, or of an announcement; the thread is archived until somebody writes;
# another's message, one of the system's, of another kind, a voice message, a poll.
_FROZEN = frozenset({20022, 30046, 50005, 50021, 50068, 50080, 50083, 50162, 520003})
# The interaction's own token has ended. Of the bot's there is no code.
_TOKEN_ENDED = frozenset({10015, 10062, 50027})
# The person takes no direct messages of the bot's.
_UNREACHABLE = frozenset({50007, 50278})
# A reply needs to read what it replies to; a thread, that there is room for it; follow-ups are counted.
_OF_THE_CALL = frozenset({40060, 40094, 160002, 160004, 160006, 160007, 160009, 160010})
# About the words: blocked as explicit, by moderation, as a harmful link.
_MODERATED = frozenset({20009, 200000, 200001, 240000})
# Nothing in them, no form.
_UNFIT = frozenset({40005, 50006, 50035})
# What Discord itself says will pass: limits, features that are switched off for a while, too much to do.
_PASSING = frozenset({20016, 20028, 20029, 40003, 40004, 40006, 40062, 40333, 110000, 110001, 130000})
_CONFLICT_AND_ITS_LIKE = frozenset({408, 409, 421, 423, 425, 429})
_BAD_REQUEST, _UNAUTHORIZED, _TOO_LARGE, _SERVER_ERROR = 400, 401, 413, 500
# What the bot lacks where it may not write.
_CLOSED = {
    10003: "the channel",
    10004: "the guild",
    40058: "a message of the thread's author",
    40067: "a tag of the post",
    50001: "view_channel",
    50008: "a channel of text",
    50009: "the verification the server asks for",
    50013: "permissions",
    50024: "a channel of text",
    50055: "the guild",
    160005: "an open thread",
}


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
        raise _refusal(error) from error
    except (discord.RateLimited, aiohttp.ClientError, OSError) as error:
        raise PostFailed from error
    except ODD_ERRORS as error:
        # An answer without what every answer has, or none of Discord's: a page of what stands in between.
        log.warning("discord.answer_not_understood", **told(error))
        raise PostFailed from error


def _refusal(error: discord.HTTPException) -> Undeliverable | PostFailed:
    code, cause = error.code, str(error.code)
    if code == _DELETED or code in _FROZEN:
        return Fixed(is_there=code != _DELETED)
    if code in _MODERATED:
        return ContentRefused(cause)
    if _is_passing(error):
        return PostFailed(str(error.status))
    if code in _TOKEN_ENDED or code in _UNREACHABLE or code in _OF_THE_CALL:
        return Undeliverable(cause)
    if code in _UNFIT or (error.status in (_BAD_REQUEST, _TOO_LARGE) and code not in _CLOSED):
        return ContentRefused(cause, is_moderated=False)
    return PlaceClosed(_CLOSED.get(code, f"what code {code} asks for"))


def _is_passing(error: discord.HTTPException) -> bool:
    """Whether a later call may be taken.

    Discord gives each of its refusals a code: one without is of what stands in between, but for a wrong request.
    """
    if error.status == _UNAUTHORIZED:
        return error.code not in _TOKEN_ENDED
    is_in_between = not error.code and error.status not in (_BAD_REQUEST, _TOO_LARGE)
    is_trouble = error.status >= _SERVER_ERROR or error.status in _CONFLICT_AND_ITS_LIKE
    return is_in_between or is_trouble or error.code in _PASSING
