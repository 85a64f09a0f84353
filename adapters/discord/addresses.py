"""Where Discord is, told to discord.py, which keeps it on its classes: the one place where that is set."""

from __future__ import annotations

from typing import Final

import discord
import yarl
from discord import VoiceClient
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.rates import NoWaitRatelimit

API_URL: Final = Route.BASE
GATEWAY_URL: Final = DiscordWebSocket.DEFAULT_GATEWAY


def prepare(*, api_url: str | None, gateway_url: str | None) -> None:
    """Set the addresses, Discord's own where none is given, and what discord.py shall not do."""
    Route.BASE = api_url or API_URL
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url) if gateway_url else GATEWAY_URL
    discord.http.Ratelimit = NoWaitRatelimit  # type: ignore[misc]
    VoiceClient.warn_nacl = VoiceClient.warn_dave = False  # nobody misses voice here
