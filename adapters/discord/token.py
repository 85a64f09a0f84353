"""Noticing that Discord takes the bot's token no more: a connection that stands does not say so, its calls do."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp
import discord
import structlog
from discord.http import HTTPClient, Route

from adapters.oddities import ODD_ERRORS

# These carry an interaction's token; a 401 there says nothing of the bot's.
_BY_OTHER_TOKENS = ("/webhooks/", "/interactions/")
log = structlog.get_logger(__name__)


def watching(trace: aiohttp.TraceConfig, refused: asyncio.Event) -> aiohttp.TraceConfig:
    """Let a trace of all calls set `refused` where the bot's token was."""

    async def heard(_: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
        is_ours = not any(part in end.url.path for part in _BY_OTHER_TOKENS)
        if end.response.status == HTTPStatus.UNAUTHORIZED and is_ours:
            refused.set()

    trace.on_request_end.append(heard)
    return trace


async def lost(refused: asyncio.Event, http: HTTPClient) -> None:
    """Return when the token is taken no more."""
    while True:
        await refused.wait()
        refused.clear()
        try:
            await http.request(Route("GET", "/users/@me"))
        except discord.HTTPException as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                return
            log.info("discord.token_not_checked", status=error.status)
        except (aiohttp.ClientError, OSError, *ODD_ERRORS) as error:
            log.info("discord.token_not_checked", error=type(error).__name__)
