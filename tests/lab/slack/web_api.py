"""The Web API's door: tokens, failures, rates, published types; then the method itself."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from aiohttp import web

from tests.lab.slack.arguments import bearer_of, read_arguments
from tests.lab.slack.errors import Refused
from tests.lab.slack.faults import TOO_MANY_REQUESTS, Fault, Faults
from tests.lab.slack.figures import without_charts
from tests.lab.slack.limits import check_text
from tests.lab.slack.rates import Rates
from tests.lab.slack.schema import Schemas
from tests.lab.slack.state import Call, Json, Violation, Workspace

Method: TypeAlias = Callable[[Json], Json]
# Refusals that tell of the world, not of a request that should never have been made.
NO_VIOLATION = frozenset(
    {
        "account_inactive", "already_reacted", "cant_delete_message", "cant_update_message", "channel_not_found",
        "expired_trigger_id", "is_archived", "message_not_found", "message_not_in_streaming_state", "no_reaction",
        "not_in_channel", "stopped_by_user", "streaming_state_conflict", "thread_not_found", "token_revoked",
        "user_not_found", "invalid_auth", "not_authed", "restricted_action", "msg_blocked",
    }
)  # fmt: skip
# What Slack has its own codes for comes before what the types say.
FIRST_CHECKS: Mapping[str, Callable[[Json], None]] = {
    "chat.postMessage": check_text,
    "chat.postEphemeral": check_text,
    "chat.update": functools.partial(check_text, updating=True),
}
GET_ALLOWED = ("auth.", "bots.", "users.", "conversations.")


@dataclass(slots=True)
class WebApi:
    """Serves `/api/<method>`; every call is recorded, and so is every rule it breaks."""

    workspace: Workspace
    bot_token: str
    app_token: str
    rates: Rates
    schemas: Schemas
    methods: Mapping[str, Method]
    app_methods: Mapping[str, Method]
    faults: Faults = field(default_factory=Faults)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        method = request.match_info["method"]
        arguments: Json = {}
        try:
            arguments = await read_arguments(request)
            self._authenticate(method, bearer_of(request, arguments))
            arguments.pop("team_id", None)
            fault = self.faults.take(method)
            if fault and fault.drop != "after" and not fault.is_answered:
                return self._failed(request, method, arguments, fault)
            wait_s = self.rates.retry_after_s(method, str(arguments.get("channel", "")), self.workspace.clock)
            if wait_s is not None:
                return self._failed(request, method, arguments, Fault(retry_after_s=wait_s))
            answer = self._carried_out(request, method, arguments)
        except Refused as refusal:
            self._record(method, arguments, refusal)
            return web.json_response(refusal.answer())
        if fault and not fault.is_answered:
            return self._failed(request, method, arguments, fault)
        self._log(method, arguments)
        if fault and fault.late:
            await fault.late.wait()
        for name in fault.left_out if fault else ():
            answer.pop(name, None)
        return web.json_response({"ok": True} | answer, headers=self._scopes(method))

    def _authenticate(self, method: str, token: str) -> None:
        if not token:
            raise Refused("not_authed")
        if token not in {self.bot_token, self.app_token}:
            raise Refused("invalid_auth")
        if (token == self.app_token) != (method in self.app_methods):
            raise Refused("not_allowed_token_type")

    def _carried_out(self, request: web.Request, method: str, arguments: Json) -> Json:
        handler = {**self.methods, **self.app_methods}.get(method)
        if handler is None:
            raise Refused("unknown_method", method)
        if request.method == "GET" and not method.startswith(GET_ALLOWED):
            self.workspace.violations.append(Violation(method, "get_of_a_writing_method"))
        try:
            FIRST_CHECKS.get(method, _nothing)(arguments)
            if problem := self.schemas.problem(method, _published(arguments)):
                raise Refused("invalid_arguments", problem)
            return handler(arguments)
        except (KeyError, TypeError, AttributeError) as error:
            raise Refused("invalid_arguments", f"{type(error).__name__}: {error}") from error

    def _scopes(self, method: str) -> dict[str, str]:
        """Return what tells a token's scopes: https://docs.slack.dev/authentication/installing-with-oauth."""
        return {} if method in self.app_methods else {"X-OAuth-Scopes": ",".join(self.workspace.scopes)}

    def _failed(self, request: web.Request, method: str, arguments: Json, fault: Fault) -> web.StreamResponse:
        self._log(method, arguments, fault.label)
        if fault.drop:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        if fault.retry_after_s or (fault.http_status == TOO_MANY_REQUESTS and fault.header != ""):
            said = fault.header if fault.http_status else str(fault.retry_after_s)
            headers = {} if said is None else {"Retry-After": said}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if fault.http_status:
            return web.Response(status=fault.http_status, text=fault.page, content_type="text/html")
        return web.json_response({"ok": False, "error": fault.error})

    def _record(self, method: str, arguments: Json, refusal: Refused) -> None:
        if refusal.error not in NO_VIOLATION and not self.workspace.is_told_by_refusals(refusal.error):
            self.workspace.violations.append(Violation(method, refusal.error, "; ".join(refusal.messages)))
        self._log(method, arguments, refusal.error)

    def _log(self, method: str, arguments: Json, error: str = "") -> None:
        self.workspace.calls.append(Call(method, arguments, self.workspace.clock.now(), error))
        self.workspace.bell.ring()


def _published(arguments: Json) -> Json:
    """Return arguments as the published types know them: without charts, a picture's words by the name they have there.

    https://docs.slack.dev/reference/methods/files.getUploadURLExternal calls those `alt_txt`, as slack_sdk does.
    """
    known = without_charts(arguments)
    return {"alt_text" if name == "alt_txt" else name: value for name, value in known.items()}


def _nothing(_: Json) -> None:
    """Check nothing."""
