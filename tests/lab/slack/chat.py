"""The methods `chat.*` but for streams, and reactions."""

from __future__ import annotations

import copy
import json

from tests.lab.slack import limits
from tests.lab.slack.errors import Refused
from tests.lab.slack.events import Events, message_object
from tests.lab.slack.figures import KINDS
from tests.lab.slack.pings import linked_pings, pings_of, pings_of_blocks
from tests.lab.slack.state import Channel, Json, Message, Status, Violation, Workspace
from tests.lab.slack.web_api import Method


class Chat:
    """Posting, changing and deleting messages as the bot."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace = workspace
        self._events = events

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {
            "chat.postMessage": self.post_message,
            "chat.postEphemeral": self.post_ephemeral,
            "chat.update": self.update,
            "chat.delete": self.delete,
            "reactions.add": self.add_reaction,
            "reactions.remove": self.remove_reaction,
        }

    # --- what other families need too

    def channel(self, arguments: Json, key: str = "channel") -> Channel:
        """Return the channel meant; a person's id means the DM with them. Raises: Refused."""
        channel_id = str(arguments.get(key, ""))
        if channel_id in self._workspace.users:
            return self._workspace.dm(channel_id)
        channel = self._workspace.channels.get(channel_id)
        if channel is None:
            raise Refused("channel_not_found")
        if channel.is_archived:
            raise Refused("is_archived")
        if self._workspace.bot.id not in channel.members:
            raise Refused("channel_not_found" if channel.is_private else "not_in_channel")
        return channel

    def writable(self, arguments: Json) -> Channel:
        """Return the channel meant, where the bot may write in it. Raises: Refused."""
        channel = self.channel(arguments)
        if channel.refuses:
            raise Refused(channel.refuses)
        return channel

    def judge(self, arguments: Json) -> None:
        """Refuse what an administrator's rules block. Raises: Refused."""
        said = json.dumps([arguments.get(name) for name in ("text", "markdown_text", "blocks", "chunks")])
        for word, code in self._workspace.moderated.items():
            if json.dumps(word)[1:-1] in said:
                raise Refused(code)

    def thread(self, channel: Channel, arguments: Json) -> str | None:
        """Return the root's ts, None without a thread. A reply's ts is noted as a violation, and its root taken."""
        thread_ts = arguments.get("thread_ts")
        if not thread_ts:
            return None
        parent = self._workspace.find(channel.id, str(thread_ts))
        if parent is None:
            raise Refused("thread_not_found")
        if parent.thread_ts and parent.thread_ts != parent.ts:
            self._workspace.violations.append(Violation("chat", "thread_ts_of_a_reply", str(thread_ts)))
            return parent.thread_ts
        return parent.ts

    def fill(self, message: Message, arguments: Json) -> None:
        """Give a message the content of the arguments, cut as Slack cuts it. What is not given stays."""
        self.judge(arguments)
        if not self._workspace.knows_markdown:
            _check_known(arguments)
        if not self._workspace.knows_tables and any(block.get("type") in KINDS for block in _blocks(arguments)):
            raise Refused("invalid_blocks")
        if (markdown := arguments.get("markdown_text")) is not None:
            message.text, message.markdown, message.blocks = markdown, True, []
        elif "text" in arguments:
            message.text, message.markdown = self._cut(arguments["text"]), False
        if "blocks" in arguments:
            limits.check_message_blocks(arguments["blocks"])
            message.blocks = self.with_ids(arguments["blocks"])
        if arguments.get("metadata") is not None:
            message.metadata = checked_metadata(arguments["metadata"])
        message.pings = self._pings(message, arguments)

    def with_ids(self, blocks: list[Json]) -> list[Json]:
        """Return the blocks with the ids Slack gives to those without."""
        blocks = copy.deepcopy(blocks)
        for block in blocks:
            block.setdefault("block_id", self._workspace.mint.id("b")[:5])
        return blocks

    def clear_status(self, channel: Channel, thread_ts: str | None) -> None:
        """Take the status line away, as every message of the bot does."""
        key = (channel.id, thread_ts or "")
        if key in self._workspace.statuses:
            old = self._workspace.statuses[key]
            self._workspace.statuses[key] = Status(session=old.session, set_at=old.set_at)

    def own(self, arguments: Json, refusal: str) -> Message:
        """Return the bot's own message meant. Raises: Refused: there is none, or it is another's."""
        channel = self.channel(arguments)
        message = self._workspace.find(channel.id, str(arguments.get("ts", "")))
        if message is None:
            raise Refused("message_not_found")
        if message.author != self._workspace.bot.id:
            raise Refused(refusal)
        return message

    # --- methods

    def post_message(self, arguments: Json) -> Json:
        """Post to a channel, a thread or a DM."""
        channel = self.writable(arguments)
        message = self._new(channel, self.thread(channel, arguments))
        message.broadcast = bool(arguments.get("reply_broadcast"))
        self.fill(message, arguments)
        self._workspace.add(message)
        self.clear_status(channel, message.thread_ts)
        self._events.posted(message)
        return {"channel": channel.id, "ts": message.ts, "message": message_object(self._workspace, message)}

    def post_ephemeral(self, arguments: Json) -> Json:
        """Show a message to one person."""
        channel = self.channel(arguments)
        if channel.refuses and channel.refuses_ephemeral:
            raise Refused(channel.refuses)
        if arguments.get("user") not in channel.members:
            raise Refused("user_not_in_channel")
        message = self._new(channel, self.thread(channel, arguments))
        message.visible_to = arguments["user"]
        self.fill(message, arguments)
        self._workspace.add(message)
        return {"message_ts": message.ts}

    def update(self, arguments: Json) -> Json:
        """Change a message. Blocks that are not given stay; an empty list takes them away."""
        self._workspace.expire_streams()
        self.writable(arguments)
        message = self.own(arguments, "cant_update_message")
        if message.streaming:
            raise Refused("streaming_state_conflict")
        before = message_object(self._workspace, message)
        draft = copy.copy(message)
        self.fill(draft, arguments)
        for name in ("text", "markdown", "blocks", "metadata"):
            setattr(message, name, getattr(draft, name))
        message.pings |= draft.pings
        if message.is_stream and ("text" in arguments or "markdown_text" in arguments):
            message.is_stream = False
        message.edited_ts = self._workspace.mint.ts()
        self._workspace.note(message, "update")
        self._events.changed(message, before)
        body = message_object(self._workspace, message)
        return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": body}

    def delete(self, arguments: Json) -> Json:
        """Delete a message of the bot's."""
        message = self.own(arguments, "cant_delete_message")
        if message.streaming:
            raise Refused("cant_delete_message")
        before = message_object(self._workspace, message)
        message.deleted = True
        self._workspace.note(message, "delete")
        self._events.deleted(message, before)
        return {"channel": message.channel, "ts": message.ts}

    def add_reaction(self, arguments: Json) -> Json:
        """React to a message as the bot."""
        users = self._reacted(arguments).reactions.setdefault(arguments["name"].strip(":"), set())
        if self._workspace.bot.id in users:
            raise Refused("already_reacted")
        users.add(self._workspace.bot.id)
        return {}

    def remove_reaction(self, arguments: Json) -> Json:
        """Take the bot's reaction back."""
        message = self._reacted(arguments)
        users = message.reactions.get(arguments["name"].strip(":"), set())
        if self._workspace.bot.id not in users:
            raise Refused("no_reaction")
        users.discard(self._workspace.bot.id)
        return {}

    def _reacted(self, arguments: Json) -> Message:
        message = self._workspace.find(self.channel(arguments).id, str(arguments.get("timestamp", "")))
        if message is None:
            raise Refused("message_not_found")
        return message

    def _new(self, channel: Channel, thread_ts: str | None) -> Message:
        mint = self._workspace.mint
        return Message(channel=channel.id, ts=mint.ts(), author=self._workspace.bot.id, thread_ts=thread_ts)

    def _cut(self, text: str) -> str:
        if len(text) > limits.TEXT:
            self._workspace.violations.append(Violation("chat", "text_truncated", f"{len(text)} characters"))
        return text[: limits.TEXT]

    def _pings(self, message: Message, arguments: Json) -> set[str]:
        found = pings_of(message.text, "markdown" if message.markdown else "mrkdwn") | pings_of_blocks(message.blocks)
        if arguments.get("link_names") or arguments.get("parse") == "full":
            found |= linked_pings(message.text, [(user.name, user.id) for user in self._workspace.users.values()])
        return found


def _blocks(arguments: Json) -> list[Json]:
    return list(arguments.get("blocks") or ())


def _check_known(arguments: Json) -> None:
    """Refuse as a server does that knows no Markdown: an unknown argument is passed over, an unknown block is not."""
    if not any(arguments.get(key) for key in ("text", "blocks", "attachments")):
        raise Refused("no_text")
    if any(block.get("type") == "markdown" for block in arguments.get("blocks") or ()):
        raise Refused("invalid_blocks")


def checked_metadata(metadata: Json) -> Json:
    """Return a message's metadata. Raises: Refused."""
    if not isinstance(metadata, dict):
        raise Refused("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_schema")
    return metadata
