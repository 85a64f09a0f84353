"""Uploading files, in Slack's three steps."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from tests.lab.slack.chat import Chat
from tests.lab.slack.errors import Refused
from tests.lab.slack.events import Events
from tests.lab.slack.state import Json, Message, Workspace
from tests.lab.slack.web_api import Method

# Slack's clients take no more words for a picture.
ALT_CHARS = 1_000


@dataclass(slots=True)
class File:
    """A file of the bot's: announced, uploaded once `content` is set."""

    id: str
    name: str
    length: int
    title: str = ""
    alt: str = ""
    content: bytes | None = None


class Files:
    """The methods `files.*` for uploads, and the address the bytes go to."""

    def __init__(self, workspace: Workspace, events: Events, chat: Chat) -> None:
        self._workspace = workspace
        self._events = events
        self._chat = chat
        self.by_id: dict[str, File] = {}

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {"files.getUploadURLExternal": self.announce, "files.completeUploadExternal": self.complete}

    def announce(self, arguments: Json) -> Json:
        """Give out the address to upload to."""
        alt = str(arguments.get("alt_txt") or "")
        if len(alt) > ALT_CHARS:
            raise Refused("invalid_arguments", f"alt_txt is over {ALT_CHARS} characters")
        file = File(self._workspace.mint.id("F"), str(arguments["filename"]), int(arguments["length"]), alt=alt)
        self.by_id[file.id] = file
        self._workspace.file_objects[file.id] = {"id": file.id, "name": file.name}
        return {"upload_url": f"{self._workspace.url}upload/{file.id}", "file_id": file.id}

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Take the bytes."""
        file = self.by_id.get(request.match_info["file_id"])
        content = await request.read()
        if file is None or len(content) != file.length:
            return web.Response(status=400, text="bad upload")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    def complete(self, arguments: Json) -> Json:
        """Share uploaded files."""
        files = [self._uploaded(one) for one in arguments["files"]]
        if arguments.get("channel_id"):
            channel = self._chat.channel(arguments, "channel_id")
            message = Message(
                channel=channel.id,
                ts=self._workspace.mint.ts(),
                author=self._workspace.bot.id,
                text=str(arguments.get("initial_comment") or ""),
                thread_ts=self._chat.thread(channel, arguments),
                files=[file.id for file in files],
            )
            self._workspace.add(message)
            self._events.posted(message)
        return {"files": [{"id": file.id, "title": file.title, "name": file.name} for file in files]}

    def _uploaded(self, wanted: Json) -> File:
        file = self.by_id.get(str(wanted.get("id")))
        if file is None or file.content is None:
            raise Refused("file_not_found")
        file.title = str(wanted.get("title") or file.name)
        return file
