"""The reading methods: who one is, who people are, what a channel is; and opening a DM."""

from __future__ import annotations

from collections.abc import Callable

from tests.lab.slack.chat import Chat
from tests.lab.slack.errors import Refused
from tests.lab.slack.events import message_object
from tests.lab.slack.state import Channel, Json, Message, Workspace
from tests.lab.slack.web_api import Method


class Directory:
    """The methods `auth.test`, `users.*`, `conversations.*` and `apps.connections.open`."""

    def __init__(self, workspace: Workspace, chat: Chat, *, socket_url: Callable[[], str]) -> None:
        self._workspace = workspace
        self._chat = chat
        self._socket_url = socket_url
        self.history_refused = ""

    def methods(self) -> dict[str, Method]:
        """Return the methods of bot tokens by name."""
        return {
            "auth.test": self.auth_test,
            "users.info": self.user,
            "bots.info": self.bot,
            "conversations.info": self.channel_info,
            "conversations.open": self.open,
            "conversations.history": self.history,
            "conversations.replies": self.replies,
        }

    def app_methods(self) -> dict[str, Method]:
        """Return the methods of app-level tokens by name."""
        return {"apps.connections.open": lambda _: {"url": self._socket_url()}}

    def auth_test(self, _: Json) -> Json:
        """Say whose token this is."""
        workspace = self._workspace
        return {
            "url": workspace.url,
            "team": "Lab",
            "user": workspace.bot.name,
            "team_id": workspace.enterprise_id or workspace.team_id,
            "user_id": workspace.bot.id,
            "bot_id": workspace.bot_id,
            "enterprise_id": workspace.enterprise_id or None,
            "is_enterprise_install": bool(workspace.enterprise_id),
        }

    def bot(self, arguments: Json) -> Json:
        """Say which app a bot is of: https://docs.slack.dev/reference/methods/bots.info."""
        self._need("users:read")
        if arguments.get("bot") != self._workspace.bot_id:
            raise Refused("bot_not_found")
        bot = self._workspace.bot
        return {"bot": {"id": self._workspace.bot_id, "name": bot.name, "app_id": self._workspace.app_id}}

    def channel_info(self, arguments: Json) -> Json:
        """Describe a conversation: https://docs.slack.dev/reference/methods/conversations.info."""
        channel = self._workspace.channels.get(str(arguments.get("channel", "")))
        if channel is None or (channel.is_private and self._workspace.bot.id not in channel.members):
            raise Refused("channel_not_found")
        self._need("im:read" if channel.is_im else "groups:read" if channel.is_private else "channels:read")
        return {"channel": self._channel(channel)}

    def _need(self, scope: str) -> None:
        if scope not in self._workspace.scopes:
            raise Refused("missing_scope")

    def user(self, arguments: Json) -> Json:
        """Describe an account."""
        user = self._workspace.users.get(str(arguments.get("user", "")))
        if user is None:
            raise Refused("user_not_found")
        body: Json = {
            "id": user.id,
            "team_id": user.team_id,
            "name": user.name.lower().replace(" ", "."),
            "deleted": user.deleted,
            "real_name": user.name,
            "tz": "Asia/Jerusalem",
            "tz_offset": 7200,
            "profile": {"real_name": user.name, "display_name": user.name, "team": user.team_id},
            "is_admin": user.is_admin,
            "is_owner": user.is_owner,
            "is_primary_owner": False,
            "is_restricted": bool(user.guest),
            "is_ultra_restricted": user.guest == "single",
            "is_stranger": user.team_id != self._workspace.team_id,
            "is_bot": user.is_bot,
            "is_app_user": False,
            "updated": int(self._workspace.clock.now()),
        }
        if arguments.get("include_locale"):
            body["locale"] = user.locale
        return {"user": body}

    def open(self, arguments: Json) -> Json:
        """Open the DM with a person."""
        if arguments.get("channel"):
            return {"channel": {"id": self._chat.channel(arguments).id}}
        users = str(arguments.get("users", "")).split(",")
        if len(users) != 1 or users[0] not in self._workspace.users:
            raise Refused("user_not_found")
        return {"channel": {"id": self._workspace.dm(users[0]).id}, "no_op": False, "already_open": False}

    def history(self, arguments: Json) -> Json:
        """List a channel's messages, newest first."""
        channel = self._chat.channel(arguments)
        top = [one for one in self._workspace.standing(channel.id) if one.thread_ts in (None, one.ts)]
        return self._page(list(reversed(top)), arguments)

    def replies(self, arguments: Json) -> Json:
        """List a thread, oldest first."""
        channel = self._chat.channel(arguments)
        thread = [one for one in self._workspace.standing(channel.id) if arguments["ts"] in (one.ts, one.thread_ts)]
        if not thread:
            raise Refused("thread_not_found")
        return self._page(thread, arguments)

    def _page(self, messages: list[Message], arguments: Json) -> Json:
        if self.history_refused:
            raise Refused(self.history_refused)
        oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "9")
        limit = int(arguments.get("limit") or 100)
        found = [one for one in messages if oldest < one.ts < latest]
        bodies = [message_object(self._workspace, one) for one in found[:limit]]
        if not arguments.get("include_all_metadata"):
            bodies = [{key: value for key, value in body.items() if key != "metadata"} for body in bodies]
        return {"messages": bodies, "has_more": len(found) > limit}

    def _channel(self, channel: Channel) -> Json:
        return {
            "id": channel.id,
            "name": channel.name,
            "is_channel": not channel.is_im,
            "is_group": False,
            "is_im": channel.is_im,
            "is_mpim": False,
            "is_private": channel.is_private or channel.is_im,
            "is_archived": channel.is_archived,
            "is_member": self._workspace.bot.id in channel.members,
            "num_members": len(channel.members),
            "context_team_id": self._workspace.team_id,
        }
