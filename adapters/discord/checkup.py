"""Asks Discord what stands in the way of answers there: token, intents, servers, commands, gateway, a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import discord
import yarl
from discord.http import Route

from adapters.checkups import CALL_S, PART_S, side_by_side
from adapters.discord import commands
from adapters.discord.addresses import prepare
from adapters.discord.rights import invitation, missing
from adapters.discord.threads import Threads
from bot import ports
from bot.domain import Notice
from bot.domain.check_result import CheckResult, problem, remark, told, well

NAME = "Discord"
TOKEN = "LYCEUM_DISCORD__TOKEN"  # noqa: S105 - the setting's name
MESSAGE_CONTENT = "LYCEUM_DISCORD__MESSAGE_CONTENT"
HELLO = 10
HELLO_S = 4.0
UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordCheckup:
    """What the settings say of Discord. `places` are the ids of access.workspaces, `channel` the one asked about.

    `notes` tell which commands were registered last; None where there is no database yet.
    """

    token: str = field(repr=False)
    api_url: str | None = None
    gateway_url: str | None = None
    message_content: bool = False
    threads: Threads = Threads.REQUEST
    places: Sequence[str] = ()
    channel: str = ""
    notes: ports.Notes | None = None

    async def __call__(self) -> Sequence[CheckResult]:
        """Look at all of it."""
        prepare(api_url=self.api_url, gateway_url=self.gateway_url)
        async with discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=PART_S) as client:
            try:
                async with asyncio.timeout(CALL_S):
                    await client.login(self.token)
            except discord.LoginFailure:
                refused = Notice("discord.token_refused", {"variable": TOKEN})
                return [told("discord.token", refused, shows="platform_silent", name=NAME)]
            except UNREACHABLE as error:
                return [self._unreachable("discord.token", error)]
            name = client.user.name if client.user else ""
            parts = {
                "discord.intents": lambda: self._application(client),
                "discord.servers": lambda: self._servers(client),
                "discord.commands": lambda: self._commands(client),
                "discord.gateway": lambda: self._gateway(client),
            }
            if self.channel:
                parts["discord.channel"] = lambda: self._channel(client)
            found = await side_by_side(parts, within_s=PART_S)
            return [well("discord.token", "discord_token", name=name), *found]

    async def _application(self, client: discord.Client) -> Sequence[CheckResult]:
        application = client.application
        assert application is not None  # logged in
        flags = application.flags
        has_intent = flags.gateway_message_content or flags.gateway_message_content_limited
        found = [well("discord.intents", "discord_intents")]
        if self.message_content and not has_intent:
            refused = Notice("discord.intent_refused", {"variable": MESSAGE_CONTENT})
            found = [told("discord.intents", refused, shows="platform_silent", name=NAME)]
        if application.interactions_endpoint_url:
            found.append(problem("discord.interactions", "discord_endpoint", shows="commands_fail"))
        if application.bot_require_code_grant:
            found.append(problem("discord.invitation", "discord_code_grant", shows="not_invited"))
        else:
            found.append(well("discord.invitation", "discord_invitation", link=invitation(application.id)))
        return found

    async def _servers(self, client: discord.Client) -> Sequence[CheckResult]:
        link = invitation(client.application_id or 0)
        try:
            guilds = {str(guild.id): guild.name async for guild in client.fetch_guilds(limit=200)}
        except UNREACHABLE as error:
            return [self._unreachable("discord.servers", error)]
        if not guilds:
            return [problem("discord.servers", "discord_no_server", shows="not_there", name=NAME, link=link)]
        absent = [place for place in self.places if place not in guilds]
        if absent:
            missed = ", ".join(absent)
            return [
                problem("discord.servers", "discord_not_in", shows="not_there", name=NAME, places=missed, link=link)
            ]
        shown = ", ".join(sorted(guilds.values())[:10])
        return [well("discord.servers", "discord_servers", count=len(guilds), servers=shown)]

    async def _commands(self, client: discord.Client) -> Sequence[CheckResult]:
        application_id = client.application_id or 0
        ours = commands.all_of(self.threads)
        try:
            theirs = await client.http.get_global_commands(application_id)
        except UNREACHABLE as error:
            return [self._unreachable("discord.commands", error)]
        if commands.is_same(ours, theirs):
            return [well("discord.commands", "discord_commands", count=len(ours))]
        noted = await self.notes.read(commands.note_of(application_id)) if self.notes else None
        if noted == commands.fingerprint(ours):
            return [problem("discord.commands", "discord_commands_gone", shows="commands_gone")]
        return [remark("discord.commands", "discord_commands_pending")]

    async def _gateway(self, client: discord.Client) -> Sequence[CheckResult]:
        try:
            told_us: Mapping[str, Any] = await client.http.request(Route("GET", "/gateway/bot"))
            limit = told_us.get("session_start_limit") or {}
            if limit.get("remaining") == 0:
                hours = round(limit.get("reset_after", 0) / 3_600_000, 1)
                return [problem("discord.gateway", "discord_starts", shows="platform_silent", name=NAME, hours=hours)]
            address = yarl.URL(self.gateway_url or str(told_us["url"]))
            host = address.host or ""
            async with asyncio.timeout(HELLO_S):
                opcode = await _hello(address)
        except (*UNREACHABLE, KeyError, TypeError, AttributeError, TimeoutError):
            return [problem("discord.gateway", "discord_gateway", shows="platform_silent", name=NAME)]
        if opcode != HELLO:
            return [problem("discord.gateway", "discord_gateway", shows="platform_silent", name=NAME)]
        return [well("discord.gateway", "discord_gateway_well", host=host)]

    async def _channel(self, client: discord.Client) -> Sequence[CheckResult]:
        area, asked = "discord.channel", {"channel": self.channel}
        link = invitation(client.application_id or 0)
        try:
            rights = await _rights(client, int(self.channel))
        except discord.NotFound:
            return [problem(area, "discord_channel_unknown", shows="channel_silent", **asked)]
        except discord.Forbidden:
            names = "View Channel"
            return [problem(area, "discord_rights", shows="channel_silent", **asked, rights=names, link=link)]
        except UNREACHABLE as error:
            return [self._unreachable(area, error)]
        if lacking := ", ".join(missing(rights)):
            shows = "channel_limps" if rights.send_messages else "channel_silent"
            return [problem(area, "discord_rights", shows=shows, **asked, rights=lacking, link=link)]
        return [well(area, "discord_channel", **asked)]

    def _unreachable(self, area: str, error: Exception) -> CheckResult:
        status = getattr(error, "status", None)
        reason = f"HTTP {status}" if status else type(error).__name__
        return problem(area, "unreachable", shows="platform_silent", name=NAME, reason=reason)


async def _rights(client: discord.Client, channel_id: int) -> discord.Permissions:
    found = await client.fetch_channel(channel_id)
    if isinstance(found, discord.abc.PrivateChannel):
        return discord.Permissions.all()
    guild = await client.fetch_guild(found.guild.id, with_counts=False)
    place_id = found.parent_id if isinstance(found, discord.Thread) else channel_id
    place = await guild.fetch_channel(place_id)
    assert client.user is not None  # logged in
    assert not isinstance(place, discord.Thread)  # a thread's parent is none
    return place.permissions_for(await guild.fetch_member(client.user.id))


async def _hello(address: yarl.URL) -> object:
    """Return the opcode of the first thing the gateway says. No session is begun."""
    asked = address.update_query(v="10", encoding="json")
    async with aiohttp.ClientSession() as session, session.ws_connect(asked) as socket:
        said = await socket.receive_json()
    return said.get("op") if isinstance(said, dict) else None
