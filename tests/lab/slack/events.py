"""The Events API: what happens in the workspace, told to the app in Slack's words."""

from __future__ import annotations

import json

from tests.lab.slack.socket import Delivery, SocketHub
from tests.lab.slack.state import Channel, Json, Message, Workspace

SUBSCRIPTIONS = frozenset({"app_mention", "message.im", "app_home_opened", "agent_session_stopped"})


def message_object(workspace: Workspace, message: Message) -> Json:
    """Return a message as events and the Web API carry it."""
    body: Json = {"type": "message", "user": message.author, "ts": message.ts, "text": message.text}
    body["team"] = workspace.users[message.author].team_id
    if message.author == workspace.bot.id:
        body |= {"bot_id": workspace.bot_id, "app_id": workspace.app_id}
    for key in ("client_msg_id", "thread_ts", "metadata", "attachments"):
        if value := getattr(message, key):
            body[key] = value
    if message.thread_ts and message.thread_ts != message.ts:
        body["parent_user_id"] = _author_of_root(workspace, message)
    body |= _files(workspace, message) | _root(workspace, message)
    if message.blocks:
        body["blocks"] = json.loads(json.dumps(message.blocks))
    if message.edited_ts:
        body["edited"] = {"user": message.author, "ts": message.edited_ts}
    if message.is_stream:
        body["streaming_state"] = "in_progress" if message.streaming else "completed"
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": sorted(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    return body


def _files(workspace: Workspace, message: Message) -> Json:
    files = [workspace.file_objects.get(file_id, {"id": file_id}) for file_id in message.files]
    if not files:
        return {}
    is_persons = message.author != workspace.bot.id
    return {"files": files, **({"subtype": "file_share"} if is_persons else {})}


def _root(workspace: Workspace, message: Message) -> Json:
    """Return what a reply carries of its thread's beginning: all of it where it is sent to the channel, too."""
    root = workspace.find(message.channel, message.thread_ts or "") if message.broadcast else None
    return {"subtype": "thread_broadcast", "root": message_object(workspace, root)} if root else {}


def shared_message(workspace: Workspace, message: Message) -> Json:
    """Return a message as the attachment of one that forwards it."""
    author = workspace.users.get(message.author)
    return {
        "is_share": True,
        "is_msg_unfurl": True,
        "channel_id": message.channel,
        "ts": message.ts,
        "author_id": message.author,
        "author_name": author.name if author else "",
        "author_subname": author.name if author else "",
        **({"files": [workspace.file_objects[file_id] for file_id in message.files]} if message.files else {}),
        "text": message.text,
        "fallback": message.text,
    }


def _actor(event: Json) -> str:
    """Return who did what an event tells of; of an edit or a deletion, who wrote the message."""
    of = event.get("message") or event.get("previous_message")
    return str(event.get("user") or (of.get("user", "") if isinstance(of, dict) else ""))


def _author_of_root(workspace: Workspace, message: Message) -> str:
    root = workspace.find(message.channel, message.thread_ts or "")
    return root.author if root else ""


class Events:
    """Tells the app what it has subscribed to."""

    def __init__(self, workspace: Workspace, hub: SocketHub, subscriptions: frozenset[str]) -> None:
        self._workspace = workspace
        self._hub = hub
        self.subscriptions = subscriptions

    def send(self, event: Json) -> Delivery:
        """Deliver an event as it stands, subscribed to or not."""
        workspace = self._workspace
        payload = {
            "token": "verification-token",
            "context_enterprise_id": workspace.enterprise_id or None,
            "api_app_id": workspace.app_id,
            "event": event,
            **self._teams(event),
            "type": "event_callback",
            "event_id": workspace.mint.id("Ev"),
            "event_time": int(workspace.clock.now()),
            "authorizations": [
                {
                    "enterprise_id": workspace.enterprise_id or None,
                    "team_id": None if workspace.enterprise_id else workspace.team_id,
                    "user_id": workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": bool(workspace.enterprise_id),
                }
            ],
            "event_context": f"4-{workspace.mint.uuid()}",
        }
        return self._hub.deliver("events_api", payload)

    def _teams(self, event: Json) -> Json:
        """Return whose workspaces an envelope names.

        In a shared channel `team_id` is the actor's own and `context_team_id` the other side's: ours of what a
        stranger does, theirs of what our people do; a mention by these has none. Only `authorizations` always names
        the installation. (bolt-python tests/scenario_tests/test_app_actor_user_token.py holds such payloads.)
        """
        ours, actor = self._workspace.team_id, self._workspace.users.get(_actor(event))
        channel = self._workspace.channels.get(str(event.get("channel")))
        theirs = channel.connected_team if channel else ""
        organisation = {"enterprise_id": self._workspace.enterprise_id} if self._workspace.enterprise_id else {}
        if actor and actor.team_id != ours:
            event["user_team"] = actor.team_id
            return {"team_id": actor.team_id, "context_team_id": ours, "is_ext_shared_channel": True}
        told: Json = {"team_id": ours, "context_team_id": theirs or ours, "is_ext_shared_channel": bool(theirs)}
        if theirs and event["type"] == "app_mention":
            del told["context_team_id"]
        return told | organisation

    def posted(self, message: Message) -> list[Delivery]:
        """Tell of a new message: of a mention, and of a message where the app listens to all of them."""
        channel = self._workspace.channels[message.channel]
        told = self.mentioned(message)
        if self._hears(channel):
            told.append(self.send(self._body(message) | {"channel_type": channel.kind}))
        return told

    def mentioned(self, message: Message) -> list[Delivery]:
        """Tell of a mention of the bot, if there is one; in a DM it is none."""
        channel = self._workspace.channels[message.channel]
        mentioned = f"<@{self._workspace.bot.id}" in message.text and message.author != self._workspace.bot.id
        if not mentioned or channel.is_im or not self._hears(channel, "app_mention"):
            return []
        # It comes without the subtype of files.
        body = {name: value for name, value in self._body(message).items() if name != "subtype" or message.broadcast}
        return [self.send(body | {"type": "app_mention"})]

    def _body(self, message: Message) -> Json:
        return message_object(self._workspace, message) | {"channel": message.channel, "event_ts": message.ts}

    def changed(self, message: Message, before: Json, *, was_mention: bool = True) -> list[Delivery]:
        """Tell of an edited message; `before` is the message object from before. A new mention counts as one."""
        now = message_object(self._workspace, message)
        told = [] if was_mention else self.mentioned(message)
        return told + self._hidden(message, "message_changed", {"message": now, "previous_message": before})

    def deleted(self, message: Message, before: Json) -> list[Delivery]:
        """Tell of a deleted message."""
        return self._hidden(message, "message_deleted", {"previous_message": before, "deleted_ts": message.ts})

    def _hidden(self, message: Message, subtype: str, more: Json) -> list[Delivery]:
        channel = self._workspace.channels[message.channel]
        if not self._hears(channel):
            return []
        ts = self._workspace.mint.ts()
        body = {"type": "message", "subtype": subtype, "channel": channel.id, "hidden": True, "ts": ts, "event_ts": ts}
        return [self.send(body | {"channel_type": channel.kind} | more)]

    def _hears(self, channel: Channel, kind: str = "") -> bool:
        wanted = kind or {"im": "message.im", "group": "message.groups"}.get(channel.kind, "message.channels")
        return wanted in self.subscriptions and self._workspace.bot.id in channel.members
