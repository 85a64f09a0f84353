"""Where Discord is and how it is read, told to discord.py, which keeps it on its classes: set here and nowhere else."""

from __future__ import annotations

from typing import Final

import discord
import yarl
from discord import VoiceClient
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook.async_ import async_context

from adapters.discord.completing import CompletingWebhooks
from adapters.discord.frames import tolerant
from adapters.discord.rates import NoWaitRatelimit

API_URL: Final = Route.BASE
GATEWAY_URL: Final = DiscordWebSocket.DEFAULT_GATEWAY
_RECEIVED: Final = DiscordWebSocket.received_message


def prepare(*, api_url: str | None, gateway_url: str | None) -> None:
    """Set the addresses, Discord's own where none is given, and what discord.py shall not do."""
    Route.BASE = api_url or API_URL
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url) if gateway_url else GATEWAY_URL
    DiscordWebSocket.received_message = tolerant(_RECEIVED)  # type: ignore[method-assign,assignment]
    async_context.set(CompletingWebhooks())  # type: ignore[no-untyped-call]
    discord.http.Ratelimit = NoWaitRatelimit  # type: ignore[misc]
    VoiceClient.warn_nacl = VoiceClient.warn_dave = False  # nobody misses voice here
