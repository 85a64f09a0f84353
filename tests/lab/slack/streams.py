"""The methods `chat.*Stream`: a reply that grows while people read it."""

from __future__ import annotations

from tests.lab.slack import limits
from tests.lab.slack.chat import Chat, checked_metadata
from tests.lab.slack.errors import Refused
from tests.lab.slack.events import Events, message_object
from tests.lab.slack.pings import pings_of, pings_of_blocks
from tests.lab.slack.state import Json, Message, Status, Workspace
from tests.lab.slack.web_api import Method

SESSION_STATES = ("active", "processing", "suspended", "closed")


class Streams:
    """Streams are thread replies; each dies about five minutes after its start, whatever is appended."""

    def __init__(self, workspace: Workspace, events: Events, chat: Chat) -> None:
        self._workspace = workspace
        self._events = events
        self._chat = chat

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {
            "chat.startStream": self.start,
            "chat.appendStream": self.append,
            "chat.stopStream": self.stop,
        }

    def start(self, arguments: Json) -> Json:
        """Start a stream. Both recipient ids are asked for in DMs too, as the platform was seen to do.

        `recipient_team_id` is "the team the recipient belongs to": a stranger's own.
        """
        channel = self._chat.writable(arguments)
        if not self._workspace.knows_markdown:
            raise Refused("unknown_method", "chat.startStream")
        if not arguments.get("thread_ts"):
            raise Refused("invalid_arguments", "missing required field: thread_ts")
        for key in ("recipient_team_id", "recipient_user_id"):
            if not arguments.get(key):
                raise Refused(f"missing_{key}")
        recipient = self._workspace.users.get(arguments["recipient_user_id"])
        if recipient is None:
            raise Refused("user_not_found")
        if arguments["recipient_team_id"] != recipient.team_id:
            raise Refused("team_not_found")
        message = Message(
            channel=channel.id,
            ts=self._workspace.mint.ts(),
            author=self._workspace.bot.id,
            thread_ts=self._chat.thread(channel, arguments),
            markdown=True,
            is_stream=True,
            streaming=True,
            stream_started_at=self._workspace.clock.now(),
        )
        self._grow(message, arguments)
        self._workspace.add(message)
        self._chat.clear_status(channel, message.thread_ts)
        self._events.posted(message)
        return {"channel": channel.id, "ts": message.ts}

    def append(self, arguments: Json) -> Json:
        """Append to a stream."""
        self._chat.writable(arguments)
        message = self._open(arguments)
        if not arguments.get("markdown_text") and not arguments.get("chunks"):
            raise Refused("no_text")
        self._grow(message, arguments)
        self._workspace.note(message, "append")
        return {"channel": message.channel, "ts": message.ts}

    def stop(self, arguments: Json) -> Json:
        """Finish a stream; blocks go under its text."""
        self._chat.writable(arguments)
        message = self._open(arguments)
        before = message_object(self._workspace, message)
        session = arguments.get("session_status")
        if session is not None and session not in SESSION_STATES:
            raise Refused("invalid_arguments", "session_status")
        if arguments.get("blocks"):
            if arguments.get("markdown_text"):
                raise Refused("markdown_text_conflict")
            limits.check_message_blocks(arguments["blocks"])
        metadata = checked_metadata(arguments["metadata"]) if arguments.get("metadata") is not None else None
        self._grow(message, arguments)
        message.blocks += self._chat.with_ids(arguments.get("blocks") or [])
        message.pings |= pings_of_blocks(message.blocks)
        message.metadata = metadata or message.metadata
        message.streaming = False
        if session is not None:
            key = (message.channel, message.thread_ts or "")
            self._workspace.statuses[key] = Status(session=session, set_at=self._workspace.clock.now())
        self._workspace.note(message, "stop")
        self._events.changed(message, before)
        body = message_object(self._workspace, message)
        return {"channel": message.channel, "ts": message.ts, "message": body}

    def _open(self, arguments: Json) -> Message:
        self._workspace.expire_streams()
        message = self._chat.own(arguments, "message_not_owned_by_app")
        if message.stopped_by_user:
            raise Refused("stopped_by_user")
        if not message.streaming:
            raise Refused("message_not_in_streaming_state")
        return message

    def _grow(self, message: Message, arguments: Json) -> None:
        self._chat.judge(arguments)
        text, chunks = arguments.get("markdown_text") or "", arguments.get("chunks") or []
        if len(text) > limits.MARKDOWN:
            raise Refused("msg_too_long", "markdown_text is over 12,000 characters")
        limits.check_chunks(chunks)
        message.text += text + "".join(chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text")
        for chunk in chunks:
            message.blocks += self._chat.with_ids(chunk.get("blocks", []))
        message.pings |= pings_of(message.text, "markdown") | pings_of_blocks(message.blocks)
