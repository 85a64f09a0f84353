"""Answers to commands and presses: by the acknowledgement's payload and by response_url."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from aiohttp import web

from tests.lab.slack import limits
from tests.lab.slack.chat import Chat
from tests.lab.slack.errors import Refused
from tests.lab.slack.events import Events
from tests.lab.slack.figures import without_charts
from tests.lab.slack.schema import Schemas
from tests.lab.slack.state import Call, Json, Message, Violation, Workspace

USES, LIFETIME_S = 5, 1800


@dataclass(slots=True)
class ResponseUrl:
    """One address to answer to. `source` is the message that was pressed, None for a command."""

    url: str
    channel: str
    user: str
    issued_at: float
    source: Message | None = None
    uses: int = 0
    responses: list[Message] = field(default_factory=list)


class Responses:
    """Issues the addresses and serves them: five uses within half an hour."""

    def __init__(self, workspace: Workspace, events: Events, chat: Chat, schemas: Schemas) -> None:
        self._workspace = workspace
        self._schemas = schemas
        self._events = events
        self._chat = chat
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, channel_id: str, user_id: str, source: Message | None = None) -> ResponseUrl:
        """Return a new address."""
        token = self._workspace.mint.uuid()
        url = f"{self._workspace.url}response/{token}"
        self._issued[token] = ResponseUrl(url, channel_id, user_id, self._workspace.clock.now(), source)
        return self._issued[token]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one answer."""
        issued = self._issued.get(request.match_info["token"])
        body: Json = json.loads(await request.text() or "{}")
        error = ""
        try:
            self.use(issued, body)
        except Refused as refusal:
            error = refusal.error
            if not self._workspace.is_told_by_refusals(error):
                self._workspace.violations.append(Violation("response_url", error, "; ".join(refusal.messages)))
        self._workspace.calls.append(Call("response_url", body, self._workspace.clock.now(), error))
        self._workspace.bell.ring()
        if error:
            status = 404 if error.endswith("_url") else 400
            return web.json_response({"ok": False, "error": error}, status=status)
        return web.Response(text="ok")

    def use(self, issued: ResponseUrl | None, body: Json) -> None:
        """Count a use and answer. Raises: Refused."""
        if issued is None:
            raise Refused("invalid_url")
        if self._workspace.clock.now() - issued.issued_at > LIFETIME_S:
            raise Refused("expired_url")
        if issued.uses >= USES:
            raise Refused("used_url")
        issued.uses += 1
        self.answer(issued, body)

    def answer(self, issued: ResponseUrl, body: Json) -> None:
        """Do what an answer's body says: show, replace or delete. Raises: Refused."""
        source = issued.source
        if body.get("delete_original") and source:
            source.deleted = True
            self._workspace.note(source, "delete")
            return
        limits.check_text(body)
        # What an answer may hold is published nowhere; its texts and blocks are those of a message.
        typed: Json = {key: body[key] for key in ("text", "blocks") if key in body}
        if problem := self._schemas.problem("chat.postMessage", without_charts({"channel": issued.channel, **typed})):
            raise Refused("invalid_arguments", problem)
        if body.get("replace_original") and source:
            self._chat.fill(source, {"text": "", "blocks": []} | body)
            self._workspace.note(source, "update")
            issued.responses.append(source)
            return
        message = Message(
            channel=issued.channel,
            ts=self._workspace.mint.ts(),
            author=self._workspace.bot.id,
            thread_ts=body.get("thread_ts") or (source.thread_ts if source else None),
            visible_to=None if body.get("response_type") == "in_channel" else issued.user,
        )
        self._chat.fill(message, body)
        self._workspace.add(message)
        issued.responses.append(message)
        if message.visible_to is None:
            self._events.posted(message)
