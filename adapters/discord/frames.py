"""Frames of the gateway that are none: dropped, where discord.py would end the connection and every answer with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import structlog
from discord.gateway import DiscordWebSocket

from adapters.oddities import ODD_ERRORS, told

Received: TypeAlias = Callable[[DiscordWebSocket, Any], Awaitable[None]]
log = structlog.get_logger(__name__)


def tolerant(received: Received) -> Received:
    """Return discord.py's reading of a frame, which drops what it cannot read once a session has begun."""

    async def receive(socket: DiscordWebSocket, frame: Any, /) -> None:
        try:
            await received(socket, frame)
        except ODD_ERRORS as error:
            if socket.session_id is None:
                raise  # without its beginning there is no session
            log.warning("discord.frame_not_understood", **told(error))

    return receive
