"""Asks Slack what stands in the way of answers there: both tokens, scopes, the socket, a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.checkups import CALL_S, PART_S, Check, side_by_side
from adapters.slack.adapter import APP_TOKEN, BOT_TOKEN, TOKEN_ERRORS
from adapters.slack.calls import open_web
from adapters.slack.manifest import EVENTS, SCOPES
from adapters.slack.refusals import CALL_ERRORS, refusal
from bot.clock import SYSTEM_CLOCK
from bot.domain import Notice
from bot.domain.check_result import CheckResult, problem, remark, told, well

NAME = "Slack"
SCOPES_HEADER = "x-oauth-scopes"
HELLO_S = 4.0
# Without these scopes Slack does not deliver the event; https://docs.slack.dev/reference/events
SCOPE_OF_EVENT = {"app_mention": "app_mentions:read", "message.im": "im:history"}
NOT_IN = frozenset({"not_in_channel", "channel_not_found"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackCheckup:
    """What the settings say of Slack. `places` are the ids of access.workspaces, `channel` the one asked about.

    Without an app-level token the other one is looked at alone.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    api_url: str | None = None
    places: Sequence[str] = ()
    channel: str = ""

    async def __call__(self) -> Sequence[CheckResult]:
        """Look at all of it."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_S)) as session:
            client = open_web(session, token=self.bot_token, api_url=self.api_url, clock=SYSTEM_CLOCK).without_retries
            parts: dict[str, Check] = {"slack.bot_token": lambda: self._bot(client)}
            if self.app_token:
                parts["slack.app_token"] = lambda: self._socket(client, session)
            return await side_by_side(parts, within_s=PART_S)

    async def _bot(self, client: AsyncWebClient) -> Sequence[CheckResult]:
        area = "slack.bot_token"
        try:
            answer = await client.auth_test()
        except CALL_ERRORS as error:
            return [_refused(area, BOT_TOKEN, error)]
        if not answer.get("bot_id"):
            notice = Notice("slack.token_refused", {"variable": BOT_TOKEN, "reason": "not_a_bot_token"})
            return [told(area, notice, shows="platform_silent", name=NAME)]
        workspace = str(answer.get("team") or answer.get("team_id"))
        found = [well(area, "slack_token", name=str(answer.get("user") or "bot"), workspace=workspace)]
        found += [*self._scopes(answer.headers), *self._place(answer)]
        found += await self._same_app(client, str(answer["bot_id"]))
        if self.channel:
            found += await self._channel(client)
        return found

    def _scopes(self, headers: Mapping[str, Any]) -> Sequence[CheckResult]:
        area = "slack.scopes"
        written = {name.lower(): str(value) for name, value in headers.items()}.get(SCOPES_HEADER)
        if written is None:
            return []
        given = {scope.strip() for scope in written.split(",")}
        lacking = [scope for scope in SCOPES if scope not in given]
        unheard = [event for event, scope in SCOPE_OF_EVENT.items() if scope in lacking]
        if unheard:
            events = ", ".join(unheard)
            return [problem(area, "slack_unheard", shows="unheard", scopes=", ".join(lacking), events=events)]
        if "chat:write" in lacking:
            return [problem(area, "slack_scopes", shows="platform_silent", name=NAME, scopes=", ".join(lacking))]
        if lacking:
            return [problem(area, "slack_scopes", shows="scopes", scopes=", ".join(lacking))]
        events = ", ".join(EVENTS)
        return [well(area, "slack_scopes_well"), remark("slack.events", "slack_events", events=events)]

    def _place(self, answer: Any) -> Sequence[CheckResult]:
        team = str(answer.get("team_id"))
        if not self.places or team in self.places or answer.get("is_enterprise_install") is True:
            return []
        named = ", ".join(self.places)
        return [problem("slack.workspace", "slack_not_in", shows="not_there", name=NAME, places=named, team=team)]

    async def _same_app(self, client: AsyncWebClient, bot_id: str) -> Sequence[CheckResult]:
        """Compare whose tokens they are: an app-level token says it itself, `xapp-1-A0123-…`."""
        parts = self.app_token.split("-")
        mine = next((part for part in parts if part.startswith("A")), "")
        try:
            bot = (await client.bots_info(bot=bot_id)).get("bot") or {}
        except CALL_ERRORS:
            return []
        theirs = str(bot.get("app_id") or "")
        if mine and theirs and mine != theirs:
            return [problem("slack.app", "slack_two_apps", shows="platform_silent", name=NAME, app=theirs, other=mine)]
        return []

    async def _socket(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> Sequence[CheckResult]:
        area = "slack.app_token"
        try:
            answer = await client.apps_connections_open(app_token=self.app_token)
        except CALL_ERRORS as error:
            return [_refused(area, APP_TOKEN, error)]
        found = [well(area, "slack_app_token")]
        try:
            async with asyncio.timeout(HELLO_S), session.ws_connect(str(answer["url"])) as socket:
                said = await socket.receive_json()
        except (aiohttp.ClientError, OSError, ValueError, TypeError, TimeoutError):
            return [*found, problem("slack.socket", "slack_socket", shows="platform_silent", name=NAME)]
        return [*found, _heard(said if isinstance(said, dict) else {})]

    async def _channel(self, client: AsyncWebClient) -> Sequence[CheckResult]:
        area, asked = "slack.channel", {"channel": self.channel}
        try:
            found = (await client.conversations_info(channel=self.channel)).get("channel") or {}
        except CALL_ERRORS as error:
            code = refusal(error) if isinstance(error, SlackApiError) else ""
            if code == "missing_scope":
                return await self._channel_by_history(client)
            if code in NOT_IN:
                return [problem(area, "slack_channel", shows="channel_silent", **asked)]
            return [_refused(area, BOT_TOKEN, error)]
        if found.get("is_archived"):
            return [problem(area, "slack_archived", shows="channel_silent", **asked)]
        if not (found.get("is_member") or found.get("is_im")):
            return [problem(area, "slack_channel", shows="channel_silent", **asked)]
        return [well(area, "slack_channel_well", **asked)]

    async def _channel_by_history(self, client: AsyncWebClient) -> Sequence[CheckResult]:
        """Ask for nothing that was said there: Slack answers only who is in it. The manifest has the scopes for it."""
        area, asked = "slack.channel", {"channel": self.channel}
        try:
            await client.conversations_history(channel=self.channel, limit=1, oldest="9999999999")
        except CALL_ERRORS as error:
            code = refusal(error) if isinstance(error, SlackApiError) else ""
            if code in NOT_IN:
                return [problem(area, "slack_channel", shows="channel_silent", **asked)]
            if code == "is_archived":
                return [problem(area, "slack_archived", shows="channel_silent", **asked)]
            return [remark(area, "slack_channel_unseen", **asked)]
        return [well(area, "slack_channel_well", **asked)]


def _refused(area: str, variable: str, error: Exception) -> CheckResult:
    code = refusal(error) if isinstance(error, SlackApiError) else ""
    if code in TOKEN_ERRORS:
        notice = Notice("slack.token_refused", {"variable": variable, "reason": code})
        return told(area, notice, shows="platform_silent", name=NAME)
    reason = code or type(error).__name__
    return problem(area, "unreachable", shows="platform_silent", name=NAME, reason=reason)


def _heard(said: Mapping[str, Any]) -> CheckResult:
    if said.get("type") == "hello":
        return well("slack.socket", "slack_socket_well")
    if said.get("reason") == "link_disabled":
        return problem("slack.socket", "slack_socket_off", shows="platform_silent", name=NAME)
    if said.get("reason") == "too_many_websockets":
        return problem("slack.socket", "slack_sockets", shows="platform_silent", name=NAME)
    return problem("slack.socket", "slack_socket", shows="platform_silent", name=NAME)
