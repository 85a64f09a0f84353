"""Who belongs to a guild, and who may manage it: asked over REST, since the bot keeps no members and hears of none."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
import discord
import structlog

from bot.clock import Clock
from bot.errors import Unavailable

# A member's lasts as long as who leaves may still write directly; who comes waits for less.
MEMBER_S, STRANGER_S = 300.0, 60.0
MOST_REMEMBERED = 10_000
# A command waits for its acknowledgement meanwhile, and Discord waits three seconds for that.
MEMBER_WITHIN_S = 1.5
ADMIN_WITHIN_S = 5.0
# No such guild or member; or the bot is not in the guild, of which it then tells nothing.
_NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN)
_NOT_AS_DOCUMENTED = (KeyError, TypeError, ValueError)
_ASKED_IN_VAIN = (discord.DiscordException, aiohttp.ClientError, OSError, asyncio.TimeoutError, *_NOT_AS_DOCUMENTED)
log = structlog.get_logger(__name__)


class GuildMembers:
    """See `bot.ports.Members`. `client` is the connection's, None while there is none."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[float, bool]] = OrderedDict()
        self.client: discord.Client | None = None

    async def is_admin(self, person_id: str, *, workspace: str) -> bool:
        """See `bot.ports.Members.is_admin`: who may manage the guild, as the messages and interactions tell it."""
        try:
            async with asyncio.timeout(ADMIN_WITHIN_S):
                return await self._manages(person_id, workspace)
        except _ASKED_IN_VAIN as error:
            raise _unknown("error.rights_unknown", error) from error

    async def is_member(self, person_id: str, *, workspace: str) -> bool:
        """See `bot.ports.Members.is_member`."""
        until, is_member = self._known.get((person_id, workspace), (0.0, False))
        if self._clock.now() < until:
            return is_member
        try:
            async with asyncio.timeout(MEMBER_WITHIN_S):
                is_member = await self._member(person_id, workspace) is not None
        except _ASKED_IN_VAIN as error:
            raise _unknown("error.member_unknown", error) from error
        self._remember(person_id, workspace, is_member=is_member)
        return is_member

    async def _manages(self, person_id: str, workspace: str) -> bool:
        member = await self._member(person_id, workspace)
        guild = await self._http.get_guild(int(workspace), with_counts=False) if member else None
        return member is not None and guild is not None and manages(person_id, member, guild)

    async def _member(self, person_id: str, workspace: str) -> Mapping[str, Any] | None:
        """Return the person as a member, None where they are none or the bot is not there itself."""
        if not (workspace.isdecimal() and person_id.isdecimal()):
            return None
        try:
            return await self._http.get_member(int(workspace), int(person_id))
        except discord.HTTPException as error:
            # Without a code it is no word of Discord's, but of what stands in between.
            if error.status in _NOT_THERE and error.code:
                return None
            raise

    @property
    def _http(self) -> discord.http.HTTPClient:
        if self.client is None:
            raise ConnectionError("not connected")
        return self.client.http

    def _remember(self, person_id: str, workspace: str, *, is_member: bool) -> None:
        until = self._clock.now() + (MEMBER_S if is_member else STRANGER_S)
        self._known[person_id, workspace] = (until, is_member)
        self._known.move_to_end((person_id, workspace))
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)


def manages(person_id: str, member: Mapping[str, Any], guild: Mapping[str, Any]) -> bool:
    """Whether a member may manage the guild: its owner, and who has a role that may, or everybody's that does."""
    if str(guild.get("owner_id")) == person_id:
        return True
    mine = {str(guild.get("id")), *map(str, member.get("roles", []))}
    given = [
        discord.Permissions(int(role["permissions"])) for role in guild.get("roles", []) if str(role["id"]) in mine
    ]
    return any(role.administrator or role.manage_guild for role in given)


def _unknown(key: str, error: Exception) -> Unavailable:
    log.warning("discord.member_unknown", error=type(error).__name__)
    return Unavailable(key)
