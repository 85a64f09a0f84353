"""The REST server: every request is read, judged, carried out, answered as Discord answers, and recorded."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from aiohttp import BodyPartReader, web

from tests.lab.discord import callbacks, commands, messages, places
from tests.lab.discord.buckets import Fault, Faults, RateLimits, Verdict
from tests.lab.discord.core import ApiError, Call, Core, Handler, Problem, Seen
from tests.lab.discord.posting import stored_files
from tests.lab.discord.schema import Schemas

PREFIX = "/api/v10"
REQUEST_BYTES = 25 * 1024 * 1024
ROUTES: dict[tuple[str, str], Handler] = {**places.ROUTES, **messages.ROUTES, **commands.ROUTES, **callbacks.ROUTES}
VIA = {"Via": "1.1 google"}  # discord.py takes a 429 without it for a ban


class Api:
    """The REST API of a core, with its rate limits and the failures a test orders."""

    def __init__(self, core: Core, token: str, *, validate: bool = True) -> None:
        self._core = core
        self._token = token
        self.rate_limits = RateLimits(core.clock)
        self.faults = Faults()
        self.schemas = Schemas(validate=validate)

    def install(self, app: web.Application) -> None:
        """Put all routes into an application."""
        for (method, route), handler in ROUTES.items():
            app.router.add_route(method, PREFIX + route, self._served(route, handler))
        app.router.add_get("/attachments/{channel_id}/{attachment_id}/{filename}", self._attachment)
        app.router.add_route("*", PREFIX + "/{rest:.*}", self._served("", _unknown))

    def _served(self, route: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            call = await self._read(request, route or request.path.removeprefix(PREFIX))
            fault = self.faults.take(f"{call.method} {call.route}")
            status, body, headers = self._answer(call, handler, request, fault)
            now = self._core.clock.now()
            self._core.requests.append(Seen(call.method, call.route, request.path, call.body, status, now))
            self._core.bell.ring()
            if fault and fault.drop and request.transport:
                request.transport.close()
            if fault and fault.page:
                return _page(fault, headers)
            return _response(status, body, headers)

        return serve

    async def _read(self, request: web.Request, route: str) -> Call:
        body: Any = None
        files: list[tuple[str, bytes, str]] = []
        if request.content_type.startswith("multipart/"):
            body, files = await _multipart(request)
        elif raw := await request.read():
            body = json.loads(raw)
        stored = stored_files(self._core, files)
        return Call(request.method, route, dict(request.match_info), dict(request.query), body, stored)

    def _answer(
        self, call: Call, handler: Handler, request: web.Request, fault: Fault | None
    ) -> tuple[int, Any, dict[str, str]]:
        verdict = self.rate_limits.take(f"{call.method} {call.route}", call.ids)
        try:
            if fault and fault.status and not fault.carried_out:
                _fail(fault)
            self._core.troubles.fail()
            _weigh(request)
            self._authorize(call, request)
            _pace(verdict)
            self._validate(call)
            body = handler(self._core, call)
            if fault and fault.status:
                _fail(fault)
        except ApiError as error:
            headers = verdict.headers
            if error.status == HTTPStatus.TOO_MANY_REQUESTS:
                headers = {**headers, **VIA, "Retry-After": f"{error.body.get('retry_after', 1):.3f}"}
            return error.status, error.body, headers
        return (200 if body is not None else 204), self._core.troubles.answered(body), verdict.headers

    def _authorize(self, call: Call, request: web.Request) -> None:
        carries_token = call.route.startswith(("/interactions/", "/webhooks/"))
        is_good = request.headers.get("Authorization") == f"Bot {self._token}" and not self._core.troubles.token_revoked
        if not carries_token and not is_good:
            raise ApiError(401, 0, "401: Unauthorized")

    def _validate(self, call: Call) -> None:
        route = f"{call.method} {call.route}"
        for name in self.schemas.unknown_names(route, call.query):
            self._core.note(call, "UNKNOWN_QUERY", name)
        complaint = None if call.body is None else self.schemas.complaint(route, call.body)
        if complaint:
            path, code, text = complaint
            self._core.refuse_if(call, [Problem(path, code, text)])

    async def _attachment(self, request: web.Request) -> web.StreamResponse:
        wanted = request.match_info["attachment_id"]
        channel = self._core.world.channels.get(int(request.match_info["channel_id"]))
        for message in channel.messages.values() if channel else ():
            for file in message.attachments:
                if str(file.id) == wanted:
                    return web.Response(body=file.content, headers={"Content-Type": file.content_type})
        raise web.HTTPNotFound


async def _multipart(request: web.Request) -> tuple[Any, list[tuple[str, bytes, str]]]:
    body: Any = {}
    files: list[tuple[str, bytes, str]] = []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        content = bytes(await part.read())
        if part.name == "payload_json":
            body = json.loads(content)
        else:
            files.append((part.filename or "unknown", content, part.headers.get("Content-Type", "")))
    return body, files


def _fail(fault: Fault) -> None:
    error = ApiError(fault.status or 500, fault.code, f"{fault.status}: as ordered", fault.errors)
    if fault.status == HTTPStatus.TOO_MANY_REQUESTS:
        error.body |= {"retry_after": fault.retry_after, "global": fault.is_global}
    error.body = {name: value for name, value in error.body.items() if name not in fault.left_out}
    raise error


def _page(fault: Fault, headers: dict[str, str]) -> web.Response:
    """Answer with a page, as what stands between Discord and its clients does."""
    return web.Response(status=fault.status or 200, text=fault.page, content_type="text/html", headers=headers)


def _weigh(request: web.Request) -> None:
    if (request.content_length or 0) > REQUEST_BYTES:
        raise ApiError(413, 40005, "Request entity too large")


def _pace(verdict: Verdict) -> None:
    if not verdict.passes:
        error = ApiError(429, 0, "You are being rate limited.")
        error.body |= {"retry_after": round(verdict.retry_after_s, 3), "global": verdict.is_global}
        raise error


def _unknown(core: Core, call: Call) -> None:
    core.note(call, "UNKNOWN_ROUTE", "the lab does not serve this")
    raise ApiError(404, 0, "404: Not Found")


def _response(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    """Answer with exactly `application/json`: with a charset discord.py keeps the body as text."""
    if status == HTTPStatus.NO_CONTENT:
        return web.Response(status=status, headers=headers)
    content_type = {"Content-Type": "application/json"}
    return web.Response(status=status, body=json.dumps(body).encode(), headers={**headers, **content_type})
