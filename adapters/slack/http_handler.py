"""What Slack sends over HTTP, on its way to Bolt: looked at for its signature before anything is made of it.

Bolt parses before it verifies, and takes a slash command whose text names `payload` for an empty one: so the bytes are
verified and parsed here, and Bolt gets what it gets from the socket.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.oddities import ODD_ERRORS, told
from adapters.slack.payload import Json
from adapters.slack.signatures import is_signed
from adapters.slack.socket_handler import is_readable
from bot.clock import Clock
from bot.errors import ConfigurationError

# Slack's largest payloads, views, have some 250 kB.
MOST_BYTES = 1024 * 1024
PATHS = ("/slack/events", "/slack/interactions", "/slack/commands")
FORM = "application/x-www-form-urlencoded"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpDoor:
    """Where Slack's requests come in, and the app's signing secrets: two while one is replaced."""

    secrets: Sequence[str] = field(repr=False)
    host: str
    port: int


class HttpHandler:
    """Answers Slack's requests: 401 to a forged one, 400 to what is no payload, else as Bolt's listeners say.

    An event that could not be stored is answered with 500, and Slack sends it again; one that nobody listens for is
    taken, for else Slack counts it as a failure and sends it again, too.
    """

    def __init__(self, app: AsyncApp, door: HttpDoor, *, clock: Clock) -> None:
        self._app = app
        self._secrets = door.secrets
        self._clock = clock

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        raw = await request.read()
        if not is_signed(raw, request.headers, secrets=self._secrets, now=self._clock.utc().timestamp()):
            log.warning("slack.request_not_signed")
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        body = parsed(raw, request.content_type)
        if body is None:
            log.warning("slack.payload_not_understood", kind="http", error="shape")
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        if body.get("type") == "url_verification":
            return web.json_response({"challenge": str(body.get("challenge", ""))})
        if "ssl_check" in body:
            return web.Response()
        return answer_of(await self._answered(body, request))

    async def _answered(self, body: Json, request: web.Request) -> BoltResponse:
        odd = {} if is_readable(body) else {"error": "shape"}
        try:
            if not odd:
                # As from the socket: what is verified and parsed already, Bolt neither verifies nor parses.
                asked = AsyncBoltRequest(mode="socket_mode", body=dict(body), headers=dict(request.headers))
                answer = await self._app.async_dispatch(asked)
                if answer.status != HTTPStatus.NOT_FOUND:
                    return answer
                odd = {"error": "nothing listens"}
        except ODD_ERRORS as error:
            odd = told(error)
        log.warning("slack.payload_not_understood", kind="http", **odd)
        return BoltResponse(status=HTTPStatus.OK)


def parsed(raw: bytes, content_type: str) -> Json | None:
    """Return what a request says; None where it is no payload of Slack's."""
    try:
        text = raw.decode()
        if content_type != FORM:
            found = json.loads(text)
        else:
            fields = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
            # A command may have a field of that name only in what somebody typed.
            is_wrapped = "payload" in fields and "command" not in fields
            found = json.loads(fields["payload"]) if is_wrapped else fields
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def answer_of(answer: BoltResponse) -> web.Response:
    """Return Bolt's answer as it goes over HTTP."""
    content_type = str(answer.first_headers().get("content-type", "text/plain")).partition(";")[0]
    return web.Response(status=answer.status, text=answer.body or "", content_type=content_type)


@asynccontextmanager
async def listening(app: AsyncApp, door: HttpDoor, *, clock: Clock) -> AsyncIterator[int]:
    """Answer Slack's requests while the context lasts; yields the port, which the system chooses for port 0.

    Raises:
        ConfigurationError: the address cannot be listened on.
    """
    handler = HttpHandler(app, door, clock=clock)
    server = web.Application(client_max_size=MOST_BYTES)
    server.add_routes([web.post(path, handler.handle) for path in PATHS])
    runner = web.AppRunner(server, access_log=None)
    try:
        await runner.setup()
        try:
            await web.TCPSite(runner, door.host, door.port).start()
        except OSError as error:
            reason = error.strerror or ""
            raise ConfigurationError("slack.http_refused", host=door.host, port=door.port, reason=reason) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
