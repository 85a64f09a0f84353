"""What people upload: kept as Slack describes it, and given out to who has a token and the scope for it."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field

from aiohttp import web

from tests.lab.slack.state import Json, Workspace

LOGIN_PAGE = "<!DOCTYPE html><html><body>Sign in to your workspace</body></html>"


@dataclass(slots=True)
class Uploads:
    """People's files. Without a token, or where `is_refused` (the app has no `files:read`), Slack leads to its login.

    https://docs.slack.dev/reference/objects/file-object: `url_private` takes the token as a bearer.
    """

    workspace: Workspace
    token: str
    is_refused: bool = False
    contents: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def take(self, name: str, content: bytes, *, voice_s: float = 0.0) -> str:
        """Keep a file, or a clip of so many seconds that was recorded in Slack; return its id."""
        file_id = self.workspace.mint.id("F")
        self.contents[file_id] = content
        address = f"{self.workspace.url}files/{file_id}/{name}"
        self.workspace.file_objects[file_id] = describe(file_id, name, len(content), address)
        if voice_s:
            clip = {"subtype": "slack_audio", "mimetype": "video/mp4", "duration_ms": int(voice_s * 1000)}
            self.workspace.file_objects[file_id] |= clip
        return file_id

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Give a file out."""
        file_id = request.match_info["file_id"]
        self.asked.append(file_id)
        if request.headers.get("Authorization") != f"Bearer {self.token}" or self.is_refused:
            return web.Response(status=302, headers={"Location": f"{self.workspace.url}login"})
        if file_id not in self.contents:
            return web.Response(status=404)
        return web.Response(body=self.contents[file_id], content_type="application/octet-stream")

    async def login(self, _: web.Request) -> web.StreamResponse:
        """Show the page that people sign in on."""
        return web.Response(text=LOGIN_PAGE, content_type="text/html")


def describe(file_id: str, name: str, size: int, address: str) -> Json:
    """Return a file as events carry it."""
    return {
        "id": file_id,
        "name": name,
        "title": name,
        "mimetype": mimetypes.guess_type(name)[0] or "text/plain",
        "size": size,
        "mode": "hosted",
        "url_private": address,
        "url_private_download": address,
    }
