"""Listening over Socket Mode: one connection, watched, and closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from adapters.slack.calls import Web
from adapters.slack.socket_handler import SocketHandler
from bot.clock import Clock
from bot.errors import Unavailable

CONNECT_TIMEOUT_S = 30.0
# A connection that breaks without a word is noticed, and made anew, after about this long.
PING_INTERVAL_S = 5.0
# The SDK comes back by itself after a cut; when it has not for this long, a fresh start is the better try.
LOST_AFTER_S = 60.0
WATCH_INTERVAL_S = 2.0
log = structlog.get_logger(__name__)


async def listen_on_socket(
    app: AsyncApp,
    web: Web,
    *,
    app_token: str,
    socket_url: Callable[[], Awaitable[str]],
    check_tokens: Callable[[float], Awaitable[None]],
    ready: asyncio.Event,
    clock: Clock,
) -> None:
    """Return never; raise when the socket is gone for good, or a token is taken no more.

    `socket_url` asks Slack for the address, `check_tokens` waits so many seconds and looks after the tokens.
    """
    handler = SocketHandler(app, app_token, web_client=web.without_retries, ping_interval=PING_INTERVAL_S)
    socket = handler.client
    try:
        # Asked for here, since the SDK would go on asking for ever with a token that is wrong.
        socket.wss_uri = await socket_url()
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await socket.connect()  # type: ignore[no-untyped-call]
        ready.set()
        log.info("slack.connected")
        await _watch(socket, check_tokens, clock)
    except TimeoutError as error:
        raise Unavailable("slack.unreachable") from error
    finally:
        # Whoever looks for turns that nobody answers would give back to us what we give up now.
        ready.clear()
        await _close(socket)


async def _watch(socket: Any, check_tokens: Callable[[float], Awaitable[None]], clock: Clock) -> None:
    alive_at = clock.now()
    while True:
        await check_tokens(WATCH_INTERVAL_S)
        if await socket.is_connected():
            alive_at = clock.now()
        elif clock.now() - alive_at > LOST_AFTER_S or socket.message_processor.done():
            log.warning("slack.connection_lost")
            raise Unavailable("slack.unreachable")


async def _close(socket: Any) -> None:
    """Close the socket and wait for the tasks the SDK cancels but does not wait for."""
    await socket.close()
    tasks = (socket.message_processor, socket.current_session_monitor, socket.message_receiver)
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
